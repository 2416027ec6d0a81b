package runner

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
)

// transcript writes what happens: each line of the script, then the records that it led to, a line each.
//
//	> put /pods/pod1 data1
//	   500.000 ms  c1   calls             put /pods/pod1 data1 at n1
//	   525.000 ms  c1   acknowledged      put /pods/pod1 data1: OK, revision 2
//	               c1   prints            OK
//
// What etcdctl prints stands below the record that it comes from: "prints" on standard output, "complains" on standard
// error, "exits" if not with 0. Its lines are for people. Programs read the journal as JSON.
type transcript struct {
	out     *bufio.Writer // nil: nobody reads it
	verbose bool
	only    []string
	world   *world.World
	next    uint64 // the first record that has not been told
	said    int    // the same of what etcdctl printed
	lost    uint64 // records that were gone before they could be told
}

func newTranscript(o Options, w *world.World) *transcript {
	t := &transcript{verbose: o.Verbose, only: o.Only, world: w, next: w.Journal().First(), said: w.Said().First()}
	if o.Out != nil {
		t.out = bufio.NewWriter(o.Out)
	}
	return t
}

func (t *transcript) printf(format string, args ...any) {
	if t.out != nil {
		// a bufio.Writer keeps its first error; who reads the transcript sees that it ends
		fmt.Fprintf(t.out, format, args...)
	}
}

// line tells which line of the script is carried out.
func (t *transcript) line(s script.Statement) { t.printf("> %v\n", s) }

// check tells what came of a demand.
func (t *transcript) check(c Check) {
	t.catchUp()
	switch {
	case c.Holds:
		t.printf("  ok: %s\n", c.Seen)
	case c.Pos.Line > 0:
		t.printf("  FAILED, line %d: %s\n", c.Pos.Line, c.Seen)
	default:
		t.printf("  FAILED: %s\n", c.Seen)
	}
}

// catchUp tells what has happened since it was last called.
func (t *transcript) catchUp() {
	j := t.world.Journal()
	if t.out == nil {
		t.next, t.said = j.Next(), t.world.Said().Len()
		return
	}
	if first := j.First(); t.next < first {
		t.lost += first - t.next
		t.next = first
	}
	for ; t.next < j.Next(); t.next++ {
		t.print(t.next)
		if r := j.At(t.next); (t.verbose || matters(r)) && t.about(r) {
			t.printf("%14s  %-3v  %-20s %s\n", instant(r.At), r.Where, r.Verb(), r.Detail())
		}
	}
	t.print(t.next)
}

// print tells what etcdctl printed before a record.
func (t *transcript) print(seq uint64) {
	all := t.world.Said()
	for t.said = max(t.said, all.First()); t.said < all.Len() && all.Ref(t.said).Seq <= seq; t.said++ {
		s := all.Ref(t.said)
		if len(t.only) > 0 && !slices.Contains(t.only, s.Client.String()) {
			continue
		}
		out, err, exit := s.Print()
		for _, n := range s.Notes() {
			t.lines(s, "notes", n+".\n")
		}
		t.lines(s, "prints", out)
		t.lines(s, "complains", err)
		if s.Done && exit != 0 {
			t.lines(s, "exits", strconv.Itoa(exit)+"\n")
		}
	}
}

func (t *transcript) lines(s *world.Said, verb, text string) {
	for line := range strings.Lines(text) {
		t.printf("%14s  %-3v  %-20s %s\n", "", s.Client, verb, strings.TrimSuffix(line, "\n"))
	}
}

func (t *transcript) end() {
	t.catchUp()
	if t.lost > 0 {
		t.printf("(%d records came too fast to be told)\n", t.lost)
	}
	t.flush()
}

func (t *transcript) flush() {
	if t.out != nil {
		_ = t.out.Flush() // as above
	}
}

// about reports whether a record happened at one of the hosts to be told of. A rule that is broken is always told of.
func (t *transcript) about(r *world.Record) bool {
	return len(t.only) == 0 || r.Kind == world.Violated || slices.Contains(t.only, r.Where.String())
}

// matters leaves out routine: heartbeats, the arrival of what was told when it was sent, and a leader's bookkeeping.
func matters(r *world.Record) bool {
	switch r.Kind {
	case world.Sent, world.Lost:
		return r.Packet.Raft() == nil || !heartbeat(r.Packet.Raft().Type)
	case world.Received:
		return false
	case world.AtMember:
		return !routine(&r.Member)
	}
	return true
}

func heartbeat(t raft.MessageType) bool { return t == raft.MsgHeartbeat || t == raft.MsgHeartbeatResp }

func routine(e *etcd.Event) bool {
	if e.Kind != etcd.RaftEvent {
		return e.Kind == etcd.BackendCommit
	}
	switch e.Raft.Kind {
	case raft.Acknowledged, raft.ProgressChanged:
		return true
	}
	return false
}
