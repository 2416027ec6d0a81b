package etcd

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The metrics of a member as the text that Prometheus reads, names, types, labels and bounds as etcd's. Of gRPC's
// counters only those that are not 0 are printed: etcd prints one for each method and each code.
//
// Left out is what the simulator has no true figure for: work that takes no time here (wal_write_duration,
// range_duration, hash durations, the parts of a commit, index_compaction_pause, snapshot files), sizes of clients'
// messages (client_grpc_*_bytes_total), connections (active_peers, disconnected_peers_total,
// peer_received_failures_total, server_stream_failures_total), the receiver's view of a snapshot but for its arrival,
// health checks, features, authentication, and what belongs to Go and to the operating system.

// Exposition returns the metrics whose names begin with a prefix; nothing if the process does not answer.
func (m *Member) Exposition(prefix string) string {
	running := m.process
	if running == nil || running.paused {
		return ""
	}
	p := page{prefix: prefix, self: &m.self}
	for _, families := range [...]func(*page, *process){
		(*page).serverFamilies, (*page).proposalFamilies, (*page).diskFamilies, (*page).mvccFamilies,
		(*page).compactionFamilies, (*page).leaseFamilies, (*page).peerFamilies, (*page).grpcFamilies,
	} {
		families(&p, running)
	}
	return p.text()
}

// family is one metric with all its labels.
type family struct {
	name string
	body []byte
}

// page collects families.
type page struct {
	prefix   string
	self     *self // whose they are
	families []family
	open     *family // nil: the current one is not wanted
}

const (
	gauge   = "gauge"
	counter = "counter"
)

// text puts the families together in the order of their names, as etcd does. A family without values is not printed.
func (p *page) text() string {
	sort.SliceStable(p.families, func(i, j int) bool { return p.families[i].name < p.families[j].name })
	var b strings.Builder
	for _, f := range p.families {
		if f.body[len(f.body)-1] == '\n' {
			b.Write(f.body)
		}
	}
	return b.String()
}

// begin opens a family: what follows belongs to it.
func (p *page) begin(name, kind, help string) {
	p.open = nil
	if !strings.HasPrefix(name, p.prefix) {
		return
	}
	p.families = append(p.families, family{name: name})
	p.open = &p.families[len(p.families)-1]
	p.open.body = append(p.open.body, "# HELP "+name+" "+help+"\n# TYPE "+name+" "+kind...)
}

// value adds a line: a number with so many decimals.
func (p *page) value(suffix, labels string, v int64, decimals int) {
	if p.open == nil {
		return
	}
	b := p.open.body
	if b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	b = append(b, p.open.name+suffix...)
	if labels != "" {
		b = append(b, "{"+labels+"}"...)
	}
	b = appendNumber(append(b, ' '), v, decimals)
	p.open.body = append(b, '\n')
}

// single adds a family with one value.
func (p *page) single(name, kind, help string, v int64) {
	p.begin(name, kind, help)
	p.value("", "", v, 0)
}

// histogram adds the lines of a histogram to the family.
func (p *page) histogram(labels string, kind int, counts []uint32, sum int64) {
	b := &bucketsOf[kind]
	before := labels
	if labels != "" {
		before += ","
	}
	n := int64(0)
	for i, bound := 0, b.start; i < b.count; i, bound = i+1, 2*bound {
		n += int64(counts[i])
		p.value("_bucket", before+`le="`+string(appendNumber(nil, bound, b.decimals))+`"`, n, 0)
	}
	n += int64(counts[b.count])
	p.value("_bucket", before+`le="+Inf"`, n, 0)
	p.value("_sum", labels, sum, b.decimals)
	p.value("_count", labels, n, 0)
}

// times adds a family that is one of the process's histograms.
func (p *page) times(name, help string, kind int, h *histogram) {
	p.begin(name, "histogram", help)
	if h == nil {
		h = new(histogram)
	}
	p.histogram("", kind, h.counts[:], h.sum)
}

// appendNumber writes v / 10^decimals with the fewest digits, as Go writes a float64 that Prometheus prints: with an
// exponent below 0.0001 and from a million on.
func appendNumber(b []byte, v int64, decimals int) []byte {
	if v == 0 {
		return append(b, '0')
	}
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	digits := strconv.FormatInt(v, 10)
	point := len(digits) - decimals // digits before the decimal point; below 0: zeros behind it
	digits = strings.TrimRight(digits, "0")
	switch exp := point - 1; {
	case exp < -4 || exp >= 6:
		return appendExponent(b, digits, exp)
	case point <= 0:
		return append(appendZeros(append(b, "0."...), -point), digits...)
	case point >= len(digits):
		return appendZeros(append(b, digits...), point-len(digits))
	default:
		return append(b, digits[:point]+"."+digits[point:]...)
	}
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}

func appendExponent(b []byte, digits string, exp int) []byte {
	b = append(b, digits[0])
	if len(digits) > 1 {
		b = append(b, "."+digits[1:]...)
	}
	sign := byte('+')
	if exp < 0 {
		sign, exp = '-', -exp
	}
	b = append(b, 'e', sign)
	if exp < 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(exp), 10)
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func (p *page) serverFamilies(m *process) {
	t := &m.server.requests.calls
	p.single("etcd_server_has_leader", gauge, "1 while this member knows who leads.", one(m.loop.lead != raft.None))
	p.single("etcd_server_is_leader", gauge, "1 while this member leads.", one(m.loop.leads(p.self.id)))
	p.single("etcd_server_is_learner", gauge, "1 while this member is a learner.", one(m.loop.isLearner(p.self.id)))
	p.single("etcd_server_leader_changes_seen_total", counter,
		"Leaders that this member came to know, the first one included.", int64(m.peers.leaderChanges))
	p.single("etcd_server_heartbeat_send_failures_total", counter,
		"Heartbeats that went out more than two intervals after the last.", int64(m.peers.lateHeartbeats))
	p.single("etcd_server_slow_apply_total", counter, "Requests that took more than 100 ms to apply or to read.",
		int64(t.slowApplies))
	p.single("etcd_server_slow_read_indexes_total", counter, "Read indexes that came too late or not in time.",
		int64(t.slowReads))
	p.single("etcd_server_read_indexes_failed_total", counter, "Read indexes that failed.", int64(t.failedReads))
	p.single("etcd_server_quota_backend_bytes", gauge, "Bytes that the database file may have.",
		max(p.self.cfg.quota(), 0))
	p.single("etcd_server_snapshot_apply_in_progress_total", gauge, "1 while a snapshot from the leader is put into use.",
		one(m.loop.saving && m.loop.ready.Snapshot != nil))
	p.single("etcd_debugging_server_lease_expired_total", counter,
		"Leases that this member revoked because they had expired.", int64(t.expiredLeases))
	p.begin("etcd_server_id", gauge, "The id of this member.")
	p.value("", `server_id="`+m.applier.cluster.hexID(p.self.id)+`"`, 1, 0)
	p.begin("etcd_server_version", gauge, "The version that this member runs.")
	p.value("", `server_version="`+version+`"`, 1, 0)
	if v := m.applier.cluster.version; v != "" {
		p.begin("etcd_cluster_version", gauge, "The version that the members have agreed on.")
		p.value("", `cluster_version="`+strings.TrimSuffix(v, ".0")+`"`, 1, 0)
	}
	p.begin("etcd_debugging_server_alarms", gauge, "Alarms that were raised and not cleared since this member started.")
	p.alarmValues(m)
	p.begin("process_start_time_seconds", gauge, "When the process started, in seconds since 1970.")
	p.value("", "", epoch*int64(sim.Second)+int64(p.self.startedAt), 6)
}

func (p *page) alarmValues(m *process) {
	for _, x := range m.applier.counters.raised {
		if x.count != 0 {
			p.value("", `alarm_type="`+alarmNames[x.kind]+`",server_id="`+m.applier.cluster.hexID(raft.ID(x.member))+`"`, int64(x.count), 0)
		}
	}
}

func (p *page) proposalFamilies(m *process) {
	t := &m.server.requests.calls
	p.single("etcd_server_proposals_committed_total", gauge, "The last index of the log that is committed.",
		int64(m.loop.savedCommit))
	p.single("etcd_server_proposals_applied_total", gauge, "The last index of the log that is applied.",
		int64(m.applier.applied))
	p.single("etcd_server_proposals_pending", gauge, "Proposals of this member that wait to be applied.",
		int64(m.server.requests.underWay(!m.server.serving())))
	p.single("etcd_server_proposals_failed_total", counter,
		"Proposals of this member that were not taken, or not applied in time.", int64(t.failedProposals))
	p.begin("etcd_server_apply_duration_seconds", "histogram", "How long it takes to apply an entry, by operation.")
	for _, op := range byText(func(r *api.Row) string { return r.Applied }) {
		for done, success := range [...]string{"false", "true"} {
			n := m.applier.counters.applied[op][done]
			if n == 0 {
				continue
			}
			var counts [20 + 1]uint32
			counts[bucketsOf[timeApply].place(int64(p.self.cfg.ApplyCost))] = n
			p.histogram(`op="`+op.Row().Applied+`",success="`+success+`",version="v3"`, timeApply, counts[:],
				int64(n)*int64(p.self.cfg.ApplyCost))
		}
	}
}

// byText returns the methods that have a text, in its order.
func byText(text func(*api.Row) string) (list []api.Method) {
	for m := api.Method(0); m < api.Methods; m++ {
		if text(m.Row()) != "" {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b api.Method) int { return strings.Compare(text(a.Row()), text(b.Row())) })
	return list
}

func (p *page) diskFamilies(m *process) {
	t := &m.disk
	p.times("etcd_disk_wal_fsync_duration_seconds", "How long an fsync of the log takes.", timeSync, &t.syncs)
	p.times("etcd_disk_backend_commit_duration_seconds", "How long a commit of the database takes.", timeCommit,
		&t.commits)
	p.times("etcd_disk_backend_snapshot_duration_seconds", "How long it takes to send a snapshot of the database.",
		timeSnapshot, t.times[timeSnapshot])
	p.times("etcd_disk_backend_defrag_duration_seconds", "How long a defragmentation takes.", timeDefrag,
		t.times[timeDefrag])
	p.single("etcd_disk_defrag_inflight", gauge, "1 while the database is defragmented.", one(m.applier.defrag.req != nil))
	p.single("etcd_disk_wal_write_bytes_total", gauge, "Bytes that were written to the log.", t.walBytes)
}

func (p *page) mvccFamilies(m *process) {
	t, s, w := &m.applier.counters, m.applier.store, m.streams.hub.Counts()
	p.single("etcd_mvcc_range_total", counter,
		"Ranges that were read, those within transactions and their conditions included.", int64(t.ranges))
	p.single("etcd_mvcc_put_total", counter, "Puts, those within transactions included.", int64(t.puts))
	p.single("etcd_mvcc_delete_total", counter, "Deletions of a range, however many keys there were.", int64(t.deletes))
	p.single("etcd_mvcc_txn_total", counter, "Transactions of more than one operation.", int64(t.txns))
	p.single("etcd_mvcc_db_total_size_in_bytes", gauge, "The length of the database file.", s.Size())
	p.single("etcd_mvcc_db_total_size_in_use_in_bytes", gauge, "What of the database file is in use.", s.SizeInUse())
	p.single("etcd_debugging_mvcc_keys_total", gauge, "Keys that exist.", int64(s.Len()))
	p.single("etcd_debugging_mvcc_current_revision", gauge, "The revision of the store.", s.Revision())
	p.single("etcd_debugging_mvcc_compact_revision", gauge, "The revision below which nothing can be read.",
		s.CompactRevision())
	p.single("etcd_debugging_mvcc_total_put_size_in_bytes", gauge, "Bytes of keys and values that were put.", t.putBytes)
	p.single("etcd_debugging_mvcc_watch_stream_total", gauge, "Watch streams.", int64(w.Streams))
	p.single("etcd_debugging_mvcc_watcher_total", gauge, "Watchers.", int64(w.Watchers))
	p.single("etcd_debugging_mvcc_slow_watcher_total", gauge, "Watchers that are behind.", int64(w.Slow))
	p.single("etcd_debugging_mvcc_events_total", counter, "Events that were sent to watchers.", w.Sent)
	p.single("etcd_debugging_mvcc_pending_events_total", gauge, "Events that wait to be sent.", w.Pending)
}

func (p *page) compactionFamilies(m *process) {
	t := &m.disk
	p.times("etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
		"How long one batch of a compaction holds the database.",
		timePause, t.times[timePause])
	p.times("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds", "How long a compaction takes.",
		timeCompaction, t.times[timeCompaction])
	p.single("etcd_debugging_mvcc_db_compaction_keys_total", counter, "Revisions that compactions have removed.",
		m.applier.counters.removed+m.applier.store.Removed())
	p.begin("etcd_debugging_mvcc_db_compaction_last", gauge,
		"When the last compaction ended, in seconds since 1970; 0: none since the start.")
	if t.compactedAt == 0 {
		p.value("", "", 0, 0)
	} else {
		p.value("", "", epoch+int64(t.compactedAt/sim.Second), 0)
	}
}

func (p *page) leaseFamilies(m *process) {
	c := m.applier.leaseCounts()
	p.single("etcd_debugging_lease_granted_total", counter, "Leases that were granted.", c.Granted)
	p.single("etcd_debugging_lease_revoked_total", counter, "Leases that were revoked, expired ones included.", c.Revoked)
	p.single("etcd_debugging_lease_renewed_total", counter, "Renewals of leases that this member carried out as leader.",
		c.Renewed)
	p.begin("etcd_debugging_lease_ttl_total", "histogram", "For how many seconds leases were granted.")
	var counts [len(c.TTLs)]uint32
	for i, n := range c.TTLs {
		counts[i] = uint32(n)
	}
	p.histogram("", leaseTTL, counts[:], m.applier.counters.ttlSum)
}
