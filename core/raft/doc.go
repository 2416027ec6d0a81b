// Package raft is one participant of a Raft group as a pure machine: inputs change its state, and what is to be done
// about it waits in a Ready. It behaves as go.etcd.io/raft v3.6 does, message for message; test/oracle drives both with
// the same inputs and compares them after each.
//
// It is own code because it must do what that library cannot: be cloned in mid-flight (Clone), give a typed reason for
// every decision (Events), draw its timeouts from an injected stream (Config.Jitter), and have single rules of the
// protocol switched off (Config.Off).
//
// # Types
//
// Node is the machine. Config and Stored are what it starts with; Message is what members say to each other; Ready is
// the list of duties; Event is what happened. Entry, Snapshot, HardState, ConfState, ConfChange and ReadState are the
// values in them; Progress is a member as the leader sees it. ID, Term, Index, Role, MessageType, EventKind and Why are
// numbers with names. Four packages below hold the parts that can be understood alone: entry (the shared nouns), quorum
// (the arithmetic of majorities), log (entries and the marks in them), tracker (the leader's book about the others).
//
// # What a caller does
//
// Call Tick at a steady pace, Step for each message from the network, Propose and its sisters for what clients want.
// After each input, while HasReady: take the Ready, do what it says in the order that Ready documents, call Advance.
// For each committed entry that changes the group call ApplyConfChange, before or after Advance. Read Events after each
// input: they accumulate until they are read.
//
//	for n.HasReady() {
//		rd := n.Ready()
//		write(rd.Snapshot, rd.Entries, rd.HardState) // and sync, if rd.MustSync
//		send(rd.Messages)                            // a leader may do this before it writes
//		send(rd.AfterSync)                           // but for those to n itself
//		apply(rd.Snapshot, rd.Committed)
//		n.Advance()
//	}
//
// A crash is simply not doing the rest of the list, and New with what was written.
//
// With Config.AsyncStorageWrites, which etcd does not use, writing and applying are asked for by messages instead,
// Advance is not called, and the next Ready may be taken before the last one is written: see storage.go.
//
// Lifetimes: Ready.Messages and Ready.AfterSync are good until the next Ready is taken, Events until the next call of
// any method. What lies behind them, entries and snapshots, never changes and may be kept and shared. After Clone both
// nodes leave alone what was handed out before.
//
// # What it does not do
//
// It does not write, send, wait or apply. There is no goroutine, no clock, no map whose order could be seen, no
// randomness but the stream. Of go.etcd.io/raft it lacks the tracing hooks and TickQuiesced, which is deprecated there.
// Where that library panics, it differs on purpose: New and Step return errors (a contradictory disk, a commit index
// beyond the log), and an impossible change of the group is refused with an event. A log that was compacted without a
// snapshot sends nothing to whoever would need it.
//
// # Rules that can be switched off
//
// PreVote and CheckQuorum act as if the Config had them off. ElectionRestriction: any log is up to date.
// CurrentTermCommit: a leader counts replicas of older terms too. LogMatchingCheck: an append is taken after any entry,
// whatever its term. TermStepDown: nobody but a follower that hears from a new leader takes over a higher term.
// ReadIndexQuorum: a leader answers reads unproven. JointConsensus: several members change in one step.
// (PersistBeforeReply is the host's: it may send AfterSync too early.) Each is asked at the one place where it decides.
//
// # Reading order
//
// types.go, then node.go (state, start, what can be asked), step.go (terms and votes, for all roles), one file per
// role: follower.go, candidate.go, leader.go; replication.go (what a leader sends), read.go (linearizable reads),
// membership.go, ready.go (duties), storage.go (the same by messages), event.go and event_text.go, message.go and
// inspect.go. The transcripts in testdata show the machine at work; read election.txt first.
package raft
