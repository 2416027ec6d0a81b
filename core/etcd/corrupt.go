package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Members that should hold the same and do not. etcd has three checks (etcdserver/corrupt.go), all of them off unless
// they are asked for: a member that starts compares its hash with the others' before it serves anybody; the leader does
// so again and again; and the leader compares the hashes that compactions left. Who differs gets the alarm CORRUPT, and
// from then on nobody writes anything.

// checkKind is one of the leader's two checks.
type checkKind uint8

const (
	checkCurrent checkKind = iota // --corrupt-check-time: hashes of the current revision
	checkCompact                  // --compact-hash-check-time: those of the newest compaction that all have carried out
	checkKinds
)

// checker is what a member needs for its checks.
type checker struct {
	due     [checkKinds]sim.Time
	rounds  [checkKinds]hashRound
	checked int64 // up to which revision the hashes of compactions were compared
}

// hashRound is a comparison under way.
type hashRound struct {
	own      mvcc.KVHash   // Hash and revisions of this member
	rest     []mvcc.KVHash // of checkCompact: what to compare if this one cannot be
	asked    []hashQuestion
	deadline sim.Time
	read     uint64 // 0: answers are missing; else the round of ReadIndex that the member waits for before it looks
	ready    bool   // that round has ended well
	running  bool
}

// hashQuestion is what another member was asked, and what it said.
type hashQuestion struct {
	of       raft.ID
	request  uint64
	answered bool
	ok       bool // with a hash
	hash     api.HashKVReply
	revision int64 // of the other member's store
}

func (c *checker) clone() checker {
	d := *c
	for i := range d.rounds {
		d.rounds[i].asked = append([]hashQuestion(nil), c.rounds[i].asked...)
	}
	return d
}

func (c *Config) checkEvery(k checkKind) sim.Time {
	if k == checkCurrent {
		return c.CorruptCheckTime
	}
	return c.CompactHashCheckTime
}

// InitialCheck compares the database that a member finds on its disk with those of others, and returns the error that
// ends the process (CorruptionChecker.InitialCheck). Whoever does not answer, or has dropped or not yet reached the
// revision, is passed over.
func (m *Member) InitialCheck(others []*Member) string {
	found := m.backend.Store.Clone()
	found.Restart() // the hashes that the process before remembered are gone
	own, err := found.HashKV(0)
	if err != nil {
		return hex(m.EtcdID()) + " failed to fetch hash (" + err.Error() + ")"
	}
	for _, other := range others {
		h, err := other.store.HashKV(own.Revision)
		if err == nil && other.ClusterID() == m.ClusterID() && h.Hash != own.Hash &&
			h.CompactRevision == own.CompactRevision {
			return hex(m.EtcdID()) + " found data inconsistency with peers"
		}
	}
	return ""
}

// checkHashes begins the checks that are due and ends those that have their answers (server.go, monitorKVHash and
// monitorCompactHash).
func (m *Member) checkHashes(now sim.Time, out *Output) {
	for k := range checkKinds {
		every, c := m.cfg.checkEvery(k), &m.checker
		switch {
		case every == 0:
		case c.rounds[k].running:
			m.endRound(now, k, out)
		case c.due[k] == 0:
			c.due[k] = m.startedAt + every
		case now >= c.due[k]:
			c.due[k] = now + every
			if m.Leads() {
				m.beginCheck(now, k, out)
			}
		}
	}
}

func (m *Member) beginCheck(now sim.Time, k checkKind, out *Output) {
	if k == checkCurrent {
		if own, err := m.store.HashKV(0); err == nil {
			m.ask(now, k, []mvcc.KVHash{own}, out)
		}
		return
	}
	var hashes []mvcc.KVHash // the newest first
	for _, h := range m.store.Hashes() {
		if h.Revision > m.checker.checked {
			hashes = append([]mvcc.KVHash{h}, hashes...)
		}
	}
	m.ask(now, k, hashes, out)
}

// ask asks all others for their hash at the revision of the first of some hashes, over the connections between members
// (getPeerHashKVs).
func (m *Member) ask(now sim.Time, k checkKind, hashes []mvcc.KVHash, out *Output) {
	if len(hashes) == 0 {
		m.checker.rounds[k] = hashRound{}
		return
	}
	r := hashRound{own: hashes[0], rest: hashes[1:], deadline: now + m.cfg.RequestTimeout(), running: true}
	for _, info := range m.Roster() {
		id := raft.ID(info.Member)
		if id == m.self {
			continue
		}
		m.own++
		q := hashQuestion{of: id, request: m.ownID(m.own)}
		if to := m.HostOf(id); to != 0 {
			out.Forwards = append(out.Forwards,
				Forward{to, &Request{ID: q.request, Client: m.host, Call: api.HashKV{Revision: r.own.Revision}}})
		} else {
			q.answered = true
		}
		r.asked = append(r.asked, q)
	}
	m.checker.rounds[k] = r
}

// tellPeer answers another member that asks for a hash, whether or not this one serves clients yet.
func (m *Member) tellPeer(req *Request, out *Output) {
	resp := Response{ID: req.ID}
	h, err := m.store.HashKV(req.Call.(api.HashKV).Revision)
	if err != nil {
		resp.Err = err.Error()
	}
	resp.Reply = m.reply(api.HashKVReply{Hash: h.Hash, CompactRevision: h.CompactRevision, HashRevision: h.Revision})
	out.Answers = append(out.Answers, Answer{req.Client, &resp})
}

// asksForHash reports whether a request comes from another member's check.
func asksForHash(req *Request) bool {
	_, ok := req.Call.(api.HashKV)
	return ok && req.Client.IsMember()
}

// hashed takes the answer of another member; false if it belongs to no check.
func (m *Member) hashed(resp *Response) bool {
	for k := range m.checker.rounds {
		for i := range m.checker.rounds[k].asked {
			q := &m.checker.rounds[k].asked[i]
			if q.request != resp.ID {
				continue
			}
			q.answered, q.revision = true, resp.Header.Revision
			q.hash, q.ok = resp.Body.(api.HashKVReply)
			q.ok = q.ok && resp.Err == "" && resp.Header.ClusterID == m.cluster.id
			return true
		}
	}
	return false
}

// endRound looks at the answers when all are there, or when it has waited long enough. A check of the current revision
// reads linearizably first: one who has lost the leadership, or is behind others, must not take them for corrupt
// because they have more (PeriodicCheck, LinearizableReadNotify).
func (m *Member) endRound(now sim.Time, k checkKind, out *Output) {
	r := &m.checker.rounds[k]
	for _, q := range r.asked {
		if !q.answered && now < r.deadline {
			return
		}
	}
	if k == checkCurrent && !r.ready {
		if r.read == 0 {
			r.read, m.reads.wanted = m.reads.rounds+1, true
			m.startRead(now, out)
		}
		return
	}
	done := *r
	*r = hashRound{}
	if k == checkCurrent {
		m.judgeCurrent(now, &done, out)
	} else if !m.judgeCompact(now, &done, out) {
		m.ask(now, k, done.rest, out)
	}
}

// readForCheck tells the check that waits for a round of ReadIndex how that has ended. Without an answer of the
// leader's the check is given up.
func (m *Member) readForCheck(ok bool) {
	switch r := &m.checker.rounds[checkCurrent]; {
	case r.read == 0 || r.read > m.reads.rounds:
	case ok:
		r.ready = true
	default:
		*r = hashRound{}
	}
}

// judgeCurrent raises the alarm for the first member that differs (PeriodicCheck).
func (m *Member) judgeCurrent(now sim.Time, r *hashRound, out *Output) {
	h2, err := m.store.HashKV(0)
	if err != nil {
		return
	}
	if h2.Hash != r.own.Hash && h2.Revision == r.own.Revision && h2.CompactRevision == r.own.CompactRevision {
		m.accuse(now, m.self, "found hash mismatch", out)
		return
	}
	answers := 0
	for i := range r.asked {
		q := &r.asked[i]
		if !q.ok {
			continue
		}
		answers++
		why := ""
		switch {
		case q.revision > m.store.Revision(): // not h2.Revision: after a compaction to revision 0 that is 0
			why = "revision from follower must be less than or equal to leader's"
		case q.hash.CompactRevision > h2.CompactRevision:
			why = "compact revision from follower must be less than or equal to leader's"
		case q.hash.CompactRevision == r.own.CompactRevision && q.hash.Hash != r.own.Hash:
			why = "same compact revision then hashes must match"
		default:
			continue
		}
		m.accuse(now, q.of, why, out)
		return
	}
	out.event(Event{Kind: HashesCompared, Revision: r.own.Revision, Count: answers})
}

// judgeCompact compares hashes of one compaction; those of whom the majority does not agree with get the alarm. It
// returns false if some were not to be had, so that an earlier compaction is worth a look (checkPeerHashes).
func (m *Member) judgeCompact(now sim.Time, r *hashRound, out *Output) bool {
	groups := []hashGroup{{r.own.Hash, []raft.ID{m.self}}}
	answers := 0
	for i := range r.asked {
		if q := &r.asked[i]; q.ok && q.hash.CompactRevision == r.own.CompactRevision {
			answers++
			groups = addHash(groups, q.hash.Hash, q.of)
		}
	}
	if len(groups) == 1 {
		if answers < len(r.asked) {
			return false
		}
		m.checker.checked = max(m.checker.checked, r.own.Revision)
		out.event(Event{Kind: HashesCompared, Revision: r.own.Revision, Count: answers})
		return true
	}
	const why = "Detected compaction hash mismatch"
	quorum := (len(r.asked)+1)/2 + 1
	for i := range groups {
		if len(groups[i].members) >= quorum {
			for _, g := range append(groups[:i:i], groups[i+1:]...) {
				for _, id := range g.members {
					m.accuse(now, id, why, out)
				}
			}
			return true
		}
	}
	m.accuse(now, raft.None, why+" but cannot identify the corrupted members", out)
	return true
}

// hashGroup is those who have the same hash.
type hashGroup struct {
	hash    uint32
	members []raft.ID
}

func addHash(groups []hashGroup, hash uint32, id raft.ID) []hashGroup {
	for i := range groups {
		if groups[i].hash == hash {
			groups[i].members = append(groups[i].members, id)
			return groups
		}
	}
	return append(groups, hashGroup{hash, []raft.ID{id}})
}

// accuse raises the alarm CORRUPT for a member, or for nobody in particular.
func (m *Member) accuse(now sim.Time, id raft.ID, why string, out *Output) {
	out.event(Event{Kind: HashesDiffer, Text: why + ": " + id.String()})
	m.run(now, api.Alarm{Action: api.AlarmActivate, Member: api.Member(id), Alarm: api.AlarmCorrupt}, errand{}, out)
}

// Holds reports whether a key exists in the member's database.
func (m *Member) Holds(key string) bool {
	s := m.store
	if s == nil {
		s = m.backend.Store
	}
	_, found, err := s.Get(key, 0)
	return found && err == nil
}

// Corrupt gives a key another value in this member's database and nowhere else, as a fault of its disk does.
func (m *Member) Corrupt(key, value string) {
	m.backend.Store = m.backend.Store.Clone() // keyframes and snapshots on their way share it
	m.backend.Store.Alter(key, value)
	if m.store != nil {
		m.store.Alter(key, value)
	}
}
