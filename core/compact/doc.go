// Package compact is when history is dropped: the compactor inside a member, and that of a Kubernetes API server.
//
// Both are machines that are asked once in a while and say what to do; the caller compacts. A Compactor belongs to a
// member. Its Setting, read from etcd's two flags by Parse, is one of
//
//	periodic  keep the history of a period: etcd samples the revision all along and compacts to the oldest sample
//	revision  keep the newest N revisions
//	fixed     compact at fixed times, keeping a span before them; etcd has no flag for it
//
// and it is asked so:
//
//	c := compact.New(setting, now, revision)
//	at c.Next():  if target, due := c.Tick(now, revision); due { propose to compact to target }
//	then:         c.Done(now, revision, err)
//
// Every member runs its own, and samples, but only the leader's compacts: the caller pauses the others. An APIServer is
// asked the same way and has one step more, a transaction by which several API servers agree which of them compacts.
//
// What is not here: the compaction itself (core/mvcc), whether it is allowed, the wait for Raft.
//
// Reading order: setting.go, compactor.go, periodic.go, revision.go, fixed.go, then apiserver.go.
package compact
