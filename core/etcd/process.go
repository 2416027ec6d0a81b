package etcd

import (
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// process is what runs: everything that a crash takes. Its parts know only those below them: the loop and the applier
// nobody, streams and server these two, the process all. What one of them needs of another it finds in the turn; what
// is to be done above it, it returns.
type process struct {
	loop    loop
	applier applier
	server  server
	streams streams

	disk  diskCounters
	peers peerCounters

	incoming   []incoming
	compacting bool // a wake for the next batch of a compaction is under way

	paused bool
	inbox  []input // what arrived while the process was paused
	ended  bool    // it crashed in the input under way
}

// inputKind and input are what reaches a process from outside, but for its ticks.
type inputKind uint8

const (
	inMessage inputKind = iota
	inRequest
	inWake
	inReported
	inUnreachable
	inStream
	inTaken
	inRelayed
	inRead // waits for the database only
	inSignal
)

type input struct {
	kind     inputKind
	msg      *raft.Message
	database *Database
	req      *Request
	since    sim.Time // when it came
	resp     *Response
	client   *ClientMessage
	signal   *Signal
	stream   watch.StreamID // of which a message was taken
	links    *Links         // as the member sees the others at that instant; nil: it does not matter
	wake     Wake
	to       raft.ID
	ok       bool
}

// kept returns the input as it can be kept for later: what the links are is as of now.
func (in *input) kept() input {
	c := *in
	if in.links != nil {
		links := *in.links
		c.links = &links
	}
	return c
}

func (p *process) clone() *process {
	c := *p
	c.loop, c.applier, c.server, c.streams = p.loop.clone(), p.applier.clone(), p.server.clone(), p.streams.clone()
	c.peers.peers = slices.Clone(p.peers.peers)
	c.incoming, c.inbox = slices.Clone(p.incoming), slices.Clone(p.inbox)
	return &c
}

func (p *process) start(t *turn) {
	stored := t.storage.wal.stored()
	p.loop.tickedAt, p.server.handlers.at = t.now, never
	p.applier.load(t, &t.storage.backend.Database)
	p.streams = newStreams(t)
	p.server.compactor = compact.New(t.self.cfg.AutoCompaction, t.now, p.applier.store.Revision())
	p.applier.applied, p.loop.trimmed = t.storage.backend.index, t.storage.wal.snapshot.Index
	// A commit index alone is not synced: the backend may be ahead of it.
	stored.Applied = max(min(p.applier.applied, stored.HardState.Commit), stored.Snapshot.Index)
	stored.Conf = t.storage.backend.conf
	node, err := raft.New(t.self.raftConfig(), stored)
	if err != nil {
		panic(fmt.Sprintf("etcd: %v cannot start: %v", t.self.host, err))
	}
	p.loop.node = node
	t.out.event(Event{
		Kind: Started, Rule: rule.RestartFromDisk, Count: len(stored.Entries), Index: node.LastIndex(),
	})
	if len(stored.Conf.Voters) == 1 {
		for range t.self.cfg.ElectionTicks - 1 { // etcd's fast-forward of a lone member: server.go, adjustTicks
			node.Tick()
		}
	}
	p.server.proposePublish(t)
	p.armCompaction(t, t.now)
	p.round(t)
}

// end stops the process.
func (p *process) end(t *turn, torn bool, why string) {
	waiting := p.server.unanswered(t)
	for _, in := range p.inbox {
		if in.req != nil {
			waiting = append(waiting, in.req)
		}
	}
	for _, req := range waiting {
		if req.Client.IsMember() { // a client's connection breaks as a whole
			t.out.Answers = append(t.out.Answers,
				Answer{req.Client, &Response{ID: req.ID, Err: api.ErrConnection, Executed: true}})
		}
	}
	t.storage.crash(torn, why, t.out)
	p.ended = true
}

// take does what an input asks for.
func (p *process) take(t *turn, in *input) {
	switch in.kind {
	case inMessage:
		p.receive(t, in.msg, in.database)
	case inRequest:
		p.request(t, in)
	case inWake:
		p.wake(t, in.wake.Kind, in.links)
	case inReported:
		p.reported(t, in.to, in.ok)
	case inUnreachable:
		p.peers.peer(in.to).failures++
		p.loop.node.ReportUnreachable(in.to)
		p.round(t)
	case inTaken:
		p.streams.taken(t, in.stream)
	case inRelayed:
		if !p.server.checker.onHash(in.resp, p.applier.cluster.id) {
			p.server.relayed(t, in.resp)
			p.round(t)
		}
	case inStream, inSignal:
		switch {
		case !p.server.serving():
			p.server.publish.backlog = append(p.server.publish.backlog, in.kept())
		case in.kind == inStream:
			p.streams.onClient(t, in.client)
		default:
			p.onSignal(t, in.signal)
		}
	}
}

// ticked counts an interval of the ticker, now or when the loop is free.
func (p *process) ticked(t *turn) {
	if p.loop.busy() {
		p.loop.tickLate = true
		return
	}
	p.tick(t)
}

func (p *process) tick(t *turn) {
	p.loop.tickedAt = t.now
	p.commitBackend(t)
	p.loop.node.Tick()
	p.server.retryPublish(t)
	p.server.giveUp(t)
	p.server.autoCompact(t)
	p.server.checkHashes(t)
	p.streams.sampleLeader(t)
	p.round(t)
}

// receive takes a message from another member.
func (p *process) receive(t *turn, msg *raft.Message, db *Database) {
	if p.applier.cluster.gone(msg.From) {
		t.out.Removed = msg.From
		return
	}
	if db != nil {
		p.incoming = append(p.incoming, incoming{msg.Snapshot.Index, db})
	}
	if why := p.loop.tooFar(msg); why != "" {
		p.end(t, false, why)
		return
	}
	from := p.peers.peer(msg.From)
	from.received += p.applier.cluster.wireSize(msg, db)
	if db != nil {
		from.snapsReceived++
	}
	// Raft returns an error only for proposals that it drops; the sender is told nothing, as in etcd.
	_ = p.loop.node.Step(*msg)
	p.round(t)
}

// request takes one of a client, or one that another member passes on.
func (p *process) request(t *turn, in *input) {
	switch {
	case asksForHash(in.req):
		answerHash(t, in.req)
	case in.req.Client.IsMember():
		p.servePeer(t, in.req, in.links)
	case !p.server.serving():
		p.server.publish.backlog = append(p.server.publish.backlog, in.kept())
	default:
		p.serve(t, in.req, in.links)
	}
}

func (p *process) wake(t *turn, k WakeKind, links *Links) {
	switch k {
	case WakeSynced:
		p.synced(t)
	case WakeApplied:
		p.applyHead(t)
	case WakeExpire:
		p.server.expire(t, links)
	case WakeLeases:
		p.server.scanLeases(t)
	case WakeCompact:
		p.compactBatch(t)
	case WakeWatch:
		p.streams.wake(t)
	case WakeDefrag:
		p.defragmented(t)
	case WakeLook:
		p.server.wakeLook(t)
	case WakeStop:
		p.writeBackend(t)
		p.end(t, false, whyRemoved)
	}
	p.round(t)
}
