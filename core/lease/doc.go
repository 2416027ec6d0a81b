// Package lease is etcd's lessor: who holds a lease, for how long, and which keys go with it.
//
// A lease is granted and revoked through Raft, so every member knows it, its time to live and its keys. Only the
// primary, the lessor of the leader, also knows when it expires: that is kept in memory, renewed without Raft, and made
// anew when the leader changes. The state is split the same way:
//
//	on every member, and on disk     saved       lease → TTL, checkpointed rest
//	on every member, from the store  attached    lease, key
//	                                 owners      key → lease
//	of the primary only              expiries    lease → when it expires, when to look at it
//	                                 queue       in the order in which to look at them
//	                                 checkpoints in the order in which they are due
//
// Demote throws the last three away, Promote makes them anew. Saved is what a member's backend keeps across a crash,
// Recover makes a lessor of it; the member then attaches the keys that its store holds, as etcd does (mvcc/kvstore.go
// restore).
//
// A Lessor is a value: all six are trees whose nodes are never written to again, so that copying it clones it, and its
// hash is ready at any time. Times are the caller's; nothing here waits. Answers that are more than a number say which
// rule they follow from.
//
// What the caller does: it reports each put with a lease (Attach) and of each put without one and each deletion
// (Detach), it asks Expired every ScanInterval and proposes to revoke what it gets, at most MaxPendingRevokes at a
// time, and it lets a keep-alive wait that Renew says must wait. What is not here: the proposals, the deletion of the
// keys, the forwarding to the leader, the check that the leader still leads (etcd ensureLeadership), leases'
// permissions.
//
// Reading order: lessor.go (what Raft applies), primary.go (time), promote.go, inspect.go (what is read), limits.go,
// tree.go.
package lease
