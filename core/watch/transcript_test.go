package watch_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// TestTranscripts plays the conversations in testdata. A hub stands beside a store; the commands:
//
//	open STREAM [require-leader] [no-leader]   no-leader: the member has none
//	close STREAM
//	create STREAM KEY [to=END|prefix|from] [start=N] [id=N] [prev] [no-put] [no-delete] [progress] [fragment]
//	cancel STREAM ID
//	ask STREAM                                 for progress
//	put KEY VALUE [times=N] [size=N]           transactions with one put; size: the value is repeated to so many bytes
//	delete KEY
//	txn                                        one transaction: one "put" or "delete" a line
//	compact N                                  the store, all at once
//	snapshot                                   the store is replaced by itself: a snapshot was installed
//	pass TIME                                  time goes on; the hub is woken when it wants to be
//	take STREAM [times=N]                      N responses, or all
//	sample [leader]                            the look for a leader, once per election timeout
//	status [STREAM …]
//
// Every command prints what happened in the hub, indented. "config", as the first, sets progress=TIME and max-bytes=N.
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, path := range paths {
		if _, ok := any(mvcc.New()).(compactor); !ok && strings.HasSuffix(path, "compaction.txt") {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			p := &player{store: mvcc.New(), hub: watch.New(watch.Default())}
			datadriven.RunTest(t, path, p.play)
		})
	}
}

type player struct {
	now   sim.Time
	store *mvcc.Store
	hub   *watch.Hub
	out   watch.Output
}

func (p *player) play(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	answer := p.do(t, d)
	var events []string
	for _, e := range p.out.Events {
		events = append(events, "  "+describe(e)+"\n")
	}
	var b strings.Builder
	b.WriteString(shorten(events))
	for _, id := range p.out.Ready {
		fmt.Fprintf(&b, "  stream %d has something to send\n", id)
	}
	for _, c := range p.out.Closed {
		fmt.Fprintf(&b, "  stream %d ends: %s\n", c.Stream, c.Text)
	}
	p.out.Reset()
	return b.String() + answer
}

func (p *player) do(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	switch d.Cmd {
	case "config":
		p.hub = watch.New(config(t, d))
	case "open":
		p.hub.Open(p.now, p.stream(t, d), watch.StreamOptions{RequireLeader: d.HasArg("require-leader")},
			!d.HasArg("no-leader"), &p.out)
	case "close":
		p.hub.Close(p.stream(t, d), &p.out)
	case "create", "cancel", "ask":
		p.hub.Handle(p.now, p.store, p.stream(t, d), request(t, d), &p.out)
	case "put", "delete", "txn":
		p.write(t, d)
	case "compact":
		compact(t, p.store, integer(t, d.CmdArgs[0].Key))
	case "snapshot":
		p.store = p.store.Clone()
		p.hub.Restore(p.now, &p.out)
	case "pass":
		p.pass(t, d.CmdArgs[0].Key)
	case "take":
		return p.take(t, d)
	case "sample":
		p.hub.SampleLeader(d.HasArg("leader"), &p.out)
	case "status":
		return p.status(t, d)
	default:
		t.Fatalf("%s: no such command: %s", d.Pos, d.Cmd)
	}
	return ""
}

// compactor is a store that forgets.
type compactor interface {
	Compact(rev int64) error
	CompactBatch(limit int) (removed int, finished bool)
}

// compact forgets what came before a revision.
func compact(t interface{ Fatal(...any) }, s *mvcc.Store, rev int64) {
	c := any(s).(compactor)
	if err := c.Compact(rev); err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		_, done = c.CompactBatch(1000)
	}
}

func integer(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func instant(t *testing.T, s string) sim.Time {
	t.Helper()
	v, err := sim.ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func config(t *testing.T, d *datadriven.TestData) watch.Config {
	cfg := watch.Default()
	cfg.Jitter = rng.New(1, "progress")
	var every string
	if d.MaybeScanArgs(t, "progress", &every); every != "" {
		cfg.ProgressInterval = instant(t, every)
	}
	d.MaybeScanArgs(t, "max-bytes", &cfg.MaxBytes)
	return cfg
}

func (p *player) stream(t *testing.T, d *datadriven.TestData) watch.StreamID {
	t.Helper()
	return watch.StreamID(integer(t, d.CmdArgs[0].Key))
}

func request(t *testing.T, d *datadriven.TestData) watch.Request {
	switch d.Cmd {
	case "cancel":
		return watch.Request{Kind: watch.Cancel, WatchID: integer(t, d.CmdArgs[1].Key)}
	case "ask":
		return watch.Request{Kind: watch.Progress}
	}
	r := watch.Request{Key: strings.Trim(d.CmdArgs[1].Key, `"`)}
	d.MaybeScanArgs(t, "to", &r.End)
	if d.HasArg("prefix") {
		r.End = mvcc.PrefixEnd(r.Key)
	}
	if d.HasArg("from") {
		r.End = mvcc.FromKey
	}
	d.MaybeScanArgs(t, "start", &r.Start)
	d.MaybeScanArgs(t, "id", &r.WatchID)
	r.PrevKV, r.NoPut, r.NoDelete = d.HasArg("prev"), d.HasArg("no-put"), d.HasArg("no-delete")
	r.ProgressNotify, r.Fragment = d.HasArg("progress"), d.HasArg("fragment")
	return r
}

func (p *player) write(t *testing.T, d *datadriven.TestData) {
	times := 1
	if d.Cmd == "txn" {
		tx := p.store.Write()
		for line := range strings.Lines(d.Input) {
			cmd, args, err := datadriven.ParseLine(line)
			if err != nil {
				t.Fatal(err)
			}
			change(t, &tx, &datadriven.TestData{Pos: d.Pos, Cmd: cmd, CmdArgs: args})
		}
		p.end(&tx)
		return
	}
	d.MaybeScanArgs(t, "times", &times)
	for range times {
		tx := p.store.Write()
		change(t, &tx, d)
		p.end(&tx)
	}
}

func change(t *testing.T, tx *mvcc.WriteTxn, d *datadriven.TestData) {
	if d.Cmd == "delete" {
		tx.DeleteRange(d.CmdArgs[0].Key, "")
		return
	}
	value, size := d.CmdArgs[1].Key, 0
	if d.MaybeScanArgs(t, "size", &size); size > 0 {
		value = strings.Repeat(value, size)
	}
	tx.Put(d.CmdArgs[0].Key, value, 0)
}

func (p *player) end(tx *mvcc.WriteTxn) {
	before := p.store.Revision()
	if rev := tx.End(); rev > before {
		p.hub.Notify(p.now, p.store, rev, rev, &p.out)
	}
}

// pass lets time go on and wakes the hub as often as it asks.
func (p *player) pass(t *testing.T, span string) {
	until := p.now + instant(t, span)
	for {
		at, ok := p.hub.Next()
		if !ok || at > until {
			break
		}
		p.now = max(p.now, at)
		p.hub.Wake(p.now, p.store, &p.out)
	}
	p.now = until
}

func (p *player) take(t *testing.T, d *datadriven.TestData) string {
	times := 1 << 30
	d.MaybeScanArgs(t, "times", &times)
	var list []string
	for range times {
		m, ok := p.hub.Take(p.now, p.store, p.stream(t, d), &p.out)
		if !ok {
			return shorten(list) + "nothing more\n"
		}
		list = append(list, print(&m))
	}
	return shorten(list)
}

// shorten joins what is printed and leaves out the middle of what is long.
func shorten(list []string) string {
	if n := len(list); n > 20 {
		list = append(append(list[:2:2], fmt.Sprintf("  … %d more …\n", n-5)), list[n-3:]...)
	}
	return strings.Join(list, "")
}

func print(m *watch.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "watch %d", m.WatchID)
	for _, f := range []struct {
		set  bool
		name string
	}{{m.Created, "created"}, {m.Canceled, "canceled"}, {m.Fragment, "fragment"}, {m.IsProgress(), "progress"}} {
		if f.set {
			b.WriteString(" " + f.name)
		}
	}
	if m.CompactRevision != 0 {
		fmt.Fprintf(&b, " compacted %d", m.CompactRevision)
	}
	fmt.Fprintf(&b, ", header %d", m.Revision)
	if m.Reason != "" {
		fmt.Fprintf(&b, ": %s", m.Reason)
	}
	b.WriteByte('\n')
	var events []string
	for i, c := range m.Events {
		line := "  " + event(c)
		if m.Prev != nil && m.Prev[i].Version != 0 {
			line += fmt.Sprintf(", before %s@%d", short(m.Prev[i].Value), m.Prev[i].ModRevision)
		}
		events = append(events, line+"\n")
	}
	return b.String() + shorten(events)
}

func event(c *mvcc.Change) string {
	switch {
	case c.Deleted:
		return fmt.Sprintf("delete %s@%d", c.KV.Key, c.KV.ModRevision)
	case c.Created():
		return fmt.Sprintf("create %s@%d = %s", c.KV.Key, c.KV.ModRevision, short(c.KV.Value))
	}
	return fmt.Sprintf("modify %s@%d = %s", c.KV.Key, c.KV.ModRevision, short(c.KV.Value))
}

func short(s string) string {
	if len(s) > 10 {
		return fmt.Sprintf("%q… (%d bytes)", s[:1], len(s))
	}
	return strconv.Quote(s)
}

var kindNames = [...]string{
	watch.StreamOpened: "opened", watch.StreamRefused: "refused", watch.StreamClosed: "closed",
	watch.WatchCreated: "created",
	watch.WatchRefused: "watch refused", watch.WatchCanceled: "canceled", watch.WatchCompacted: "canceled by compaction",
	watch.Notified: "notified", watch.BecameVictim: "became a victim", watch.VictimRelieved: "victim relieved",
	watch.BatchSent: "batch", watch.CaughtUp: "caught up", watch.WatchRequeued: "requeued", watch.ProgressSent: "progress",
	watch.ProgressDropped: "no progress",
}

func describe(e watch.Event) string {
	var b strings.Builder
	if e.Stream != 0 {
		fmt.Fprintf(&b, "%d/%d ", e.Stream, e.Watch)
	}
	b.WriteString(kindNames[e.Kind])
	if e.Revision != 0 {
		fmt.Fprintf(&b, ", revision %d", e.Revision)
	}
	if e.Count != 0 {
		fmt.Fprintf(&b, ", count %d", e.Count)
	}
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	return b.String()
}

func (p *player) status(t *testing.T, d *datadriven.TestData) string {
	var b strings.Builder
	c := p.hub.Counts()
	fmt.Fprintf(&b, "at %s, store at %d: %d streams, %d watchers, %d slow (%d victims), %d events sent, %d pending; ",
		p.now, p.store.Revision(), c.Streams, c.Watchers, c.Slow, c.Victims, c.Sent, c.Pending)
	if at, ok := p.hub.Next(); ok {
		fmt.Fprintf(&b, "wakes at %s\n", at)
	} else {
		b.WriteString("sleeps\n")
	}
	for _, a := range d.CmdArgs {
		id := watch.StreamID(integer(t, a.Key))
		for _, s := range p.hub.Streams() {
			if s.ID == id {
				fmt.Fprintf(&b, "stream %d: %d queued, %d control, %d requests wait\n", s.ID, s.Queued, s.Controls, s.Waiting)
			}
		}
		for _, w := range p.hub.Watchers(id, p.store) {
			fmt.Fprintf(&b, "  %d/%d %q %q %s, next %d, behind %d, held %d\n", w.Stream, w.ID, w.Key, w.End, w.Group, w.Next,
				w.Behind, w.Held)
		}
	}
	return b.String()
}
