// Package judge shows the checkers of core/check what happens: it turns what members and clients have come to, and say,
// into the plain values that those judge. It reads only. What is found waits until somebody takes it (Found).
//
// Which members are judged at all, and what a violation means for the run, is for others to decide: a member of another
// cluster, or one whose data was lost by hand, is not shown.
//
// Reading order: judge.go, log.go (what Raft's rules are about), store.go (what members apply, what watches receive),
// answers.go, operations.go (what clients did, for a check of the whole run).
package judge

import (
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/raft"
)

// Judge is the checkers of a run and what they have been shown.
type Judge struct {
	Safety  *check.Safety
	Store   *check.Store
	cursors []cursor       // of each machine's member
	ended   raft.Index     // up to where the judge of the store knows which leases ended
	changes []check.Change // scratch
	found   []*check.Violation
}

// cursor is how far the checkers have read a member's log, so that they get more only when it has changed.
type cursor struct {
	last raft.Index
	term raft.Term
	disk raft.Index // what it has discarded
	rev  int64      // of its store
}

// New returns the judges of a run that begins.
func New() Judge { return Judge{Safety: check.New(), Store: check.NewStore()} }

// Add makes room for the member of one more machine.
func (j *Judge) Add() { j.cursors = append(j.cursors, cursor{}) }

// Clone returns an independent copy.
func (j *Judge) Clone() Judge {
	return Judge{Safety: j.Safety.Clone(), Store: j.Store.Clone(), cursors: append([]cursor(nil), j.cursors...),
		ended: j.ended}
}

// Anew begins with a cluster of which nothing is known.
func (j *Judge) Anew() {
	clear(j.cursors)
	j.Safety = check.New()
	j.storesAnew()
}

// LogsAnew begins with members of the same cluster, of whose logs and stores nothing is known.
func (j *Judge) LogsAnew() {
	clear(j.cursors)
	j.Safety = j.Safety.Anew()
	j.storesAnew()
}

// storesAnew begins with stores of which nothing is known, and clients that were told of others.
func (j *Judge) storesAnew() { j.Store, j.ended = check.NewStoreFrom(), 0 }

// Ended returns up to where it is known which leases ended.
func (j *Judge) Ended() uint64 { return uint64(j.ended) }

// Found takes the violations that were found, in the order in which they were.
func (j *Judge) Found() []*check.Violation {
	list := j.found
	j.found = nil
	return list
}

// report keeps what was found, if anything was.
func (j *Judge) report(v *check.Violation) {
	if v != nil {
		j.found = append(j.found, v)
	}
}
