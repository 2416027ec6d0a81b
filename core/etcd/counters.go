package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/pb"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What a process counts about itself, as etcd does for Prometheus. Only what cannot be read off the process when
// somebody looks is counted; the rest is put together then (exposition.go). A crash takes it all along: like a real
// process's, counters begin anew with each start.
//
// Each part counts for itself. Counters are plain values, so that cloning a member costs no more than the bytes; the
// comments name what etcd calls them.
//
// Reading order: counters.go (what is counted, and where), histogram.go, rpc.go, rtt.go, exposition.go (as text),
// stats.go (for charts).

// storeCounters count what was done to the store, the leases and the alarms.
type storeCounters struct {
	applied [api.Methods][2]uint32 // etcd_server_apply_duration_seconds: failed and done. Each takes Config.ApplyCost

	ranges, puts, deletes, txns uint32 // etcd_mvcc_range_total and its like
	putBytes                    int64  // etcd_debugging_mvcc_total_put_size_in_bytes

	ttlSum  int64         // of etcd_debugging_lease_ttl_total
	earlier *lease.Counts // of lessors that a snapshot has replaced; nil: none; never written in place
	removed int64         // rows that were compacted in stores that a snapshot has replaced
	raised  []raised      // by member, then by kind; never written in place
}

// diskCounters count what the disk was asked for.
type diskCounters struct {
	walBytes    int64    // etcd_disk_wal_write_bytes_total
	syncFrom    sim.Time // when the running fsync was asked for
	defragFrom  sim.Time
	compactFrom sim.Time // when the running compaction began; 0: none runs
	compactedAt sim.Time // etcd_debugging_mvcc_db_compaction_last; 0: never in this incarnation
	syncs       histogram
	commits     histogram
	times       [histograms]*histogram // the others, never written in place; nil: empty
}

// callCounters count requests and proposals.
type callCounters struct {
	slowApplies     uint32 // etcd_server_slow_apply_total
	slowReads       uint32 // etcd_server_slow_read_indexes_total
	failedReads     uint32 // etcd_server_read_indexes_failed_total
	failedProposals uint32 // etcd_server_proposals_failed_total
	expiredLeases   uint32 // etcd_debugging_server_lease_expired_total

	started [api.Methods]uint32 // grpc_server_started_total
	handled []handled           // grpc_server_handled_total
	answers uint32              // all of these
	bad     uint32              // those that alerts take for failures
}

// peerCounters count what goes to other members and comes from them.
type peerCounters struct {
	leaderChanges  uint32 // etcd_server_leader_changes_seen_total
	lateHeartbeats uint32 // etcd_server_heartbeat_send_failures_total

	measureAt sim.Time   // when MeasureRTT is due
	askAt     sim.Time   // when the others are asked next
	trips     *histogram // of all peers together; never written in place; nil: empty
	peers     []peer     // by machine, up to the last one of which something is counted
}

// peer returns what is counted about another member.
func (c *peerCounters) peer(id raft.ID) *peer {
	machine := id.Machine()
	if machine >= len(c.peers) {
		c.peers = append(c.peers, make([]peer, machine+1-len(c.peers))...)
	}
	return &c.peers[machine]
}

// observe counts a duration of those that are seldom measured.
func (c *diskCounters) observe(kind int, took sim.Time) {
	c.times[kind] = c.times[kind].observed(kind, took)
}

// raised is how many more times an alarm was raised than cleared.
type raised struct {
	alarm
	count int16
}

func (c *storeCounters) countAlarm(x alarm, by int16) {
	i, list := 0, c.raised
	for i < len(list) && (list[i].member < x.member || (list[i].member == x.member && list[i].kind > x.kind)) {
		i++ // CORRUPT comes before NOSPACE, as in the alphabet
	}
	c.raised = append(list[:i:i], raised{x, by})
	if i < len(list) && list[i].alarm == x {
		c.raised[i].count += list[i].count
		i++
	}
	c.raised = append(c.raised, list[i:]...)
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
func (c *storeCounters) countApplied(call api.Call, text string) {
	done := 0
	if text == "" || text == api.ErrCompacted {
		done = 1
	}
	c.applied[api.MethodOf(call)][done]++
}

// ops is how many operations the store has been asked for.
func (c *storeCounters) ops() uint32 { return c.ranges + c.puts + c.deletes }

// endTxn counts a transaction on the store that began with so many operations done. Only those with more than one are
// called so (mvcc/metrics_txn.go, End).
func (c *storeCounters) endTxn(before uint32) {
	if c.ops()-before > 1 {
		c.txns++
	}
}

// countBeats counts the heartbeats of a round that come more than two intervals after the last one to the same member
// (etcdserver/raft.go, processMessages; pkg/contention).
func (c *peerCounters) countBeats(now, tick sim.Time, messages []raft.Message) {
	for i := range messages {
		msg := &messages[i]
		if msg.Type != raft.MsgHeartbeat {
			continue
		}
		to := c.peer(msg.To)
		if to.beat != 0 && now-to.beat > 2*tick {
			c.lateHeartbeats++
		}
		to.beat = now
	}
}

// countLeader counts a change of leader; the time between heartbeats is measured anew.
func (c *peerCounters) countLeader(lead raft.ID) {
	if lead != raft.None {
		c.leaderChanges++
	}
	for i := range c.peers {
		c.peers[i].beat = 0
	}
}

// countWrite counts what a round adds to the log file, in etcd's layout: each entry and each state is a record in a
// frame of eight bytes, filled up to a multiple of eight (storage/wal/encoder.go). Entries are shorter than etcd's
// where the ids of requests are. The checksum within a record is taken to need five bytes, as fifteen of sixteen do.
func (p *process) countWrite(rd *raft.Ready) {
	for i := range rd.Entries {
		p.disk.walBytes += frame(rd.Entries[i].Size())
	}
	if h := &rd.HardState; *h != (raft.HardState{}) {
		vote := p.applier.cluster.of(h.Vote).id
		p.disk.walBytes += frame(3 + varint(uint64(h.Term)) + varint(vote) + varint(uint64(h.Commit)))
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
func (c *cluster) wireSize(msg *raft.Message, db *Database) uint64 {
	n := 12 + varint(c.of(msg.To).id) + varint(c.of(msg.From).id) + varint(uint64(msg.Commit))
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
	if k := uint64(len(msg.Context)); k > 0 {
		n += 1 + varint(k) + k
	}
	if db != nil {
		n += uint64(db.Store.Size())
	}
	return n
}

// countSnapshot counts what became of a snapshot that was sent.
func (p *process) countSnapshot(t *turn, to raft.ID, ok bool) {
	x := p.peers.peer(to)
	x.sending--
	if !ok {
		x.snapsFailed++
		x.failures++
		return
	}
	x.snapsSent++
	p.disk.observe(timeSnapshot, t.now-x.snapFrom)
}

// countCommit notes how long a commit of the backend takes. In the simulator a commit takes no time, and does not hold
// up the log's fsyncs: what is noted is what the disk would need at this instant for the two fsyncs of a commit, one
// for pages and one for the head (bbolt tx.go, Commit). Nothing is noted while the disk stands still, because then
// nobody knows.
func (p *process) countCommit(t *turn) {
	d := t.storage.disk // a copy: the disk itself is not kept busy
	first, ok := d.Sync(t.now, 0)
	if !ok {
		return
	}
	second, _ := d.Sync(first, 0)
	p.disk.commits.observe(timeCommit, second-t.now)
}

// keepCounts keeps what was counted in a store and a lessor that a snapshot replaces: the process goes on.
func (a *applier) keepCounts() {
	t, c := &a.counters, a.lessor.Counts()
	t.removed += a.store.Removed()
	if t.earlier != nil {
		add(&c, t.earlier)
	}
	t.earlier = &c
}

// leaseCounts returns what was counted about leases in this incarnation.
func (a *applier) leaseCounts() lease.Counts {
	c := a.lessor.Counts()
	if e := a.counters.earlier; e != nil {
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

// failProposal counts a proposal that Raft did not take, or that was not applied in time.
func (c *callCounters) failProposal(call api.Call) {
	if api.RowOf(call).Applied != "" {
		c.failedProposals++
	}
}

// countExpiredLease counts a lease whose revocation came through.
func (c *callCounters) countExpiredLease(err string) {
	if err == "" {
		c.expiredLeases++
	}
}

// countCompaction counts a compaction that has gone through all rows.
func (c *diskCounters) countCompaction(now sim.Time) {
	c.observe(timeCompaction, now-c.compactFrom)
	c.compactFrom, c.compactedAt = 0, now
}
