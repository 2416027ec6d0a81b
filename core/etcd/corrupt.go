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
	found := m.storage.backend.Store.Clone()
	found.Restart() // the hashes that the process before remembered are gone
	own, err := found.HashKV(0)
	if err != nil {
		return hex(m.EtcdID()) + " failed to fetch hash (" + err.Error() + ")"
	}
	for _, other := range others {
		h, err := other.process.applier.store.HashKV(own.Revision)
		if err == nil && other.ClusterID() == m.ClusterID() && h.Hash != own.Hash &&
			h.CompactRevision == own.CompactRevision {
			return hex(m.EtcdID()) + " found data inconsistency with peers"
		}
	}
	return ""
}

// checkHashes begins the checks that are due and ends those that have their answers (server.go, monitorKVHash and
// monitorCompactHash).
func (s *server) checkHashes(t *turn) {
	for k := range checkKinds {
		every, c := t.self.cfg.checkEvery(k), &s.checker
		switch {
		case every == 0:
		case c.rounds[k].running:
			s.endRound(t, k)
		case c.due[k] == 0:
			c.due[k] = t.self.startedAt + every
		case t.now >= c.due[k]:
			c.due[k] = t.now + every
			if t.loop.holdsOffice() {
				s.beginCheck(t, k)
			}
		}
	}
}

func (s *server) beginCheck(t *turn, k checkKind) {
	if k == checkCurrent {
		if own, err := t.applier.store.HashKV(0); err == nil {
			s.ask(t, k, []mvcc.KVHash{own})
		}
		return
	}
	var hashes []mvcc.KVHash // the newest first
	for _, h := range t.applier.store.Hashes() {
		if h.Revision > s.checker.checked {
			hashes = append([]mvcc.KVHash{h}, hashes...)
		}
	}
	s.ask(t, k, hashes)
}

// ask asks all others for their hash at the revision of the first of some hashes, over the connections between members
// (getPeerHashKVs).
func (s *server) ask(t *turn, k checkKind, hashes []mvcc.KVHash) {
	if len(hashes) == 0 {
		s.checker.rounds[k] = hashRound{}
		return
	}
	r := hashRound{own: hashes[0], rest: hashes[1:], deadline: t.now + t.self.cfg.RequestTimeout(), running: true}
	for _, info := range t.applier.cluster.roster(t.loop.node.Conf()) {
		id := raft.ID(info.Member)
		if id == t.self.id {
			continue
		}
		s.requests.own++
		q := hashQuestion{of: id, request: t.self.ownID(s.requests.own)}
		if to := t.applier.cluster.hostOf(id); to != 0 {
			t.out.Forwards = append(t.out.Forwards,
				Forward{to, &Request{ID: q.request, Client: t.self.host, Call: api.HashKV{Revision: r.own.Revision}}})
		} else {
			q.answered = true
		}
		r.asked = append(r.asked, q)
	}
	s.checker.rounds[k] = r
}

// answerHash answers another member that asks for a hash, whether or not this one serves clients yet.
func answerHash(t *turn, req *Request) {
	resp := Response{ID: req.ID}
	h, err := t.applier.store.HashKV(req.Call.(api.HashKV).Revision)
	if err != nil {
		resp.Err = err.Error()
	}
	resp.Reply = t.applier.reply(t,
		api.HashKVReply{Hash: h.Hash, CompactRevision: h.CompactRevision, HashRevision: h.Revision})
	t.out.Answers = append(t.out.Answers, Answer{req.Client, &resp})
}

// asksForHash reports whether a request comes from another member's check.
func asksForHash(req *Request) bool {
	_, ok := req.Call.(api.HashKV)
	return ok && req.Client.IsMember()
}

// onHash takes the answer of another member; false if it belongs to no check.
func (c *checker) onHash(resp *Response, cluster uint64) bool {
	for k := range c.rounds {
		for i := range c.rounds[k].asked {
			q := &c.rounds[k].asked[i]
			if q.request != resp.ID {
				continue
			}
			q.answered, q.revision = true, resp.Header.Revision
			q.hash, q.ok = resp.Body.(api.HashKVReply)
			q.ok = q.ok && resp.Err == "" && resp.Header.ClusterID == cluster
			return true
		}
	}
	return false
}

// endRound looks at the answers when all are there, or when it has waited long enough. A check of the current revision
// reads linearizably first: one who has lost the leadership, or is behind others, must not take them for corrupt
// because they have more (PeriodicCheck, LinearizableReadNotify).
func (s *server) endRound(t *turn, k checkKind) {
	r := &s.checker.rounds[k]
	for _, q := range r.asked {
		if !q.answered && t.now < r.deadline {
			return
		}
	}
	if k == checkCurrent && !r.ready {
		if r.read == 0 {
			r.read, s.reads.wanted = s.reads.rounds+1, true
			s.startRead(t)
		}
		return
	}
	done := *r
	*r = hashRound{}
	if k == checkCurrent {
		s.judgeCurrent(t, &done)
	} else if !s.judgeCompact(t, &done) {
		s.ask(t, k, done.rest)
	}
}

// onRead tells the check that waits for a round of ReadIndex how that has ended. Without an answer of the
// leader's the check is given up.
func (c *checker) onRead(round uint64, ok bool) {
	switch r := &c.rounds[checkCurrent]; {
	case r.read == 0 || r.read > round:
	case ok:
		r.ready = true
	default:
		*r = hashRound{}
	}
}

// judgeCurrent raises the alarm for the first member that differs (PeriodicCheck).
func (s *server) judgeCurrent(t *turn, r *hashRound) {
	h2, err := t.applier.store.HashKV(0)
	if err != nil {
		return
	}
	if h2.Hash != r.own.Hash && h2.Revision == r.own.Revision && h2.CompactRevision == r.own.CompactRevision {
		s.accuse(t, t.self.id, "found hash mismatch")
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
		case q.revision > t.applier.store.Revision(): // not h2.Revision: after a compaction to revision 0 that is 0
			why = "revision from follower must be less than or equal to leader's"
		case q.hash.CompactRevision > h2.CompactRevision:
			why = "compact revision from follower must be less than or equal to leader's"
		case q.hash.CompactRevision == r.own.CompactRevision && q.hash.Hash != r.own.Hash:
			why = "same compact revision then hashes must match"
		default:
			continue
		}
		s.accuse(t, q.of, why)
		return
	}
	t.out.event(Event{Kind: HashesCompared, Revision: r.own.Revision, Count: answers})
}

// judgeCompact compares hashes of one compaction; those of whom the majority does not agree with get the alarm. It
// returns false if some were not to be had, so that an earlier compaction is worth a look (checkPeerHashes).
func (s *server) judgeCompact(t *turn, r *hashRound) bool {
	groups := []hashGroup{{r.own.Hash, []raft.ID{t.self.id}}}
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
		s.checker.checked = max(s.checker.checked, r.own.Revision)
		t.out.event(Event{Kind: HashesCompared, Revision: r.own.Revision, Count: answers})
		return true
	}
	const why = "Detected compaction hash mismatch"
	quorum := (len(r.asked)+1)/2 + 1
	for i := range groups {
		if len(groups[i].members) >= quorum {
			for _, g := range append(groups[:i:i], groups[i+1:]...) {
				for _, id := range g.members {
					s.accuse(t, id, why)
				}
			}
			return true
		}
	}
	s.accuse(t, raft.None, why+" but cannot identify the corrupted members")
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
func (s *server) accuse(t *turn, id raft.ID, why string) {
	t.out.event(Event{Kind: HashesDiffer, Text: why + ": " + id.String()})
	s.proposeOwn(t, api.Alarm{Action: api.AlarmActivate, Member: api.Member(id), Alarm: api.AlarmCorrupt}, proposal{})
}

// Holds reports whether a key exists in the member's database.
func (m *Member) Holds(key string) bool {
	s := m.Store()
	if s == nil {
		s = m.storage.backend.Store
	}
	_, found, err := s.Get(key, 0)
	return found && err == nil
}

// Corrupt gives a key another value in this member's database and nowhere else, as a fault of its disk does.
func (m *Member) Corrupt(key, value string) {
	m.storage.backend.Store = m.storage.backend.Store.Clone() // keyframes and snapshots on their way share it
	m.storage.backend.Store.Alter(key, value)
	if m.process != nil {
		m.process.applier.store.Alter(key, value)
	}
}
