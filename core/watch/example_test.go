package watch_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/watch"
)

// A stream is opened, a watcher is asked for, and what a write changes is taken when the connection has room.
func ExampleHub() {
	store, hub := mvcc.New(), watch.New(watch.Default())
	var out watch.Output
	hub.Open(0, 1, watch.StreamOptions{}, true, &out)
	hub.Handle(0, store, 1, watch.Request{Kind: watch.Create, Key: "a", WatchID: watch.AutoWatchID}, &out)

	tx := store.Write()
	tx.Put("a", "1", 0)
	tx.Put("b", "1", 0) // nobody watches it
	rev := tx.End()
	hub.Notify(0, store, rev, rev, &out)

	for {
		m, ok := hub.Take(0, store, 1, &out)
		if !ok {
			break
		}
		fmt.Println("created:", m.Created, "events:", len(m.Events))
	}
	// Output:
	// created: true events: 0
	// created: false events: 1
}
