package article

import (
	"fmt"
	"io"
	"strings"
)

// Claim is one statement of the article.
type Claim struct {
	Where    string // its section
	Text     string
	Claimed  string
	Measured string
	Met      bool
	Differs  string // why etcd is otherwise, if it is
}

// Report is what was measured.
type Report struct {
	Claims []Claim
	Loads  []Load // throughput by number of clients

	Benchmarks []Benchmark // not the article's but etcd's own
	broken     []string
}

// Size is how much is measured: how many seeds, and how long each run is in seconds.
type Size struct{ Seeds, Seconds int }

// Full is what is printed, Quick what a test does.
var (
	Full  = Size{Seeds: 20, Seconds: 30}
	Quick = Size{Seeds: 6, Seconds: 6}
)

// Measure measures all claims.
func Measure(s Size) *Report {
	r := &Report{}
	r.quorums()
	r.elections(s)
	r.members()
	r.partition()
	r.catchUp()
	r.lone(s)
	r.throughput(s)
	r.watches(s)
	r.benchmarks(Size{Seeds: s.Seeds / 2, Seconds: max(s.Seconds/3, 2)})
	r.compaction()
	r.limits()
	r.claim(Claim{"Consistency During Replication",
		"All members apply the same entries in the same order, in every run above", "always",
		r.rules(), len(r.broken) == 0, ""})
	return r
}

func (r *Report) rules() string {
	if len(r.broken) > 0 {
		return "broken: " + strings.Join(r.broken, "; ")
	}
	return "always: no rule broken"
}

func (r *Report) claim(c Claim) { r.Claims = append(r.Claims, c) }

// Unmet counts the claims that are not met; of them, those for which there is no reason are failures.
func (r *Report) Unmet() (all, failures int) {
	for _, c := range r.Claims {
		if !c.Met {
			all++
			if c.Differs == "" {
				failures++
			}
		}
	}
	return all, failures
}

// Print writes the tables, and how many claims are met.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "| the article | claim | claimed | measured | met |\n|---|---|---|---|---|\n")
	for _, c := range r.Claims {
		met := "yes"
		if !c.Met {
			met = "no"
		}
		if c.Differs != "" {
			met += ": " + c.Differs
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", c.Where, c.Text, c.Claimed, c.Measured, met)
	}
	fmt.Fprintf(w, "\n| clients in a closed loop | writes/s | p50 | p99 | most of it |\n|---:|---:|---:|---:|---|\n")
	for _, l := range r.Loads {
		fmt.Fprintf(w, "| %d | %d | %s | %s | %s |\n", l.Clients, l.PerSecond, ms(l.P50), ms(l.P99), l.Bottleneck)
	}
	fmt.Fprintf(w, "\n| preset etcd, etcd's own table | it says | measured |\n|---|---:|---:|\n")
	for _, b := range r.Benchmarks {
		fmt.Fprintf(w, "| %s | %d/s, %s | %d/s, %s, most of it %s |\n", b.Text, b.PerSecond, ms(b.Average), b.Load.PerSecond,
			ms(b.Took), b.Bottleneck)
	}
	unmet, _ := r.Unmet()
	fmt.Fprintf(w, "\narticle: %d claims, %d met\n", len(r.Claims), len(r.Claims)-unmet)
}
