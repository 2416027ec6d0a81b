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

// perfPhase is how far a check perf is.
type perfPhase uint8

const (
	perfAsks perfPhase = iota
	perfLoads
	perfCleans
)

// cleanupTime is how long each step of the cleaning may take.
const cleanupTime = 30 * sim.Second

// exitInvalidInput is etcdctl's exit code for keys that stand in the way (pkg/cobrautl).
const exitInvalidInput = 3

func (d *doing) beginPerf() {
	r := api.Range{RangeOptions: mvcc.RangeOptions{Limit: 1}}
	r.Key, r.End = d.span()
	d.ask(Ask{Purpose: Purpose{Part: free}, Call: r})
}

// span returns the range of the keys that a check perf writes.
func (d *doing) span() (key, end string) {
	if d.Name == "" {
		return mvcc.FromKey, mvcc.FromKey // the Go client's words for all keys
	}
	return d.Name, mvcc.PrefixEnd(d.Name)
}

// Loaded tells a check perf that all calls of its load have an outcome.
func (c *Client) Loaded(now sim.Time, id uint64, out *Output) {
	for i := range c.tasks {
		if d := (doing{&c.tasks[i], c, now, out}); d.ID == id && d.perf == perfLoads && !d.done {
			d.perf = perfCleans
			d.clean(clean)
		}
	}
	c.settle(now, out)
}

func (d *doing) clean(p Part) {
	key, end := d.span()
	d.within(Ask{Purpose: Purpose{Part: p}, Call: api.DeleteRange{Key: key, End: end}})
}

// within makes a call that may take cleanupTime.
func (d *doing) within(a Ask) {
	d.deadline = d.now + cleanupTime
	d.ask(a)
}

// perfed takes the outcome of a call of a check perf.
func (d *doing) perfed(op *Operation) {
	part, bad := op.Purpose.Part, op.Err != ""
	switch {
	case part == free:
		d.isFree(op)
	case bad && (part == clean || part == hurry):
		d.report(Report{Err: op.Err})
	case bad:
		d.fail("", op.Err)
	case part == drop:
		d.print("Compacted with revision " + strconv.FormatInt(op.Request.Call.(api.Compaction).Revision, 10))
	case part == shrink:
		d.print("Defragmented " + strconv.Quote(d.left[0].String()))
		d.left = d.left[1:]
	}
	switch {
	case d.done || part == free:
	case part == hurry:
		d.hurries = false
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

func (d *doing) isFree(op *Operation) {
	switch {
	case op.Err != "":
		d.fail("", op.Err)
	case len(op.Response.Body.(api.RangeReply).KVs) > 0:
		d.exit = exitInvalidInput
		d.fail("prefix "+strconv.Quote(d.Name)+" has keys. Delete with 'etcdctl del --prefix "+d.Name+"' first", "")
	default:
		d.perf = perfLoads
		d.report(Report{Load: LoadBegins})
	}
}

func (d *doing) print(line string) { d.report(Report{Text: line + "\n"}) }

// beginShrink goes on when the history is dropped, or is not to be.
func (d *doing) beginShrink() {
	if d.Defrag {
		d.left = d.c.endpoints
		if d.Endpoints != nil {
			d.left = d.Endpoints
		}
	}
	d.shrink()
}

// shrink defragments the next endpoint, if there is one.
func (d *doing) shrink() {
	if len(d.left) == 0 {
		d.report(Report{Load: LoadJudged, Done: true})
		return
	}
	d.print("Defragmenting " + strconv.Quote(d.left[0].String()))
	d.within(Ask{Purpose: Purpose{Part: shrink}, Call: api.Defragment{}, Endpoints: d.left[:1:1]})
}

// interruptPerf does what Ctrl-C does: the first ends the load and deletes the keys, and what is to come comes
// nevertheless; when they are gone another ends the process.
func (d *doing) interruptPerf() {
	switch {
	case d.hurries: // the signal waits, for nobody
	case d.interrupted:
		d.report(Report{Killed: true, Done: true})
		d.cancel()
	case d.perf == perfAsks:
		d.interrupted = true
		d.cancel()
	default:
		if d.perf == perfLoads {
			d.report(Report{Load: LoadEnds})
		}
		d.interrupted, d.hurries = true, true
		d.clean(hurry)
	}
}

// Phase is a digest of how far a task is that is nowhere else to be seen.
func (t *Task) Phase() uint64 {
	p := uint64(t.perf)
	if t.hurries {
		p |= 1 << 8
	}
	if t.interrupted {
		p |= 1 << 9
	}
	return p
}
