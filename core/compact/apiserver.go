package compact

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// RevisionKey is the key by which API servers agree who compacts. Its version counts the compactions, its value is the
// revision of the newest one (kubernetes apiserver pkg/storage/etcd3/compact.go compactRevKey).
const RevisionKey = "compact_rev_key"

// APIServerInterval is what API servers are started with if nobody says otherwise (--etcd-compaction-interval).
const APIServerInterval = 5 * sim.Minute

// APIServer is the compactor of one API server. Every interval it does up to three things, each carried out by the
// caller:
//
//	Tick      a transaction on RevisionKey: if its version is still what this one has seen, put; else get
//	Answered  who could put compacts, to the revision that it saw an interval before; the others learn the version
//	Compacted the round is over
//
// So of all API servers one compacts in each interval, history is kept for one to two intervals, and when that one dies
// another takes over. In its first round an API server compacts nothing, because it has seen no revision yet. The put
// is a write like any other and takes a revision.
//
// Copying it clones it.
//
// Reference: kubernetes apiserver pkg/storage/etcd3/compact.go compact.
type APIServer struct {
	interval sim.Time
	next     sim.Time
	version  int64 // of RevisionKey, as seen last
	revision int64 // of the store, as seen in the last round
	compact  int64 // the newest revision that anybody is known to have compacted to
	target   int64 // the compaction that is under way
	step     step
}

type step uint8

const (
	waits step = iota
	asks
	compacts
)

// NewAPIServer returns the compactor of an API server that starts now. An interval of 0 switches it off.
func NewAPIServer(now, interval sim.Time) APIServer {
	a := APIServer{interval: interval, next: Never}
	a.rest(now)
	return a
}

// rest begins to wait for the next round. It begins when the last one is over, so rounds drift.
func (a *APIServer) rest(now sim.Time) {
	if a.step = waits; a.interval > 0 {
		a.next = now + a.interval
	}
}

// Next returns when to call Tick, or Never.
func (a *APIServer) Next() sim.Time {
	if a.step != waits {
		return Never
	}
	return a.next
}

// Rule returns the rule that its compactions follow from.
func (a *APIServer) Rule() rule.ID { return rule.CompactionByAPIServer }

// CompactRevision returns the newest revision that this API server knows to be compacted, 0 for none.
func (a *APIServer) CompactRevision() int64 { return a.compact }

// Ask is a transaction on RevisionKey: if the key has that version, put that value, else get the key.
type Ask struct {
	Version int64 // 0: the key does not exist
	Value   string
}

// Tick begins a round, if it is time.
func (a *APIServer) Tick(now sim.Time) (ask Ask, due bool) {
	if now < a.Next() {
		return Ask{}, false
	}
	a.step = asks
	return Ask{a.version, strconv.FormatInt(a.revision, 10)}, true
}

// Reply is the answer to an Ask.
type Reply struct {
	Revision int64 // of the store, from the header
	Put      bool  // the version was as expected
	Version  int64 // otherwise: what the key has
	Value    string
}

// Answered takes the answer to the transaction. If a compaction is due the caller carries it out and then calls
// Compacted; otherwise the round is over.
func (a *APIServer) Answered(now sim.Time, r Reply) (target int64, due bool) {
	if a.step != asks {
		return 0, false
	}
	target, a.revision = a.revision, r.Revision
	if !r.Put {
		a.version = r.Version
		if known, err := strconv.ParseInt(r.Value, 10, 64); err == nil && known != 0 {
			a.compact = known
		}
		a.rest(now)
		return 0, false
	}
	a.version++
	if target == 0 {
		a.rest(now)
		return 0, false
	}
	a.step = compacts
	a.target = target
	return target, true
}

// Failed ends the round because the transaction failed. What the API server knows stays as it was, even if the put was
// done after all: then the next round finds another version.
func (a *APIServer) Failed(now sim.Time) { a.rest(now) }

// Compacted ends the round. A compaction that failed is not tried again: the next round goes further anyway. Here even
// ErrCompacted is a failure.
func (a *APIServer) Compacted(now sim.Time, err error) {
	if a.step == compacts && err == nil {
		a.compact = a.target
	}
	a.rest(now)
}

// Hash returns a digest of the state.
func (a *APIServer) Hash() uint64 {
	h := rng.Mix(uint64(a.step), uint64(a.interval))
	for _, v := range [...]int64{int64(a.next), a.version, a.revision, a.compact, a.target} {
		h = rng.Mix(h, uint64(v))
	}
	return h
}
