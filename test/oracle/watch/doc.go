// Package watch compares our watchers with etcd's watchable store: the same writes, watchers, cancellations,
// compactions and snapshots on both, and what every watcher is told, compared response by response. Where etcd's
// grouping hangs on the clock (a full stream, whose rest comes when its loops find room), the events are compared, in
// order.
//
// Their loops run on wall time. The test waits for what it wants to see and measures nothing.
package watch
