package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/pb"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What a process counts about itself, as etcd does for Prometheus. Only what cannot be read off the member when
// somebody looks is counted; the rest is put together then (exposition.go). A crash takes it all along: like a real
// process's, counters begin anew with each start.
//
// Reading order: metrics.go (what is counted, and where), histogram.go, rpc.go, probe.go, exposition.go (as text),
// figures.go (for charts).

// tally is the counters of one process. It is a plain value, so that cloning a member costs no more than the bytes; the
// comments name what etcd calls them.
type tally struct {
	leaderChanges   uint32 // etcd_server_leader_changes_seen_total
	lateHeartbeats  uint32 // etcd_server_heartbeat_send_failures_total
	slowApplies     uint32 // etcd_server_slow_apply_total
	slowReads       uint32 // etcd_server_slow_read_indexes_total
	failedReads     uint32 // etcd_server_read_indexes_failed_total
	failedProposals uint32 // etcd_server_proposals_failed_total
	expiredLeases   uint32 // etcd_debugging_server_lease_expired_total

	applied [api.Methods][2]uint32 // etcd_server_apply_duration_seconds: failed and done. Each takes Config.ApplyCost

	ranges, puts, deletes, txns uint32 // etcd_mvcc_range_total and its like
	putBytes                    int64  // etcd_debugging_mvcc_total_put_size_in_bytes

	walBytes    int64    // etcd_disk_wal_write_bytes_total
	syncFrom    sim.Time // when the running fsync was asked for
	defragFrom  sim.Time
	compactFrom sim.Time // when the running compaction began; 0: none runs
	compactedAt sim.Time // etcd_debugging_mvcc_db_compaction_last; 0: never in this life
	syncs       histogram
	commits     histogram
	times       [histograms]*histogram // the others, never written in place; nil: empty

	ttlSum  int64         // of etcd_debugging_lease_ttl_total
	earlier *lease.Counts // of lessors that a snapshot has replaced; nil: none; never written in place
	removed int64         // rows that were compacted in stores that a snapshot has replaced
	raised  []raised      // by member, then by kind; never written in place

	started [api.Methods]uint32 // grpc_server_started_total
	handled []handled           // grpc_server_handled_total
	answers uint32              // all of these
	bad     uint32              // those that alerts take for failures

	probeAt sim.Time   // when Probe is due
	askAt   sim.Time   // when the others are asked next
	trips   *histogram // of all peers together; never written in place; nil: empty
	peers   []peer     // by machine, up to the last one of which something is counted
}

// peer returns what is counted about another member.
func (t *tally) peer(id raft.ID) *peer {
	machine := id.Machine()
	if machine >= len(t.peers) {
		t.peers = append(t.peers, make([]peer, machine+1-len(t.peers))...)
	}
	return &t.peers[machine]
}

// observe counts a duration of those that are seldom measured.
func (t *tally) observe(kind int, took sim.Time) { t.times[kind] = t.times[kind].observed(kind, took) }

// raised is how many more times an alarm was raised than cleared.
type raised struct {
	alarm
	count int16
}

func (t *tally) countAlarm(x alarm, by int16) {
	i, list := 0, t.raised
	for i < len(list) && (list[i].member < x.member || (list[i].member == x.member && list[i].kind > x.kind)) {
		i++ // CORRUPT comes before NOSPACE, as in the alphabet
	}
	t.raised = append(list[:i:i], raised{x, by})
	if i < len(list) && list[i].alarm == x {
		t.raised[i].count += list[i].count
		i++
	}
	t.raised = append(t.raised, list[i:]...)
}

// peer is what is counted about one other member.
type peer struct {
	sent, received uint64   // bytes
	failures       uint32   // etcd_network_peer_sent_failures_total
	snapsSent      uint32   // etcd_network_snapshot_send_success
	snapsFailed    uint32   // etcd_network_snapshot_send_failures
	snapsReceived  uint32   // etcd_network_snapshot_receive_success
	sending        uint32   // etcd_network_snapshot_send_inflights_total
	snapFrom       sim.Time // when the newest snapshot was sent
	beat           sim.Time // when the last heartbeat was; 0: none since the last change of leader
	probing
}

// slowApply is from when on etcd warns of an expensive request (embed/config.go, DefaultWarningApplyDuration).
const slowApply = 100 * sim.Millisecond

// countApplied counts an entry that was applied. A compaction that comes too late counts as done, as in etcd.
func (t *tally) countApplied(c api.Call, text string) {
	done := 0
	if text == "" || text == api.ErrCompacted {
		done = 1
	}
	t.applied[api.MethodOf(c)][done]++
}

// ops is how many operations the store has been asked for.
func (t *tally) ops() uint32 { return t.ranges + t.puts + t.deletes }

// endTxn counts a transaction on the store that began with so many operations done. Only those with more than one are
// called so (mvcc/metrics_txn.go, End).
func (t *tally) endTxn(before uint32) {
	if t.ops()-before > 1 {
		t.txns++
	}
}

// countBeats counts the heartbeats of a round that come more than two intervals after the last one to the same member
// (etcdserver/raft.go, processMessages; pkg/contention).
func (m *Member) countBeats(now sim.Time) {
	for i := range m.ready.Messages {
		msg := &m.ready.Messages[i]
		if msg.Type != raft.MsgHeartbeat {
			continue
		}
		p := m.tally.peer(msg.To)
		if p.beat != 0 && now-p.beat > 2*m.cfg.Tick {
			m.tally.lateHeartbeats++
		}
		p.beat = now
	}
}

// countLeader counts a change of leader; the time between heartbeats is measured anew.
func (t *tally) countLeader(lead raft.ID) {
	if lead != raft.None {
		t.leaderChanges++
	}
	for i := range t.peers {
		t.peers[i].beat = 0
	}
}

// countWrite counts what a round adds to the log file, in etcd's layout: each entry and each state is a record in a
// frame of eight bytes, filled up to a multiple of eight (storage/wal/encoder.go). Entries are shorter than etcd's
// where the ids of requests are. The checksum within a record is taken to need five bytes, as fifteen of sixteen do.
func (m *Member) countWrite(rd *raft.Ready) {
	for i := range rd.Entries {
		m.tally.walBytes += frame(rd.Entries[i].Size())
	}
	if h := &rd.HardState; *h != (raft.HardState{}) {
		m.tally.walBytes += frame(3 + varint(uint64(h.Term)) + varint(m.cluster.of(h.Vote).id) + varint(uint64(h.Commit)))
	}
}

func frame(data uint64) int64 {
	const kindAndSum = 2 + 6
	n := kindAndSum + 1 + varint(data) + data
	return int64(8 + (n+7)/8*8)
}

// varint returns how many bytes protobuf needs for a number.
func varint(x uint64) uint64 { return uint64(pb.Size(x)) }

// wireSize returns how many bytes a message takes between members (raftpb.Message.Size), and the database that goes
// with it.
func (m *Member) wireSize(msg *raft.Message, db *Database) uint64 {
	n := 12 + varint(m.cluster.of(msg.To).id) + varint(m.cluster.of(msg.From).id) + varint(uint64(msg.Commit))
	if uint64(msg.Type)|uint64(msg.Term)|uint64(msg.LogTerm)|uint64(msg.Index)|uint64(msg.RejectHint) < 1<<7 {
		n += 5 // a heartbeat, mostly
	} else {
		n += varint(uint64(msg.Type)) + varint(uint64(msg.Term)) + varint(uint64(msg.LogTerm)) + varint(uint64(msg.Index)) +
			varint(uint64(msg.RejectHint))
	}
	for i := range msg.Entries {
		e := msg.Entries[i].Size()
		n += 1 + varint(e) + e
	}
	if c := uint64(len(msg.Context)); c > 0 {
		n += 1 + varint(c) + c
	}
	if db != nil {
		n += uint64(db.Store.Size())
	}
	return n
}

// countSnapshot counts what became of a snapshot that was sent.
func (m *Member) countSnapshot(now sim.Time, to raft.ID, ok bool) {
	p := m.tally.peer(to)
	p.sending--
	if !ok {
		p.snapsFailed++
		p.failures++
		return
	}
	p.snapsSent++
	m.tally.observe(timeSnapshot, now-p.snapFrom)
}

// countCommit notes how long a commit of the backend takes. In the simulator a commit takes no time, and does not hold
// up the log's fsyncs: what is noted is what the disk would need at this instant for the two fsyncs of a commit, one
// for pages and one for the head (bbolt tx.go, Commit). Nothing is noted while the disk stands still, because then
// nobody knows.
func (m *Member) countCommit(now sim.Time) {
	d := m.disk // a copy: the disk itself is not kept busy
	first, ok := d.Sync(now, 0)
	if !ok {
		return
	}
	second, _ := d.Sync(first, 0)
	m.tally.commits.observe(timeCommit, second-now)
}

// keepCounts keeps what was counted in a store and a lessor that a snapshot replaces: the process goes on.
func (m *Member) keepCounts() {
	t, c := &m.tally, m.lessor.Counts()
	t.removed += m.store.Removed()
	if t.earlier != nil {
		add(&c, t.earlier)
	}
	t.earlier = &c
}

// leaseCounts returns what was counted about leases in this life.
func (m *Member) leaseCounts() lease.Counts {
	c := m.lessor.Counts()
	if e := m.tally.earlier; e != nil {
		add(&c, e)
	}
	return c
}

func add(c, e *lease.Counts) {
	c.Granted += e.Granted
	c.Revoked += e.Revoked
	c.Renewed += e.Renewed
	for i := range c.TTLs {
		c.TTLs[i] += e.TTLs[i]
	}
}

// pendingProposals counts what was proposed here and has not been applied. A change of the group does not count, nor
// what Raft has not taken yet (etcdserver/v3_server.go, processInternalRaftRequestOnce).
func (m *Member) pendingProposals() int {
	n := len(m.errands)
	for i := range m.waits {
		if w := &m.waits[i]; w.proposed && api.RowOf(w.req.Call).Applied != "" {
			n++
		}
	}
	if m.publish.req != nil {
		n++
	}
	for _, p := range m.parked {
		if OwnID(p.ID) {
			n--
		}
	}
	return n
}

// failProposal counts a proposal that Raft did not take, or that was not applied in time.
func (t *tally) failProposal(c api.Call) {
	if api.RowOf(c).Applied != "" {
		t.failedProposals++
	}
}

// countExpiredLease counts a lease whose revocation came through.
func (t *tally) countExpiredLease(err string) {
	if err == "" {
		t.expiredLeases++
	}
}

// countCompaction counts a compaction that has gone through all rows.
func (t *tally) countCompaction(now sim.Time) {
	t.observe(timeCompaction, now-t.compactFrom)
	t.compactFrom, t.compactedAt = 0, now
}
