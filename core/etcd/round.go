package etcd

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// round carries out Raft's duties until there are none, or an fsync has to be waited for. It is called at the end of
// every input. The numbers are those of etcd's loop (etcd-server etcdserver/raft.go, start).
func (m *Member) round(now sim.Time, out *Output) {
	if m.node == nil {
		return // the disk was full
	}
	m.raftEvents(out) // before what they lead to
	m.proposeParked(now, out)
	for !m.busy() && m.node.HasReady() {
		m.ready = m.node.Ready()
		m.raftEvents(out)
		m.noteLeader(now, out)                          // 1
		m.queue = append(m.queue, m.ready.Committed...) // 3
		m.noteCommitted()
		m.startApply(now, out)
		m.confirmReads(now, out) // 2
		if m.leading {           // 4
			m.countBeats(now)
			m.send(now, m.ready.Messages, out)
		}
		if m.disk.Full && (len(m.ready.Entries) > 0 || m.ready.HardState != (raft.HardState{})) {
			m.crash(false, "no space left on device", out) // etcd ends at once: "failed to save Raft hard state and entries"
			return
		}
		m.save(now, out) // 6
		if !m.saving {
			m.finish(now, out)
		}
		m.proposeParked(now, out)
	}
	m.raftEvents(out)
	m.armLook(now, out)
}

// busy reports whether the loop waits: for the disk, or before it sends for a change of the group to be applied.
func (m *Member) busy() bool { return m.saving || m.awaitsApply }

// noteCommitted notes how far what goes to apply reaches (etcdserver/raft.go, updateCommittedIndex). While the loop
// waits Raft may have committed more: nobody in the member knows of that.
func (m *Member) noteCommitted() {
	if k := len(m.ready.Committed); k > 0 {
		m.taken = max(m.taken, m.ready.Committed[k-1].Index)
	}
	if m.ready.Snapshot != nil {
		m.taken = max(m.taken, m.ready.Snapshot.Index)
	}
}

// noteLeader does what a change of leader asks for (etcdserver/server.go, updateLeadership).
func (m *Member) noteLeader(now sim.Time, out *Output) {
	m.leading = m.node.Role() == raft.Leader
	lead := m.node.Lead()
	if lead == m.lead {
		return
	}
	m.lead = lead
	m.tally.countLeader(lead)
	m.demoteLeases(now, out)
	if lead == raft.None {
		return
	}
	if lead == m.id() {
		m.electedAt = now
	}
	m.loseReads(now, out)
}

// save writes the round's entries and state, and begins an fsync if etcd would wait for one.
func (m *Member) save(now sim.Time, out *Output) {
	rd := &m.ready
	m.wal.write(rd, m.node.Log())
	m.countWrite(rd)
	if !rd.MustSync && rd.Snapshot == nil {
		return
	}
	m.saving = true
	m.tally.syncFrom = now
	m.writeTime = m.cfg.writing(rd.Entries)
	until := m.beginSync(now, out)
	first, last := span(rd.Entries)
	why := rule.SyncBeforeAck
	if m.leading {
		why = rule.LeaderSendsWhileItSyncs
	}
	out.event(Event{Kind: SyncStarted, Rule: why, Index: first, Last: last, Until: until})
	if m.cfg.Off.Has(rule.PersistBeforeReply) {
		m.send(now, rd.AfterSync, out)
		rd.AfterSync = nil
	}
}

// beginSync begins an fsync and returns when it is done, 0 if the disk is stalled.
func (m *Member) beginSync(now sim.Time, out *Output) sim.Time {
	until, ok := m.disk.Sync(now, m.writeTime)
	if m.syncEnd = until; ok {
		out.Wakes = append(out.Wakes, Wake{until, WakeSynced, m.life})
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
func (m *Member) synced(now sim.Time, out *Output) {
	first, last := span(m.ready.Entries)
	m.wal.sync()
	m.saving = false
	m.tally.syncs.observe(timeSync, now-m.tally.syncFrom)
	out.event(Event{Kind: SyncDone, Rule: rule.SyncBeforeAck, Index: first, Last: last})
	m.install(now, out)
	m.finish(now, out)
	m.lateTick(now, out)
}

// lateTick counts the tick that came while the loop was waiting.
func (m *Member) lateTick(now sim.Time, out *Output) {
	if m.tickLate && !m.busy() {
		m.tickLate = false
		m.tick(now, out)
	}
}

// finish sends what had to wait for the disk and tells Raft that the round is over. Who does not lead sends only when a
// change of the group that the round brought is applied: it could count a vote of a member that is gone.
func (m *Member) finish(now sim.Time, out *Output) {
	if m.ready.HardState != (raft.HardState{}) {
		m.savedCommit = m.ready.HardState.Commit
	}
	if m.leading {
		m.sendSnapshots(now, out)
	} else if m.changesGroup() {
		m.awaitsApply = true
		return
	} else { // 9
		m.send(now, m.ready.Messages, out)
	}
	m.send(now, m.ready.AfterSync, out)
	m.node.Advance() // 10
	m.ready = raft.Ready{}
	m.raftEvents(out)
	advanced := m.advanced
	m.advanced = nil
	for _, resp := range advanced {
		m.answer(resp, out)
	}
}

// changesGroup reports whether the round has brought a change of the group that is not applied yet. The entries that
// found the group change nothing: they are in force from the start.
func (m *Member) changesGroup() bool {
	for i := range m.ready.Committed {
		e := &m.ready.Committed[i]
		if e.Type == raft.EntryConfChange && len(m.queue) > 0 && m.queue[0].Index <= e.Index &&
			e.Index > raft.Index(m.cfg.Members) {
			return true
		}
	}
	return false
}

// underWay reports whether an entry came with the round that the loop is still busy with. Who asked for a change of the
// group is answered when Raft, too, is done with it: else it might refuse the next change (etcdserver/server.go,
// configure; raft.go, raftAdvancedC).
func (m *Member) underWay(i raft.Index) bool {
	return m.busy() && len(m.ready.Committed) > 0 && m.ready.Committed[0].Index <= i
}

// send puts messages to other members into the output. Of several append answers in a batch only the newest goes out,
// as in etcd (raft.go, processMessages).
func (m *Member) send(now sim.Time, msgs []raft.Message, out *Output) {
	newest := -1
	for i := range msgs {
		if msgs[i].Type == raft.MsgAppResp {
			newest = i
		}
	}
	for i := range msgs {
		if msgs[i].Type != raft.MsgSnap && (msgs[i].Type != raft.MsgAppResp || i == newest) {
			m.sendOne(now, &msgs[i], out)
		}
	}
}

// sendSnapshots sends the round's snapshots, at its end: the process that applies entries makes them, when the round's
// are on disk (etcdserver/server.go, applyAll).
func (m *Member) sendSnapshots(now sim.Time, out *Output) {
	for i := range m.ready.Messages {
		if m.ready.Messages[i].Type == raft.MsgSnap {
			m.sendOne(now, &m.ready.Messages[i], out)
		}
	}
}

func (m *Member) sendOne(now sim.Time, msg *raft.Message, out *Output) {
	if msg.To == m.id() || m.cluster.gone(msg.To) {
		return
	}
	sent := Sending{Message: new(raft.Message), To: m.HostOf(msg.To)}
	*sent.Message = *msg
	if msg.Type == raft.MsgSnap {
		sent.Database = m.attach(now, sent.Message)
	}
	if sent.To != 0 {
		m.tally.peer(msg.To).sent += m.wireSize(sent.Message, sent.Database)
	}
	out.Send = append(out.Send, sent)
}

// HostOf returns the machine at a member's address; 0 if nobody listens there. A member that the sender has not heard
// of yet is where it was when it joined.
func (m *Member) HostOf(id raft.ID) sim.Host {
	usual := sim.Member(id.Machine())
	if url := m.cluster.of(id).peerURL; url != "" && url != PeerURL(usual) {
		return hostAt(url)
	}
	return usual
}

// raftEvents moves Raft's events into the output.
func (m *Member) raftEvents(out *Output) {
	for _, e := range m.node.Events() {
		out.Events = append(out.Events, Event{Kind: RaftEvent, Rule: e.Rule, Raft: e, Index: e.Index})
	}
}
