package etcd

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// round carries out Raft's duties until there are none, or an fsync has to be waited for. It is called at the end of
// every input. The numbers are those of etcd's loop (etcd-server etcdserver/raft.go, start).
func (p *process) round(t *turn) {
	if p.ended {
		return
	}
	p.loop.raftEvents(t) // before what they lead to
	p.server.proposePending(t)
	for !p.loop.busy() && p.loop.node.HasReady() {
		p.loop.ready = p.loop.node.Ready()
		p.loop.raftEvents(t)
		p.noteLeader(t)                                                      // 1
		p.applier.queue = append(p.applier.queue, p.loop.ready.Committed...) // 3
		p.loop.noteCommitted()
		p.applier.startApply(t)
		p.server.confirmReads(t) // 2
		if p.loop.leading {      // 4
			p.peers.countBeats(t.now, t.self.cfg.Tick, p.loop.ready.Messages)
			p.send(t, p.loop.ready.Messages)
		}
		if t.storage.disk.Full && (len(p.loop.ready.Entries) > 0 || p.loop.ready.HardState != (raft.HardState{})) {
			p.end(t, false, "no space left on device") // etcd ends at once: "failed to save Raft hard state and entries"
			return
		}
		p.save(t) // 6
		if !p.loop.saving {
			p.finish(t)
		}
		p.server.proposePending(t)
	}
	p.loop.raftEvents(t)
	p.server.handlers.arm(t, p.server.reads.next())
}

// noteLeader does what a change of leader asks for (etcdserver/server.go, updateLeadership).
func (p *process) noteLeader(t *turn) {
	p.loop.leading = p.loop.node.Role() == raft.Leader
	lead := p.loop.node.Lead()
	if lead == p.loop.lead {
		return
	}
	p.loop.lead = lead
	p.peers.countLeader(lead)
	p.server.demoteLeases(t)
	if lead == raft.None {
		return
	}
	if lead == t.self.id {
		p.loop.electedAt = t.now
	}
	p.server.loseReads(t)
}

// save writes the round's entries and state, and begins an fsync if etcd would wait for one.
func (p *process) save(t *turn) {
	rd := &p.loop.ready
	t.storage.wal.write(rd, p.loop.node.Log())
	p.countWrite(rd)
	if !rd.MustSync && rd.Snapshot == nil {
		return
	}
	p.loop.saving = true
	p.disk.syncFrom = t.now
	p.loop.writeTime = t.self.cfg.writing(rd.Entries)
	until := p.beginSync(t)
	first, last := span(rd.Entries)
	why := rule.SyncBeforeAck
	if p.loop.leading {
		why = rule.LeaderSendsWhileItSyncs
	}
	t.out.event(Event{Kind: SyncStarted, Rule: why, Index: first, Last: last, Until: until})
	if t.self.cfg.Off.Has(rule.PersistBeforeReply) {
		p.send(t, rd.AfterSync)
		rd.AfterSync = nil
	}
}

// beginSync begins an fsync and returns when it is done, 0 if the disk is stalled.
func (p *process) beginSync(t *turn) sim.Time {
	until, ok := t.storage.disk.Sync(t.now, p.loop.writeTime)
	if p.loop.syncEnd = until; ok {
		t.wake(until, WakeSynced)
	}
	return until
}

// writing is how long the device takes for a batch: each entry is a write of its own to the log file, and their bytes
// have to go through.
func (c *Config) writing(entries []raft.Entry) sim.Time {
	t := c.WriteCost * sim.Time(len(entries))
	if c.DiskRate > 0 {
		bytes := 0
		for i := range entries {
			bytes += len(entries[i].Data)
		}
		t += sim.Time(bytes / c.DiskRate)
	}
	return t
}

func span(entries []raft.Entry) (first, last raft.Index) {
	if len(entries) == 0 {
		return 0, 0
	}
	return entries[0].Index, entries[len(entries)-1].Index
}

// synced ends the round whose fsync is done, and counts the tick that came meanwhile.
func (p *process) synced(t *turn) {
	first, last := span(p.loop.ready.Entries)
	t.storage.wal.sync()
	p.loop.saving = false
	p.disk.syncs.observe(timeSync, t.now-p.disk.syncFrom)
	t.out.event(Event{Kind: SyncDone, Rule: rule.SyncBeforeAck, Index: first, Last: last})
	p.install(t)
	p.finish(t)
	p.lateTick(t)
}

// lateTick counts the tick that came while the loop was waiting.
func (p *process) lateTick(t *turn) {
	if p.loop.tickLate && !p.loop.busy() {
		p.loop.tickLate = false
		p.tick(t)
	}
}

// finish sends what had to wait for the disk and tells Raft that the round is over. Who does not lead sends only when a
// change of the group that the round brought is applied: it could count a vote of a member that is gone.
func (p *process) finish(t *turn) {
	if p.loop.ready.HardState != (raft.HardState{}) {
		p.loop.savedCommit = p.loop.ready.HardState.Commit
	}
	if p.loop.leading {
		p.sendSnapshots(t)
	} else if p.loop.changesGroup(t) {
		p.loop.awaitsApply = true
		return
	} else { // 9
		p.send(t, p.loop.ready.Messages)
	}
	p.send(t, p.loop.ready.AfterSync)
	p.loop.node.Advance() // 10
	p.loop.ready = raft.Ready{}
	p.loop.raftEvents(t)
	advanced := p.loop.advanced
	p.loop.advanced = nil
	for _, resp := range advanced {
		p.server.requests.answer(t, resp)
	}
}

// send puts messages to other members into the output. Of several append answers in a batch only the newest goes out,
// as in etcd (raft.go, processMessages).
func (p *process) send(t *turn, msgs []raft.Message) {
	newest := -1
	for i := range msgs {
		if msgs[i].Type == raft.MsgAppResp {
			newest = i
		}
	}
	for i := range msgs {
		if msgs[i].Type != raft.MsgSnap && (msgs[i].Type != raft.MsgAppResp || i == newest) {
			p.sendOne(t, &msgs[i])
		}
	}
}

// sendSnapshots sends the round's snapshots, at its end: the process that applies entries makes them, when the round's
// are on disk (etcdserver/server.go, applyAll).
func (p *process) sendSnapshots(t *turn) {
	for i := range p.loop.ready.Messages {
		if p.loop.ready.Messages[i].Type == raft.MsgSnap {
			p.sendOne(t, &p.loop.ready.Messages[i])
		}
	}
}

func (p *process) sendOne(t *turn, msg *raft.Message) {
	if msg.To == t.self.id || p.applier.cluster.gone(msg.To) {
		return
	}
	to := p.applier.cluster.hostOf(msg.To)
	sent := &PeerMessage{Message: *msg, Cluster: p.applier.cluster.id, History: t.storage.history}
	if msg.Type == raft.MsgSnap {
		sent.Database = p.attach(t, &sent.Message)
	}
	if to != 0 {
		p.peers.peer(msg.To).sent += p.applier.cluster.wireSize(&sent.Message, sent.Database)
	}
	t.out.Send = append(t.out.Send, Sending{to, sent})
}
