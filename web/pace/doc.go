// Package pace decides how fast a run is shown, so that what a person has caused can be seen, read and clicked.
//
// A run happens in microseconds to seconds, an eye needs most of a second. One rate for all cannot serve both: at the
// rate of a message nothing seems to happen between two of them, at the rate of an election a message is a flash. So
// the rate follows what happens.
//
// A hop is a message on its way or a disk write under way. A story is all that belongs together: a command of the
// person up to its answer, an election up to the new leader's first committed entry. Hops of a story are followed, but
// for those whose outcome no longer matters to the majority, which go along.
//
//   - Stories (Stories) are found in the journal, record by record, with nothing looked up ahead.
//   - The clock (Clock) turns wall time into the run's time. While followed hops are under way, it is as fast as lets
//     each be seen for long enough; while a story waits, for a timer or a retry, it quickens until the wait is over;
//     else it is real time.
//
// Both are plain values: the same journal and the same wall times give the same schedule, whatever frames are drawn.
// The pace is a way of looking. It never enters a run, a link or a tape.
//
// Reading order: hop.go, story.go, stories.go, belong.go, clock.go, player.go.
package pace
