// Package etcd is one etcd member as a machine: a Raft node, a write-ahead log on a simulated disk, a store, and the
// server around them that takes requests from clients, proposes, applies and answers.
//
// The machine is Member. Its caller (core/world) gives it inputs, each a method: Tick, Receive (a Raft message), Serve
// (a client's request), Synced, Applied and Expire (things it asked to be told about later), Start, Crash, Pause and
// Resume. Each input fills the Output: messages to send, answers for clients, timers, and the events that happened,
// each with its reason. Nothing else leaves the member, and it calls nobody.
//
// The order of a round is etcd's (server/etcdserver/raft.go, start): committed entries go to apply, a leader sends at
// once, then the log is written and synced, then everyone else sends and acknowledgements go out, then the next round
// may begin. The loop is serial: while an fsync runs, ticks are not counted (one waits, as in Go's ticker) and no new
// round begins, which is how a slow disk costs a leader its office.
//
// What goes through Raft is applied in order by everyone (apply.go, txn.go, leases.go, compaction.go, alarm.go); reads
// wait for what was committed when they were asked (read.go); the rest concerns one member alone (maintenance.go,
// stream.go).
//
// Reading order: request.go (what clients ask, and what they get), event.go, wal.go, member.go (inputs), round.go (the
// loop), serve.go, handler.go and check.go (a request comes in), apply.go, txn.go, read.go. Then by topic: founding.go,
// bootstrap.go, identity.go, publish.go, membership.go, snapshot.go; leases.go, compaction.go, alarm.go, corrupt.go,
// maintenance.go, stream.go, signal.go; metrics.go, histogram.go, rpc.go, probe.go, figures.go, exposition.go,
// exposition_net.go (what the process counts about itself); hash.go, share.go (what a run needs of its members).
package etcd
