// Package await is what the judges have in common that start real servers and real etcdctl: how long they wait, and
// what they do not compare because time alone decides it. A judge waits for a condition, never for a span of time. It
// compares what a process has printed when that is whole: when the process has ended, or when all is there that ours
// has printed.
//
// What is a matter of time, why, and what is done about it. What is not in this list is compared as it is.
//
//   - How long a call took, and the column that is as wide as that: the clock of the machine. It counts as 0s (ctl,
//     normalise).
//   - Lines of the client's logger: they tell of connections, with the time. Left out (ctl, normalise).
//   - Ids of leases that nobody chose: they hold the instant in which the server started. They are called by the order
//     of the grants (ctl, side.plain; server, names). So are keys of locks and elections, which end in them (ctl,
//     desk.compare).
//   - Ids of members that were added later: digests of the address and the second. Forgotten (server, plainInfo).
//   - What is left of a lease: counted by the clock. Left out (ctl, side.plain), or by no more less than seconds have
//     passed, and a slack (server, sameTTL). Whether a lease has run out: leases live for hours, or the test awaits
//     their end.
//   - How often a keep-alive is answered: once in a third of the TTL. Leases whose answers are counted live for a day;
//     of the one that is revoked the last line counts, which comes after a third of its TTL (ctl, TestGoingOn).
//   - How often a watch is told of progress: once in an interval. As many lines as ours has printed are awaited and
//     compared (ctl, follow).
//   - The revision in an event's header: the store's when the watcher was served, and one that is behind is served some
//     time. Nothing is written before all watchers are there and synced (Synced; ctl, desk.watches; server and watch,
//     settle).
//   - The size of the database file, and the version of the storage in a status: pages are written in batches and the
//     version by a loop, both by the clock. Left out (ctl, side.plain; server, plainMember).
//   - Terms and indexes of a group of real servers: who is elected when. Counted from the first answer (server,
//     names.count).
//   - The order of what several watchers are told on one stream: it is chosen among channels. Sorted by watcher (watch,
//     byWatcher; server, plainMessages).
//   - Into how many messages the events of a slow watcher are put: how fast it takes them. Events are compared (watch,
//     ungroup).
//   - When a compaction has reached the file, and when an entry is applied that was answered before: goroutines. Both
//     are awaited before anything is asked that shows it (server, compacted and idle; ctl, settled).
//   - When a counter is raised: some are when the answer has gone already. They are read until all agree (metrics,
//     TestCounters). Durations are not compared, the counts of observations are. Bytes written to the log may differ by
//     3 %, since checksums differ in length (compareLog).
//   - What load does to a whole real server, such as a lease of a second that ends between two calls: a difference
//     counts when it comes again (server, Report.Once).
package await
