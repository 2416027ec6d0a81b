package etcd

import (
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Config is what a member is started with. It is shared by all members of a run and never written.
type Config struct {
	Members       int        // of the cluster at its start, 1 to 9
	Tick          sim.Time   // heartbeat interval and unit of the election timeout (--heartbeat-interval)
	ElectionTicks int        // election timeout in ticks (--election-timeout / --heartbeat-interval)
	ApplyCost     sim.Time   // service time of applying one entry
	WriteCost     sim.Time   // of the log's device for one entry
	DiskRate      int        // bytes per microsecond that it takes; 0: any number
	SnapshotCount raft.Index // entries between two snapshots on disk (--snapshot-count)
	CatchUp       raft.Index // entries kept in memory behind a snapshot, for slow followers (--snapshot-catchup-entries)
	Seed          uint64
	Off           rule.Set

	MaxRequestBytes  int             // of a proposal; 0: DefaultMaxRequestBytes (--max-request-bytes)
	MaxKeyBytes      int             // 0: as many as a request takes, as in etcd
	MaxValueBytes    int             // likewise
	MaxTxnOps        int             // 0: DefaultMaxTxnOps (--max-txn-ops)
	Quota            int64           // bytes of the database file; 0: DefaultQuota, below: none (--quota-backend-bytes)
	LeaseCheckpoints bool            // etcd's feature gate LeaseCheckpoint
	AutoCompaction   compact.Setting // --auto-compaction-mode, --auto-compaction-retention
	ProgressNotify   sim.Time        // 0: every ten minutes (--watch-progress-notify-interval)

	InitialCorruptCheck  bool     // etcd's feature gate InitialCorruptCheck
	CorruptCheckTime     sim.Time // --corrupt-check-time; 0: never
	CompactHashCheckTime sim.Time // --compact-hash-check-time; 0: the feature gate CompactHashCheck is off
}

// The limits of etcd that a member uses (etcdserver/raft.go, v3_server.go, storage/backend/backend.go).
const (
	maxSizePerMsg   = 1 << 20
	maxInflightMsgs = 512
	readRetry       = 500 * sim.Millisecond
	backendInterval = 100 * sim.Millisecond
	backendLimit    = 10_000
	requestBase     = 5 * sim.Second

	DefaultSnapshotCount = 10_000
	DefaultCatchUp       = 5_000
)

// RequestTimeout is how long a member works on a request: 5 s and two election timeouts (config/config.go, ReqTimeout).
func (c *Config) RequestTimeout() sim.Time {
	return requestBase + 2*c.Tick*sim.Time(c.ElectionTicks)
}

// Member is one etcd process with its disk. The zero Member is not usable; see New.
//
// Invariant: node is nil exactly while the process is down; Data and disk survive a crash, all else does not.
type Member struct {
	cfg  *Config
	host sim.Host

	Data // of its disk
	disk sim.Disk
	life uint32 // counts starts

	node   *raft.Node
	paused bool
	inbox  []input // what arrived while the process was paused

	saving    bool       // an fsync of ready's entries runs
	ready     raft.Ready // the round under way, while saving
	leading   bool       // whether the round began as leader
	syncEnd   sim.Time
	writeTime sim.Time // that its entries take beside the fsync itself
	tickLate  bool     // a tick came while the loop was busy: it is counted when that is free

	awaitsApply bool       // the round sends when a change of the group is applied
	advanced    []Response // about changes of the group, sent when the round is over
	taken       raft.Index // the last that was handed out to be applied (etcd's committedIndex)
	savedCommit raft.Index // what is committed, as the log on disk has it
	tickedAt    sim.Time   // when the loop last counted a tick

	twins       *mvcc.Twins
	store       *mvcc.Store
	lessor      lease.Lessor
	alarms      alarms
	applied     raft.Index
	appliedTerm raft.Term    // of the entry applied last
	queue       []raft.Entry // committed, not yet applied
	applying    int          // entries at the head of queue that are being applied
	parked      []*Request   // proposals that wait for a leader
	waits       []wait       // requests that the member has not answered, oldest first
	expiry      bool         // a WakeExpire is under way
	reads       reads
	handlers    []handler // other requests, oldest wait first
	lookAt      sim.Time  // when the next wake for them comes; never: none is under way
	errands     []errand  // proposals of the member's own
	own         uint32    // counts them, in this life

	revoking   revoking
	leaseScan  sim.Time // when the wake for the next scan comes; 0: none is under way
	compacting bool     // a wake for the next batch is under way
	physicals  []physical
	compactor  compact.Compactor
	defrag     defragment
	startedAt  sim.Time

	hub      *watch.Hub
	told     watch.Output // scratch, empty between inputs
	flows    []flow
	hubWake  sim.Time // when the hub's next wake comes; 0: none is under way
	sampleAt sim.Time

	lead      raft.ID  // who leads, as the loop last took it from Raft (etcd's lead)
	electedAt sim.Time // when it last became the leader itself; 0: never in this life

	trimmed  raft.Index // applied when Raft's log was last trimmed
	sending  int        // snapshots on their way: the log is not trimmed meanwhile
	trimFrom sim.Time   // nor before
	incoming []incoming

	cluster cluster
	publish publication
	checker checker

	tally tally
}

// backend is what the member's database file holds: the store as of its last batch commit, and the log index that the
// batch went up to (etcd's consistent index).
type backend struct {
	Database
	index   raft.Index
	conf    raft.ConfState
	at      sim.Time
	changes int
}

// wait is a request that a client waits for.
type wait struct {
	req      *Request
	deadline sim.Time
	proposed bool
}

// Clone returns an independent copy. What is immutable (entries, messages, requests) is shared.
func (m *Member) Clone() *Member {
	c := *m
	c.twins = nil
	c.Data = m.Data.clone()
	c.inbox = append([]input(nil), m.inbox...)
	c.incoming = append([]incoming(nil), m.incoming...)
	c.queue = append([]raft.Entry(nil), m.queue...)
	c.parked = append([]*Request(nil), m.parked...)
	c.waits = append([]wait(nil), m.waits...)
	c.reads = m.reads.clone()
	c.publish = m.publish.clone()
	c.handlers = append([]handler(nil), m.handlers...)
	c.advanced = append([]Response(nil), m.advanced...)
	c.errands = append([]errand(nil), m.errands...)
	c.revoking.queue = append([]lease.ID(nil), m.revoking.queue...)
	c.physicals = append([]physical(nil), m.physicals...)
	c.compactor = m.compactor.Clone()
	c.defrag = m.defrag.clone()
	c.tally.peers, c.tally.handled = slices.Clone(m.tally.peers), slices.Clone(m.tally.handled)
	c.checker = m.checker.clone()
	if m.node != nil {
		c.node = m.node.Clone()
		c.store = m.store.Clone()
		c.hub = m.hub.Clone()
	}
	c.told = watch.Output{}
	c.flows = append([]flow(nil), m.flows...)
	if m.busy() {
		c.ready.Messages = append([]raft.Message(nil), m.ready.Messages...)
		c.ready.AfterSync = append([]raft.Message(nil), m.ready.AfterSync...)
	}
	return &c
}

// Start runs the process: the store is what the backend holds, Raft starts as a follower with the term, vote and log
// that were synced, and committed entries that the backend lacks are applied again (etcdserver/bootstrap.go).
func (m *Member) Start(now sim.Time, out *Output) {
	stored := m.wal.stored()
	m.life++
	m.startedAt, m.tickedAt, m.lookAt = now, now, never
	m.incoming = nil
	m.load(&m.backend.Database)
	m.hub = m.newHub(now)
	m.compactor = compact.New(m.cfg.AutoCompaction, now, m.store.Revision())
	m.applied, m.trimmed = m.backend.index, m.wal.snapshot.Index
	// A commit index alone is not synced: the backend may be ahead of it.
	stored.Applied = max(min(m.applied, stored.HardState.Commit), stored.Snapshot.Index)
	stored.Conf = m.backend.conf
	node, err := raft.New(m.raftConfig(), stored)
	if err != nil {
		panic(fmt.Sprintf("etcd: %v cannot start: %v", m.host, err))
	}
	m.node = node
	out.event(Event{Kind: Started, Rule: rule.RestartFromDisk, Count: len(stored.Entries), Index: node.LastIndex()})
	if len(stored.Conf.Voters) == 1 {
		for range m.cfg.ElectionTicks - 1 { // etcd's fast-forward of a lone member: server.go, adjustTicks
			node.Tick()
		}
	}
	m.proposePublish(now, out)
	m.armCompaction(now, out)
	m.round(now, out)
}

func (m *Member) raftConfig() raft.Config {
	return raft.Config{
		ID:              m.id(),
		ElectionTick:    m.cfg.ElectionTicks,
		HeartbeatTick:   1,
		Jitter:          rng.New(m.cfg.Seed, fmt.Sprintf("election/%v/%d", m.host, m.life)),
		MaxSizePerMsg:   maxSizePerMsg,
		MaxInflightMsgs: maxInflightMsgs,
		CheckQuorum:     true,
		PreVote:         true,
		Off:             m.cfg.Off,
	}
}

// Crash stops the process as kill -9 and a power cut do: memory and what was not synced are gone, all of it or, if
// torn, half. The operating system closes the connections: what clients see of that is the network's matter, members
// that wait for an answer are told.
func (m *Member) Crash(torn bool, out *Output) { m.crash(torn, "", out) }

func (m *Member) crash(torn bool, why string, out *Output) {
	for _, req := range m.unanswered() {
		if req.Client.IsMember() { // a client's connection breaks as a whole
			out.Answers = append(out.Answers, Answer{req.Client, &Response{ID: req.ID, Err: api.ErrConnection, Executed: true}})
		}
	}
	lost := 0
	if torn {
		lost = m.wal.tear()
	} else {
		lost = m.wal.crash()
	}
	out.event(Event{Kind: Crashed, Rule: rule.UnsyncedLost, Count: lost, Text: why})
	m.disk.Crash()
	*m = Member{cfg: m.cfg, host: m.host, Data: m.Data, disk: m.disk, life: m.life, twins: m.twins}
}

// RecoveryTime is how long a start takes: the log behind the newest snapshot is read, and the index of the database is
// built anew (mvcc/kvstore.go, restore). The figures are etcd's hardware page's: 100 MB/s, at about 300 bytes an entry
// or revision.
func (m *Member) RecoveryTime() sim.Time {
	const (
		start = 20 * sim.Millisecond
		each  = 3 * sim.Microsecond
	)
	last, _ := m.wal.Synced()
	return start + each*sim.Time(last-m.wal.snapshot.Index) + each*sim.Time(m.backend.Store.Revision())
}

// unanswered returns the requests that clients wait for, wherever the member keeps them.
func (m *Member) unanswered() (list []*Request) {
	for _, w := range m.waits {
		list = append(list, w.req)
	}
	for _, a := range append(m.reads.asked[:len(m.reads.asked):len(m.reads.asked)], m.reads.waiting...) {
		list = append(list, a.req)
	}
	for _, h := range m.handlers {
		if h.req != nil {
			list = append(list, h.req)
		}
	}
	for _, e := range m.errands {
		if e.asker != nil {
			list = append(list, e.asker)
		}
		if e.renew != nil {
			list = append(list, e.renew)
		}
	}
	if m.defrag.req != nil {
		list = append(list, m.defrag.req)
	}
	for _, in := range append(append(m.publish.backlog, m.defrag.waiting...), m.inbox...) {
		if in.req != nil {
			list = append(list, in.req)
		}
	}
	return list
}

// SetDisk changes how the disk does. An fsync that stood still begins when the disk is well again.
func (m *Member) SetDisk(now sim.Time, text string, change func(*sim.Disk), out *Output) {
	change(&m.disk)
	e := Event{Kind: DiskChanged, Text: text}
	if m.saving && m.syncEnd == 0 {
		e.Until = m.beginSync(now, out)
	}
	out.event(e)
}

// Disk returns how the disk does.
func (m *Member) Disk() *sim.Disk { return &m.disk }

// Up reports whether the process runs, paused or not.
func (m *Member) Up() bool { return m.node != nil }

// Tick counts one interval of the process's ticker.
func (m *Member) Tick(now sim.Time, out *Output) {
	if m.node == nil || m.paused {
		return
	}
	if m.busy() {
		m.tickLate = true
		return
	}
	m.tick(now, out)
}

func (m *Member) tick(now sim.Time, out *Output) {
	m.tickedAt = now
	m.commitBackend(now, out)
	m.node.Tick()
	m.retryPublish(now, out)
	m.giveUp(now, out)
	m.autoCompact(now, out)
	m.checkHashes(now, out)
	m.sampleLeader(now, out)
	m.round(now, out)
}

// Receive takes a message from another member; with a snapshot comes the sender's database.
func (m *Member) Receive(now sim.Time, msg *raft.Message, db *Database, out *Output) {
	if m.hold(input{kind: inMessage, msg: msg, database: db}) {
		return
	}
	if m.cluster.gone(msg.From) {
		out.Gone = msg.From
		return
	}
	if db != nil {
		m.incoming = append(m.incoming, incoming{msg.Snapshot.Index, db})
	}
	if why := m.tooFar(msg); why != "" {
		m.crash(false, why, out)
		return
	}
	p := m.tally.peer(msg.From)
	p.received += m.wireSize(msg, db)
	if db != nil {
		p.snapsReceived++
	}
	// Raft returns an error only for proposals that it drops; the sender is told nothing, as in etcd.
	_ = m.node.Step(*msg)
	m.round(now, out)
}

// tooFar returns why Raft panics at a message, if it does: the leader remembers entries of this member that it does not
// have any more. So ends a member whose disk was wiped and that came back as the same one (raft log.go, commitTo).
func (m *Member) tooFar(msg *raft.Message) string {
	last := m.node.LastIndex()
	if msg.Type != raft.MsgHeartbeat || msg.Term < m.node.Term() || msg.Commit <= max(last, m.node.Commit()) {
		return ""
	}
	return fmt.Sprintf("panic: tocommit(%d) is out of range [lastIndex(%d)]. Was the raft log corrupted, truncated, "+
		"or lost?", msg.Commit, last)
}

// Serve takes a client's request. Links is what the member sees of the others at that instant.
func (m *Member) Serve(now sim.Time, req *Request, links *Links, out *Output) {
	in := input{kind: inRequest, req: req, links: *links}
	switch {
	case m.hold(in):
	case asksForHash(req):
		m.tellPeer(req, out)
	case req.Client.IsMember():
		m.servePeer(now, req, links, out)
	case !m.Serving():
		m.publish.backlog = append(m.publish.backlog, in)
	default:
		m.serve(now, req, links, out)
	}
}

// Campaign makes the member's election timer run out now.
func (m *Member) Campaign(now sim.Time, out *Output) error {
	err := m.node.Campaign()
	m.round(now, out)
	return err
}

// Wake tells the member what it asked to be told. Links is what it sees of the others at that instant.
func (m *Member) Wake(now sim.Time, w Wake, links *Links, out *Output) {
	if w.Life != m.life || m.hold(input{kind: inWake, wake: w, links: *links}) {
		return
	}
	switch w.Kind {
	case WakeSynced:
		m.synced(now, out)
	case WakeApplied:
		m.applyHead(now, out)
	case WakeExpire:
		m.expire(now, links, out)
	case WakeLeases:
		m.scanLeases(now, out)
	case WakeCompact:
		m.compactBatch(now, out)
	case WakeWatch:
		m.wakeHub(now, out)
	case WakeDefrag:
		m.defragmented(now, out)
	case WakeLook:
		m.wakeLook(now, out)
	case WakeStop:
		m.writeBackend(now, out)
		m.crash(false, whyRemoved, out)
	}
	m.round(now, out)
}

const whyRemoved = "the member has been permanently removed from the cluster"

// WasRemoved reports whether a process ended for that reason.
func WasRemoved(why string) bool { return why == whyRemoved }

// Dismissed tells the process that the others refuse it because it was removed: it ends (rafthttp/stream.go,
// errMemberRemoved).
func (m *Member) Dismissed(out *Output) {
	if m.node != nil && !m.paused {
		m.crash(false, whyRemoved, out)
	}
}

// inputKind and input keep what arrives at a paused process.
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
	up       *Up
	signal   *Signal
	stream   watch.StreamID // of which a message was taken
	links    Links
	wake     Wake
	to       raft.ID
	ok       bool
}

// hold keeps the input if the process is paused. It also swallows inputs for a process that is down.
func (m *Member) hold(in input) bool {
	if m.node == nil {
		return true
	}
	if m.paused {
		m.inbox = append(m.inbox, in)
	}
	return m.paused
}

// Pause stops the process as SIGSTOP does: the clock goes on, sockets fill, nothing is handled.
func (m *Member) Pause(out *Output) {
	m.paused = true
	out.event(Event{Kind: Paused, Rule: rule.PausedProcess})
}

// Resume lets a paused process go on. It finds one tick in its ticker, and all that arrived, in order.
func (m *Member) Resume(now sim.Time, out *Output) {
	held := m.inbox
	m.paused, m.inbox = false, nil
	out.event(Event{Kind: Resumed, Rule: rule.PausedProcess, Count: len(held)})
	m.Tick(now, out)
	for _, in := range held {
		switch in.kind {
		case inMessage:
			m.Receive(now, in.msg, in.database, out)
		case inRequest:
			m.Serve(now, in.req, &in.links, out)
		case inWake:
			m.Wake(now, in.wake, &in.links, out)
		case inReported:
			m.Reported(now, m.life, in.to, in.ok, out)
		case inStream:
			m.Stream(now, in.up, out)
		case inTaken:
			m.Taken(now, in.stream, out)
		case inRelayed:
			m.Relayed(now, in.resp, out)
		case inSignal:
			m.Signal(in.signal, out)
		case inUnreachable:
			m.Unreachable(now, m.life, in.to, out)
		}
	}
}

// Paused reports whether the process is up but stopped.
func (m *Member) Paused() bool { return m.paused }

// Leads reports whether the member believes to lead.
func (m *Member) Leads() bool { return m.node != nil && m.node.Role() == raft.Leader }

// Life counts the starts of the process.
func (m *Member) Life() uint32 { return m.life }

// Node returns the member's Raft state, nil while it is down. It is for looking, not for touching.
func (m *Member) Node() *raft.Node { return m.node }

// WAL returns the member's log file. It is for looking.
func (m *Member) WAL() *WAL { return &m.wal }

// Syncing returns when the running fsync ends; false if none runs.
func (m *Member) Syncing() (until sim.Time, ok bool) { return m.syncEnd, m.saving }

// Parked returns how many proposals wait for a leader.
func (m *Member) Parked() int { return len(m.parked) }

// Applied returns the last index that the store holds.
func (m *Member) Applied() raft.Index {
	if m.node == nil {
		return m.backend.index
	}
	return m.applied
}
