package raft_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// group is some members with disks and a network in order, driven by the commands of a transcript.
type group struct {
	t       *testing.T
	cfg     raft.Config
	members []*member
	net     []raft.Message // in flight, in the order they were sent
	cut     []raft.ID      // members whose messages are lost
	quiet   bool
	from    raft.ID // the command is about messages of this member only
	out     strings.Builder
}

// member is a Node with its disk and a state machine that keeps the data of all entries.
type member struct {
	*raft.Node
	disk  raft.Stored
	state []string
	asked []raft.Message // asynchronous storage: what its two threads have yet to do
}

func (g *group) printf(format string, args ...any) {
	if !g.quiet {
		fmt.Fprintf(&g.out, format, args...)
	}
}

// tell prints what has happened at a member since the last time.
func (g *group) tell(m *member) {
	for _, e := range m.Events() {
		g.printf("%s %s\n", m.ID(), e)
	}
}

func (g *group) at(id raft.ID) *member {
	i := slices.IndexFunc(g.members, func(m *member) bool { return m.ID() == id })
	if i < 0 {
		g.t.Fatalf("there is no %s", id)
	}
	return g.members[i]
}

// handle carries out one command.
func (g *group) handle(d *datadriven.TestData) string {
	g.out.Reset()
	g.quiet = d.HasArg("quietly")
	g.from = raft.None
	if d.HasArg("from") {
		var name string
		d.ScanArgs(g.t, "from", &name)
		id, _ := strconv.Atoi(strings.TrimPrefix(name, "n"))
		g.from = raft.ID(id)
	}
	ids, rest := arguments(d)
	if err := g.run(d, ids, rest); err != nil {
		g.printf("%v\n", err)
	}
	for _, m := range g.members {
		g.tell(m)
	}
	if g.out.Len() == 0 {
		return "ok\n"
	}
	return g.out.String()
}

// arguments sorts a command's words: members, and the others.
func arguments(d *datadriven.TestData) (ids []raft.ID, rest []string) {
	for _, a := range d.CmdArgs {
		if n, err := strconv.Atoi(strings.TrimPrefix(a.Key, "n")); err == nil && a.Key[0] == 'n' && len(a.Vals) == 0 {
			ids = append(ids, raft.ID(n))
		} else if a.Key != "quietly" && a.Key != "from" {
			rest = append(rest, a.Key)
		}
	}
	return ids, rest
}

func (g *group) run(d *datadriven.TestData, ids []raft.ID, rest []string) error {
	number := func() int {
		n, err := strconv.Atoi(rest[0])
		if err != nil {
			g.t.Fatal(err)
		}
		return n
	}
	switch d.Cmd {
	case "group":
		g.start(d, ids)
	case "join":
		g.members = append(g.members, g.boot(ids[0], raft.Stored{}))
	case "tick":
		for range number() {
			for _, id := range ids {
				g.at(id).Tick()
				g.tell(g.at(id))
			}
		}
	case "campaign":
		return g.at(ids[0]).Campaign()
	case "propose":
		for _, data := range rest {
			if err := g.at(ids[0]).Propose([]byte(data)); err != nil {
				return err
			}
		}
	case "read":
		g.at(ids[0]).ReadIndex([]byte(rest[0]))
	case "transfer":
		g.at(ids[0]).TransferLeader(ids[1])
	case "forget-leader":
		return g.at(ids[0]).ForgetLeader()
	case "change":
		return g.at(ids[0]).ProposeConfChange(change(g.t, strings.Fields(d.Input), rest))
	case "snapshot":
		m := g.at(ids[0])
		_, err := m.CreateSnapshot(m.Applied(), []byte(strings.Join(m.state, " ")))
		return err
	case "compact":
		return g.at(ids[0]).CompactLog(raft.Index(number()))
	case "cut":
		g.cut = ids
	case "crash":
		g.crash(g.at(ids[0]))
	case "work":
		for _, id := range ids {
			g.work(g.at(id))
		}
	case "append", "apply":
		for _, id := range ids {
			g.thread(g.at(id), map[string]raft.ID{"append": raft.LocalAppendThread, "apply": raft.LocalApplyThread}[d.Cmd])
		}
	case "deliver":
		g.deliver(ids, rest)
	case "lose":
		g.net = slices.DeleteFunc(g.net, func(m raft.Message) bool { return g.wanted(&m, ids, rest) })
	case "settle":
		g.settle()
	case "show":
		g.show(rest[0], ids)
	default:
		g.t.Fatalf("unknown command %q", d.Cmd)
	}
	return nil
}

// start makes the group: the members as voters, or as learners after the word.
func (g *group) start(d *datadriven.TestData, ids []raft.ID) {
	g.cfg = raft.Config{
		ElectionTick: 10, HeartbeatTick: 1, MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256,
		PreVote: d.HasArg("prevote"), CheckQuorum: d.HasArg("checkquorum"), StepDownOnRemoval: d.HasArg("stepdown"),
		ReadOnlyLeaseBased: d.HasArg("lease"), AsyncStorageWrites: d.HasArg("async"),
	}
	if d.HasArg("off") {
		var name string
		d.ScanArgs(g.t, "off", &name)
		id, ok := rule.ByName(name)
		if !ok {
			g.t.Fatalf("there is no rule %q", name)
		}
		g.cfg.Off = g.cfg.Off.With(id)
	}
	if d.HasArg("inflight") {
		d.ScanArgs(g.t, "inflight", &g.cfg.MaxInflightMsgs)
	}
	conf := raft.ConfState{Voters: ids}
	if d.HasArg("learner") {
		conf.Voters, conf.Learners = ids[:len(ids)-1], ids[len(ids)-1:]
	}
	for _, id := range ids {
		g.members = append(g.members, g.boot(id, raft.Stored{Conf: conf}))
	}
	g.quiet = true
}

func (g *group) boot(id raft.ID, disk raft.Stored) *member {
	cfg := g.cfg
	cfg.ID, cfg.Jitter = id, rng.New(1, "jitter "+id.String())
	n, err := raft.New(cfg, disk)
	if err != nil {
		g.t.Fatal(err)
	}
	return &member{Node: n, disk: disk}
}

// crash restarts a member with what is on its disk.
func (g *group) crash(m *member) {
	if m.disk.Snapshot.Index > 0 {
		m.disk.Conf = m.disk.Snapshot.Conf
	}
	*m = *g.boot(m.ID(), m.disk)
}

// work does the duties of a member once: write, send, apply.
func (g *group) work(m *member) {
	if !m.HasReady() {
		return
	}
	rd := m.Ready()
	if g.cfg.AsyncStorageWrites {
		for _, msg := range rd.Messages {
			if msg.To < raft.LocalApplyThread {
				g.net = append(g.net, msg)
			} else {
				m.asked = append(m.asked, msg)
			}
		}
		g.tell(m)
		return
	}
	m.write(&rd)
	g.net = append(g.net, rd.Messages...)
	for _, msg := range rd.AfterSync {
		if msg.To != m.ID() {
			g.net = append(g.net, msg)
		}
	}
	g.apply(m, &rd)
	m.Advance()
	g.tell(m)
}

// thread lets one of a member's threads do the next thing that it has been asked for. Responses go into the network,
// those to the member itself too.
func (g *group) thread(m *member, thread raft.ID) {
	i := slices.IndexFunc(m.asked, func(o raft.Message) bool { return o.To == thread })
	if i < 0 {
		g.printf("nothing to do\n")
		return
	}
	msg := m.asked[i]
	m.asked = slices.Delete(m.asked, i, i+1)
	g.printf("  %s\n", msg)
	if thread == raft.LocalApplyThread {
		g.apply(m, &raft.Ready{Committed: msg.Entries})
	} else {
		hard := raft.HardState{Term: msg.Term, Vote: msg.Vote, Commit: msg.Commit}
		m.write(&raft.Ready{Entries: msg.Entries, Snapshot: msg.Snapshot, HardState: hard})
	}
	g.net = append(g.net, msg.Responses...)
}

func (m *member) write(rd *raft.Ready) {
	if rd.Snapshot != nil {
		m.disk.Snapshot, m.disk.Entries = *rd.Snapshot, nil
	}
	if len(rd.Entries) > 0 {
		keep := rd.Entries[0].Index - m.disk.Snapshot.Index - 1
		m.disk.Entries = append(m.disk.Entries[:keep:keep], rd.Entries...)
	}
	if rd.HardState != (raft.HardState{}) {
		m.disk.HardState = rd.HardState
	}
}

func (g *group) apply(m *member, rd *raft.Ready) {
	if rd.Snapshot != nil {
		m.state = strings.Fields(string(rd.Snapshot.Data))
	}
	for i := range rd.Committed {
		e := &rd.Committed[i]
		if e.Type == raft.EntryNormal {
			if e.Data != nil {
				m.state = append(m.state, string(e.Data))
			}
			continue
		}
		cc, err := raft.DecodeConfChange(e)
		if err != nil {
			g.t.Fatal(err)
		}
		m.ApplyConfChange(cc)
	}
	for _, r := range rd.Reads {
		g.printf("%s may serve %s once index %d is applied\n", m.ID(), r.Context, r.Index)
	}
}

// wanted reports whether a command is about a message: to one of the members, of one of the types; none named means
// all.
func (g *group) wanted(m *raft.Message, ids []raft.ID, types []string) bool {
	return (g.from == raft.None || m.From == g.from) && (len(ids) == 0 || slices.Contains(ids, m.To)) &&
		(len(types) == 0 || slices.Contains(types, m.Type.String()))
}

// deliver hands over what is wanted of the network.
func (g *group) deliver(ids []raft.ID, types []string) {
	var now []raft.Message
	g.net = slices.DeleteFunc(g.net, func(m raft.Message) bool {
		if g.wanted(&m, ids, types) {
			now = append(now, m)
			return true
		}
		return false
	})
	for _, m := range now {
		if slices.Contains(g.cut, m.From) || slices.Contains(g.cut, m.To) {
			g.printf("  %s (lost)\n", m)
			continue
		}
		g.printf("  %s\n", m)
		to := slices.IndexFunc(g.members, func(o *member) bool { return o.ID() == m.To })
		if to < 0 {
			continue
		}
		if err := g.members[to].Step(m); err != nil {
			g.printf("%s %v\n", m.To, err)
		}
		g.tell(g.members[to])
	}
}

// settle lets everybody work and delivers everything until nothing is left to do.
func (g *group) settle() {
	for {
		for _, m := range g.members {
			g.tell(m)
			g.work(m)
			for len(m.asked) > 0 {
				g.thread(m, m.asked[0].To)
			}
		}
		if len(g.net) == 0 && !slices.ContainsFunc(g.members, func(m *member) bool { return m.HasReady() }) {
			return
		}
		g.deliver(nil, nil)
	}
}

func (g *group) show(what string, ids []raft.ID) {
	for _, m := range g.members {
		if len(ids) > 0 && !slices.Contains(ids, m.ID()) {
			continue
		}
		switch what {
		case "log":
			g.printf("%s", m.ID())
			for i := m.FirstIndex(); i <= m.LastIndex(); i++ {
				e, _ := m.EntryAt(i)
				g.printf(" %d/%d", e.Term, i)
			}
			g.printf(" commit %d\n", m.Commit())
		case "disk":
			g.printf("%s term %d vote %s", m.ID(), m.disk.HardState.Term, m.disk.HardState.Vote)
			for _, e := range m.disk.Entries {
				g.printf(" %d/%d", e.Term, e.Index)
			}
			g.printf(", known to be there up to %d\n", m.StableIndex())
		case "state":
			g.printf("%s %s term %d commit %d applied %q\n", m.ID(), m.Role(), m.Term(), m.Commit(), m.state)
		case "progress":
			for _, o := range g.members {
				if p, ok := m.ProgressOf(o.ID()); ok {
					g.printf("%s of %s: %s match %d next %d in flight %d\n", m.ID(), o.ID(), p.State, p.Match, p.Next,
						p.Inflights.Count())
				}
			}
		case "conf":
			g.printf("%s %+v\n", m.ID(), m.Conf())
		}
	}
}

// change reads "v4 l5 r1": voter, learner, removed. The words after the command can ask for v1, implicit or explicit.
func change(t *testing.T, words, how []string) raft.ConfChange {
	cc := raft.ConfChange{V1: slices.Contains(how, "v1")}
	if slices.Contains(how, "implicit") {
		cc.Transition = raft.TransitionJointImplicit
	} else if slices.Contains(how, "explicit") {
		cc.Transition = raft.TransitionJointExplicit
	}
	for _, w := range words {
		id, err := strconv.Atoi(w[1:])
		if err != nil {
			t.Fatal(err)
		}
		typ := map[byte]raft.ChangeType{'v': raft.AddNode, 'l': raft.AddLearner, 'r': raft.RemoveNode}[w[0]]
		cc.Changes = append(cc.Changes, raft.Change{Type: typ, ID: raft.ID(id)})
	}
	return cc
}

// TestTranscripts runs testdata/*.txt: each is a conversation with a group that reads like a document.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		g := &group{t: t}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			g.t = t
			return g.handle(d)
		})
	})
}
