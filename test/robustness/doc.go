// Package robustness lets etcd's own robustness validators judge what clients of the simulator were told.
//
// etcd holds its releases to a model: a cluster is harmed while clients write, read and watch, and what they were told
// is compared with the log of the members (go.etcd.io/etcd/tests/v3/robustness). Here the cluster is ours, and the
// validators are theirs, unchanged: the history must be linearizable, reads of old revisions must be right, and watches
// must keep what the API promises (ordered, unique, atomic, reliable, resumable, bookmarkable). They share no line with
// core/check, which judges the same runs.
//
// Make makes the Run of a seed: the faults of internal/swarm, and requests of every kind that the model knows. Reports
// puts what the clients saw into the words of the model, Persisted what the members committed. What the model has no
// word for is left out: deletions of ranges, defragmentation, failed reads, and lease grants whose outcome nobody
// knows.
//
// The validators want a *testing.T, so the runs are a test: see `make robustness`.
//
// Reading order: run.go, ask.go, convert.go, report.go.
package robustness
