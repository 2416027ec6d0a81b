// Package etcd is one etcd member as a machine: a disk, and on it a process that takes requests from clients, proposes,
// applies and answers.
//
// The machine is Member. Its caller (core/world) gives it inputs, each a method: Tick, Receive (a Raft message), Serve
// (a client's request), Stream, Signal, Wake (what it asked to be told about later), Start, Crash, Pause and Resume.
// Each input fills the Output: messages to send, answers for clients, wakes, and the events that happened, each with
// its reason. Nothing else leaves the member, and it calls nobody.
//
// A Member is self (who it is), storage (what a crash leaves: write-ahead log, snapshot and database on a disk) and,
// while one runs, a process. A process has four parts, each with its own state. loop is Raft and the rounds of its
// duties; applier is what the log has made of keys, leases, alarms and the group; server is the requests that wait and
// the member's own proposals; streams are the watch streams. A part finds what it needs of those below it in the turn
// (the input under way) and never reaches above itself: what is to be done there, it returns. Each counts for itself.
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
// Reading order: request.go (what clients ask, and what they get), event.go, payload.go and words.go, config.go,
// member.go, self.go, storage.go, wal.go, turn.go and process.go (inputs), loop.go and round.go (the loop), server.go,
// serve.go, requests.go, handler.go, propose.go and check.go (a request comes in), applier.go, apply.go, txn.go,
// read.go. Then by topic: founding.go, bootstrap.go, identity.go, publish.go, membership.go, snapshot.go; leases.go,
// compaction.go, alarm.go, corrupt.go, maintenance.go, stream.go, signal.go; counters.go, histogram.go, rpc.go,
// rtt.go, stats.go, exposition.go, exposition_net.go (what the process counts about itself); hash.go, share.go (what a
// run needs of its members).
package etcd
