package ctl

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Perf is what check perf measured.
type Perf struct {
	Target          int // writes a second that the load asks for
	Writes          int // that were acknowledged
	Took            sim.Time
	Slowest, Stddev sim.Time
	Errors          []PerfError // by text, each text once
}

// PerfError says how often an error came.
type PerfError struct {
	Text  string
	Count int
}

// What a cluster must do to pass (etcdctl check.go): nine tenths of the load, and no write slower than this, nor so
// uneven.
const (
	slowestMax = 500 * sim.Millisecond
	stddevMax  = 100 * sim.Millisecond
)

// PrintPerf prints the verdict of check perf.
func PrintPerf(r Perf) (stdout, stderr string, exit int) {
	p := &printer{}
	good := len(r.Errors) == 0
	if !good {
		p.line("FAIL: too many errors")
	}
	for _, e := range r.Errors {
		p.line("FAIL: ERROR(", errorText(e.Text), ") -> ", strconv.Itoa(e.Count))
	}
	took := int64(max(r.Took, 1))
	persec := int64(r.Writes) * int64(sim.Second)
	rate := decimal(persec/took+1) + " writes/s"
	good = p.judge(persec*10 > 9*int64(r.Target)*took, "PASS: Throughput is "+rate, "FAIL: Throughput too low: "+rate) &&
		good
	slowest, stddev := fixed(int64(r.Slowest), int64(sim.Second), 6)+"s", fixed(int64(r.Stddev), int64(sim.Second), 6)+"s"
	if r.Writes == 0 {
		stddev = "NaNs" // Go divides zero by zero
	}
	good = p.judge(r.Slowest <= slowestMax, "PASS: Slowest request took "+slowest, "Slowest request took too long: "+
		slowest) && good
	good = p.judge(r.Stddev <= stddevMax, "PASS: Stddev is "+stddev, "Stddev too high: "+stddev) && good
	if p.judge(good, "PASS", "FAIL"); !good {
		p.exit = ExitError
	}
	return p.done()
}

// judge prints one of two lines.
func (p *printer) judge(good bool, pass, fail string) bool {
	if good {
		p.line(pass)
	} else {
		p.line(fail)
	}
	return good
}

// PrintUncleaned prints that check perf could not delete what it wrote. It goes on.
func PrintUncleaned(err string) (stdout, stderr string, exit int) {
	return "FAIL: Cleanup failed during key deletion: ERROR(" + errorText(err) + ")\n", "", ExitSuccess
}
