package client

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// etcdctl check perf: a look whether its keys' place is free, a load, which the world makes, and what cleans up behind
// it (etcdctl check.go, newCheckPerfCommand, attemptCleanup; util.go, compact, defrag).

// LoadNews says what a check perf wants of its load.
type LoadNews uint8

// What it wants.
const (
	LoadAsBefore LoadNews = iota
	LoadBegins
	LoadEnds   // before its time, because of Ctrl-C
	LoadJudged // all is cleaned up: now the verdict is printed
)

// perfPhase is what a check perf does.
type perfPhase uint8

const (
	perfAsks perfPhase = iota
	perfLoads
	perfCleans
)

// perf is how far a check perf is.
type perf struct {
	phase   perfPhase
	left    []Endpoint // that are still to be defragmented
	hurries bool       // it deletes because of Ctrl-C
}

// perfCheck is a step of a check perf.
type perfCheck struct{ *step }

// cleanupTime is how long each step of the cleaning may take.
const cleanupTime = 30 * sim.Second

// exitInvalidInput is etcdctl's exit code for keys that stand in the way (pkg/cobrautl).
const exitInvalidInput = 3

func (d perfCheck) begin() {
	r := api.Range{RangeOptions: mvcc.RangeOptions{Limit: 1}}
	r.Key, r.End = d.span()
	d.ask(Ask{Purpose: Purpose{Part: free}, Call: r})
}

// span returns the range of the keys that a check perf writes.
func (d perfCheck) span() (key, end string) {
	if d.Name == "" {
		return mvcc.FromKey, mvcc.FromKey // the Go client's words for all keys
	}
	return d.Name, mvcc.PrefixEnd(d.Name)
}

// OnLoaded tells a check perf that all calls of its load have an outcome.
func (c *Client) OnLoaded(now sim.Time, id uint64, out *Output) {
	for i := range c.tasks {
		if d := (perfCheck{&step{&c.tasks[i], c, now, out}}); d.ID == id && d.perf.phase == perfLoads && !d.done {
			d.perf.phase = perfCleans
			d.clean(clean)
		}
	}
	c.settle(now, out)
}

func (d perfCheck) clean(p Part) {
	key, end := d.span()
	d.within(Ask{Purpose: Purpose{Part: p}, Call: api.DeleteRange{Key: key, End: end}})
}

// within makes a call that may take cleanupTime.
func (d perfCheck) within(a Ask) {
	d.deadline = d.now + cleanupTime
	d.ask(a)
}

// onOutcome takes the outcome of a call of a check perf.
func (d perfCheck) onOutcome(op *Operation) {
	part, bad := op.Purpose.Part, op.Err != ""
	switch {
	case part == free:
		d.onFree(op)
	case bad && (part == clean || part == hurry):
		d.report(Report{Err: op.Err})
	case bad:
		d.fail("", op.Err)
	case part == drop:
		d.print("Compacted with revision " + strconv.FormatInt(op.Request.Call.(api.Compaction).Revision, 10))
	case part == shrink:
		d.print("Defragmented " + strconv.Quote(d.perf.left[0].String()))
		d.perf.left = d.perf.left[1:]
	}
	switch {
	case d.done || part == free:
	case part == hurry:
		d.perf.hurries = false
	case part == clean && !bad && d.Compact:
		rev := op.Response.Header.Revision
		d.print("Compacting with revision " + strconv.FormatInt(rev, 10))
		d.within(Ask{Purpose: Purpose{Part: drop}, Call: api.Compaction{Revision: rev, Physical: true}})
	case part != shrink:
		d.beginShrink()
	default:
		d.shrink()
	}
}

func (d perfCheck) onFree(op *Operation) {
	switch {
	case op.Err != "":
		d.fail("", op.Err)
	case len(op.Response.Body.(api.RangeReply).KVs) > 0:
		d.exit = exitInvalidInput
		d.fail("prefix "+strconv.Quote(d.Name)+" has keys. Delete with 'etcdctl del --prefix "+d.Name+"' first", "")
	default:
		d.perf.phase = perfLoads
		d.report(Report{Load: LoadBegins})
	}
}

func (d perfCheck) print(line string) { d.report(Report{Text: line + "\n"}) }

// beginShrink goes on when the history is dropped, or is not to be.
func (d perfCheck) beginShrink() {
	if d.Defrag {
		d.perf.left = d.c.endpoints
		if d.Endpoints != nil {
			d.perf.left = d.Endpoints
		}
	}
	d.shrink()
}

// shrink defragments the next endpoint, if there is one.
func (d perfCheck) shrink() {
	if len(d.perf.left) == 0 {
		d.report(Report{Load: LoadJudged, Done: true})
		return
	}
	d.print("Defragmenting " + strconv.Quote(d.perf.left[0].String()))
	d.within(Ask{Purpose: Purpose{Part: shrink}, Call: api.Defragment{}, Endpoints: d.perf.left[:1:1]})
}

// interrupt does what Ctrl-C does: the first ends the load and deletes the keys, and what is to come comes
// nevertheless; when they are gone another ends the process.
func (d perfCheck) interrupt() {
	switch {
	case d.perf.hurries: // the signal waits, for nobody
	case d.interrupted:
		d.report(Report{Killed: true, Done: true})
		d.cancel()
	case d.perf.phase == perfAsks:
		d.interrupted = true
		d.cancel()
	default:
		if d.perf.phase == perfLoads {
			d.report(Report{Load: LoadEnds})
		}
		d.interrupted, d.perf.hurries = true, true
		d.clean(hurry)
	}
}

// Phase is a digest of how far a task is that is nowhere else to be seen.
func (t *Task) Phase() uint64 {
	p := uint64(t.perf.phase)
	if t.perf.hurries {
		p |= 1 << 8
	}
	if t.interrupted {
		p |= 1 << 9
	}
	return p
}
