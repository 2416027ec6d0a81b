// Package watch is the half of etcd's store that sends clients what changed: the watchers of one member, as a pure
// machine.
//
// A Hub holds a member's streams. A stream is one gRPC call Watch; a client multiplexes any number of watchers over it.
// A watcher is one request "tell me the changes of these keys from this revision on". Watches know nothing of Raft: a
// member serves them from what it has applied itself, so a member that is cut off sends nothing.
//
// Each watcher is in one of four groups, and there is no other state to understand:
//
//	             start is 0 or in the future
//	created ───────────────────────────────────▶ synced ◀──────────┐
//	   │                                         │    ▲            │ its stream had room again
//	   │ start is in the past      its stream is │    │ caught up  │ and nothing happened meanwhile
//	   ▼                           full (128)    ▼    │            │
//	unsynced ◀────────────────────────────────── victim ───────────┘
//	   │        room again, but behind by now
//	   ▼
//	compacted   what it wants next has been compacted: canceled, with the revision
//
// Synced watchers are notified within the write (Notify). Unsynced ones are caught up by a pass every 100 ms (Sync),
// which reads the history for up to 512 of them at once. A victim keeps the one response that did not fit and is
// retried every 10 ms (RetryVictims). Nobody is ever dropped for being slow, and no event is lost.
//
// Worked example, a watcher of key a from revision 3 on, while the store is at 5:
//
//	Handle    created, unsynced, next 3     control: created, header 5
//	Sync      a@3 and a@5 in one response   events: 3, 5, header 5; synced, next 6
//	Notify 6  a transaction put a and b     event: a@6, header 6; next 7
//
// The caller hands in time and the store, carries out what Output says, and calls Take when a stream's connection can
// carry a response; Next says when the hub wants to be woken, and never does while nobody waits for anything. A crash
// is a new Hub.
//
// What it does not do: the connection and its flow control, the client's side (resuming, see core/client),
// authorization, and the choice of who is served: a learner refuses streams before they get here.
//
// Differences from etcd, all of them choices that etcd leaves to chance. Where its maps give a random order, ours is by
// stream, then by watch id. Its send loop selects at random between control responses and events that are both ready;
// ours sends in the order in which they came to be, which is one of the orders that etcd may take. And 512 of many
// unsynced watchers are those that have waited longest, not any.
//
// Reading order: request.go (what clients ask, and what they get), event.go and words.go, hub.go, stream.go,
// notify.go, sync.go, send.go, progress.go; then keys.go and ranges.go, which find the watchers of a key, and
// inspect.go, for drawing.
package watch
