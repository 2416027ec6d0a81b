package transcripts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/test/oracle/convert"
	theirs "go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// env is a group of our members that understands the commands of their transcripts.
type env struct {
	nodes    []*node
	messages []raft.Message // in flight, in the order they were sent
	quiet    bool           // after log-level none nothing but errors is answered
	indent   string
	out      strings.Builder
}

// node is a member with an application that appends the data of all entries.
type node struct {
	*raft.Node
	inflight int
	async    bool              // storage is written by messages to two threads
	work     [2][]raft.Message // for the append and the apply thread
	disk     []raft.Entry      // of an asynchronous member: what its append thread has written
	state    []byte
	snapshot raft.Snapshot // of the entry applied last
	lead     raft.ID       // what the last Ready told
	role     raft.Role
}

func (e *env) printf(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		e.out.WriteString(e.indent + line)
	}
}

// indented runs f with its output moved to the right, and ends its last line.
func (e *env) indented(f func()) {
	e.indent += "  "
	f()
	if s := e.out.String(); s != "" && !strings.HasSuffix(s, "\n") {
		e.out.WriteByte('\n')
	}
	e.indent = strings.TrimSuffix(e.indent, "  ")
}

// handle carries out a command and returns what their environment would print, but for the log.
func (e *env) handle(t *testing.T, d *datadriven.TestData) string {
	e.out.Reset()
	err := e.run(t, d)
	switch {
	case err != nil && e.quiet:
		return err.Error() + "\n"
	case err != nil:
		e.out.WriteString(err.Error())
	case e.quiet || e.out.Len() == 0:
		return "ok\n"
	}
	if s := e.out.String(); strings.HasSuffix(s, "\n") {
		return s
	}
	return e.out.String() + "\n"
}

func (e *env) run(t *testing.T, d *datadriven.TestData) error {
	ids := numbers(d)
	first := func() *node { return e.nodes[ids[0]-1] }
	switch d.Cmd {
	case "log-level":
		e.quiet = strings.EqualFold(d.CmdArgs[0].Key, "none")
	case "add-nodes":
		return e.addNodes(t, d, ids[0])
	case "campaign":
		return first().Campaign()
	case "propose":
		return first().Propose([]byte(d.CmdArgs[1].Key))
	case "propose-conf-change":
		return e.proposeConfChange(t, d, first())
	case "tick-election":
		for range electionTick {
			first().Tick()
		}
	case "tick-heartbeat":
		first().Tick()
	case "set-randomized-election-timeout":
		var timeout int
		d.ScanArgs(t, "timeout", &timeout)
		first().SetRandomizedTimeout(timeout)
	case "transfer-leadership":
		var from, to int
		d.ScanArgs(t, "from", &from)
		d.ScanArgs(t, "to", &to)
		e.nodes[from-1].TransferLeader(raft.ID(to))
	case "forget-leader":
		return first().ForgetLeader()
	case "report-unreachable":
		first().ReportUnreachable(raft.ID(ids[1]))
	case "send-snapshot":
		s := first().snapshot
		m := raft.Message{Type: raft.MsgSnap, Term: first().Term(), From: raft.ID(ids[0]), To: raft.ID(ids[1]), Snapshot: &s}
		e.messages = append(e.messages, m)
		e.printf("%s", describe(&m))
	case "compact":
		if err := first().CompactLog(raft.Index(ids[1])); err != nil {
			return err
		}
		e.printLog(first())
	case "raft-log":
		e.printLog(first())
	case "raft-state":
		e.printStates()
	case "status":
		e.printProgress(first())
	case "process-ready":
		for _, id := range ids {
			if len(ids) > 1 {
				e.printf("> %d handling Ready\n", id)
				e.indented(func() { e.processReady(t, e.nodes[id-1]) })
			} else {
				e.processReady(t, e.nodes[id-1])
			}
		}
	case "process-append-thread", "process-apply-thread":
		e.threadCommand(t, ids, threads[d.Cmd])
	case "deliver-msgs":
		e.deliverCommand(t, d, ids)
	case "stabilize":
		e.stabilizeCommand(t, d, ids)
	default:
		t.Fatalf("unknown command %q", d.Cmd)
	}
	return nil
}

// numbers returns the plain arguments that are numbers.
func numbers(d *datadriven.TestData) []int {
	var ns []int
	for _, arg := range d.CmdArgs {
		if n, err := strconv.Atoi(arg.Key); err == nil && len(arg.Vals) == 0 {
			ns = append(ns, n)
		}
	}
	return ns
}

const electionTick = 3

func (e *env) addNodes(t *testing.T, d *datadriven.TestData, n int) error {
	cfg := raft.Config{ElectionTick: electionTick, HeartbeatTick: 1, MaxSizePerMsg: math.MaxUint64,
		MaxInflightMsgs: math.MaxInt32}
	st := raft.Stored{}
	for _, arg := range d.CmdArgs[1:] {
		for i := range arg.Vals {
			var id raft.ID
			switch arg.Key {
			case "voters":
				arg.Scan(t, i, (*uint64)(&id))
				st.Snapshot.Conf.Voters = append(st.Snapshot.Conf.Voters, id)
			case "learners":
				arg.Scan(t, i, (*uint64)(&id))
				st.Snapshot.Conf.Learners = append(st.Snapshot.Conf.Learners, id)
			case "index":
				arg.Scan(t, i, (*uint64)(&st.Snapshot.Index))
			case "content":
				arg.Scan(t, i, &st.Snapshot.Data)
			case "inflight":
				arg.Scan(t, i, &cfg.MaxInflightMsgs)
			case "prevote":
				arg.Scan(t, i, &cfg.PreVote)
			case "checkquorum":
				arg.Scan(t, i, &cfg.CheckQuorum)
			case "max-committed-size-per-ready":
				arg.Scan(t, i, &cfg.MaxCommittedSizePerReady)
			case "disable-conf-change-validation":
				arg.Scan(t, i, &cfg.DisableConfChangeValidation)
			case "step-down-on-removal":
				arg.Scan(t, i, &cfg.StepDownOnRemoval)
			case "async-storage-writes":
				arg.Scan(t, i, &cfg.AsyncStorageWrites)
			case "read-only":
				cfg.ReadOnlyLeaseBased = arg.Vals[i] == "lease-based"
			default:
				t.Fatalf("unknown argument %q", arg.Key)
			}
		}
	}
	if st.Snapshot.Index > 0 {
		st.Snapshot.Term = 1
		st.Applied = st.Snapshot.Index
	}
	for range n {
		cfg.ID = raft.ID(len(e.nodes) + 1)
		cfg.Jitter = rng.New(uint64(cfg.ID), "transcripts")
		rn, err := raft.New(cfg, st)
		if err != nil {
			return err
		}
		e.nodes = append(e.nodes, &node{
			Node: rn, inflight: cfg.MaxInflightMsgs, async: cfg.AsyncStorageWrites, state: st.Snapshot.Data,
			snapshot: st.Snapshot,
		})
	}
	return nil
}

func (e *env) proposeConfChange(t *testing.T, d *datadriven.TestData, n *node) error {
	var cc raft.ConfChange
	for _, arg := range d.CmdArgs[1:] {
		switch {
		case arg.Key == "v1":
			cc.V1 = arg.Vals[0] == "true"
		case arg.Vals[0] == "implicit":
			cc.Transition = raft.TransitionJointImplicit
		case arg.Vals[0] == "explicit":
			cc.Transition = raft.TransitionJointExplicit
		}
	}
	kinds := map[byte]raft.ChangeType{'v': raft.AddNode, 'l': raft.AddLearner, 'r': raft.RemoveNode, 'u': raft.UpdateNode}
	for _, word := range strings.Fields(d.Input) {
		id, err := strconv.Atoi(word[1:])
		if err != nil {
			t.Fatal(err)
		}
		cc.Changes = append(cc.Changes, raft.Change{Type: kinds[word[0]], ID: raft.ID(id)})
	}
	return n.ProposeConfChange(cc)
}

// processReady prints the Ready as theirs would, does its duties and advances.
func (e *env) processReady(t *testing.T, n *node) {
	rd := n.Ready()
	their := theirs.Ready{
		HardState: convert.Hard(rd.HardState), Entries: convert.Entries(rd.Entries),
		CommittedEntries: convert.Entries(rd.Committed), MustSync: rd.MustSync,
	}
	if n.lead != n.Lead() || n.role != n.Role() {
		n.lead, n.role = n.Lead(), n.Role()
		their.SoftState = &theirs.SoftState{Lead: uint64(n.lead), RaftState: theirs.StateType(n.role)}
	}
	for _, r := range rd.Reads {
		their.ReadStates = append(their.ReadStates, theirs.ReadState{Index: uint64(r.Index), RequestCtx: r.Context})
	}
	if rd.Snapshot != nil {
		their.Snapshot = convert.Snapshot(rd.Snapshot)
	}
	var out []raft.Message
	out = append(out, rd.Messages...)
	for _, m := range rd.AfterSync {
		if m.To != n.ID() {
			out = append(out, m)
		}
	}
	for i := range out {
		their.Messages = append(their.Messages, convert.Message(&out[i]))
	}
	e.printf("%s", theirs.DescribeReady(their, quoted))
	if n.async {
		e.handOut(t, n, out)
		return
	}
	for i := range rd.Committed {
		n.apply(t, &rd.Committed[i])
	}
	e.messages = append(e.messages, out...)
	n.Advance()
}

// apply appends an entry's data to the state and keeps a snapshot of it: asked for one, their members send the newest.
func (n *node) apply(t *testing.T, ent *raft.Entry) {
	update := ent.Data
	if ent.Type != raft.EntryNormal {
		cc, err := raft.DecodeConfChange(ent)
		if err != nil {
			t.Fatal(err)
		}
		n.ApplyConfChange(cc)
		update = cc.Context
	}
	n.state = append(n.state[:len(n.state):len(n.state)], update...)
	s, err := n.CreateSnapshot(ent.Index, n.state)
	if err != nil {
		t.Fatal(err)
	}
	n.snapshot = s
}

func (e *env) deliverCommand(t *testing.T, d *datadriven.TestData, ids []int) {
	typ, count := -1, 0
	for _, arg := range d.CmdArgs {
		if arg.Key == "type" {
			typ = int(pb.MessageType_value[arg.Vals[0]])
		}
	}
	for _, id := range ids {
		count += e.deliver(id, typ, false)
	}
	for _, arg := range d.CmdArgs {
		for i := range arg.Vals {
			if arg.Key == "drop" {
				var id int
				arg.Scan(t, i, &id)
				count += e.deliver(id, typ, true)
			}
		}
	}
	if count == 0 {
		e.printf("no messages\n")
	}
}

// deliver takes the messages to a member, of one type or all (-1), from the network. It returns how many there were.
func (e *env) deliver(to, typ int, drop bool) int {
	var mine, rest []raft.Message
	for _, m := range e.messages {
		if int(m.To) == to && (typ < 0 || int(m.Type) == typ) && !(drop && ofOneMember(&m)) {
			mine = append(mine, m)
		} else {
			rest = append(rest, m)
		}
	}
	e.messages = rest
	for i := range mine {
		if drop {
			e.printf("dropped: %s\n", describe(&mine[i]))
			continue
		}
		e.printf("%s\n", describe(&mine[i]))
		if err := e.nodes[to-1].Step(mine[i]); err != nil {
			e.printf("%s\n", err)
		}
	}
	return len(mine)
}

func (e *env) stabilizeCommand(t *testing.T, d *datadriven.TestData, ids []int) {
	for _, arg := range d.CmdArgs {
		if arg.Key == "log-level" && strings.EqualFold(arg.Vals[0], "none") {
			defer func(mark string, quiet bool) { e.out.Reset(); e.out.WriteString(mark) }(e.out.String(), e.quiet)
		}
	}
	if len(ids) == 0 {
		for i := range e.nodes {
			ids = append(ids, i+1)
		}
	}
	for busy := true; busy; {
		busy = false
		for _, id := range ids {
			if n := e.nodes[id-1]; n.HasReady() {
				busy = true
				e.printf("> %d handling Ready\n", id)
				e.indented(func() { e.processReady(t, n) })
			}
		}
		for _, id := range ids {
			for _, m := range e.messages {
				if int(m.To) == id {
					busy = true
					e.printf("> %d receiving messages\n", id)
					e.indented(func() { e.deliver(id, -1, false) })
					break
				}
			}
		}
		busy = e.drainThreads(t, ids) || busy
	}
}

func (e *env) printLog(n *node) {
	if n.async {
		e.printf("%s", theirs.DescribeEntries(convert.Entries(n.disk), quoted))
		return
	}
	if n.StableIndex() < n.FirstIndex() {
		e.printf("log is empty: first index=%d, last index=%d", n.FirstIndex(), n.StableIndex())
		return
	}
	var es []raft.Entry
	for i := n.FirstIndex(); i <= n.StableIndex(); i++ {
		ent, _ := n.EntryAt(i)
		es = append(es, ent)
	}
	e.printf("%s", theirs.DescribeEntries(convert.Entries(es), quoted))
}

func (e *env) printStates() {
	for _, n := range e.nodes {
		voter, conf := "(Non-Voter)", n.Conf()
		for _, ids := range [][]raft.ID{conf.Voters, conf.VotersOutgoing} {
			for _, id := range ids {
				if id == n.ID() {
					voter = "(Voter)"
				}
			}
		}
		e.printf("%d: %s %s Term:%d Lead:%d\n", uint64(n.ID()), theirs.StateType(n.Role()), voter, n.Term(), uint64(n.Lead()))
	}
}

func (e *env) printProgress(n *node) {
	if n.Role() != raft.Leader {
		return
	}
	all := tracker.ProgressMap{}
	for id := raft.ID(1); id < 10; id++ { // also members that do not run
		p, ok := n.ProgressOf(id)
		if !ok {
			continue
		}
		in := tracker.NewInflights(n.inflight, 0)
		for k := range p.Inflights.Count() {
			in.Add(uint64(k), 0)
		}
		all[uint64(id)] = &tracker.Progress{
			Match: uint64(p.Match), Next: uint64(p.Next), State: tracker.StateType(p.State),
			PendingSnapshot: uint64(p.PendingSnapshot), RecentActive: p.RecentActive, MsgAppFlowPaused: p.FlowPaused,
			IsLearner: p.IsLearner, Inflights: in,
		}
	}
	e.printf("%s", all)
}

func describe(m *raft.Message) string { return theirs.DescribeMessage(convert.Message(m), quoted) }

func quoted(data []byte) string { return fmt.Sprintf("%q", data) }
