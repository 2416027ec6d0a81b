package wire

// The small types of a Frame. Their String is the word that a person reads, or the class that the style sheet knows.

// Tone says how a text is meant.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Good
	Bad
	Quiet
)

func (t Tone) String() string { return word(t, "", "good", "bad", "quiet") }

// Role is what a member is at the moment.
type Role uint8

// The roles; the first three are no matter of Raft alone.
const (
	RoleDown Role = iota
	RolePaused
	RoleLearner
	RoleFollower
	RoleCandidate
	RolePreCandidate
	RoleLeader
)

func (r Role) String() string {
	return word(r, "down", "paused", "learner", "follower", "candidate", "pre-candidate", "leader")
}

// Standing says what a machine is to the cluster.
type Standing uint8

// What a machine is to the cluster: a member, one whose disk was emptied, one that was added and has not started, one
// that has never been added, one that was removed.
const (
	IsMember Standing = iota
	DiskEmpty
	Awaited
	StandsBy
	Removed
)

// Outside reports whether a machine is no member, or has not been one yet.
func (s Standing) Outside() bool { return s >= Awaited }

// Cut says what keeps a direction from carrying.
type Cut uint8

// What cuts: nothing, a cut of this direction, a split of the network.
const (
	NotCut Cut = iota
	CutAlone
	CutBySplit
)

func (c Cut) String() string { return word(c, "", "cut", "split") }

// Class groups messages for colour and shape.
type Class uint8

// The classes.
const (
	ClassOther Class = iota
	ClassAppend
	ClassAck
	ClassVote
	ClassBeat
	ClassSnapshot
	ClassRead
	ClassClient
	ClassWatch
)

func (c Class) String() string {
	return word(c, "other", "append", "ack", "vote", "beat", "snapshot", "read", "client", "watch")
}

// Fate is what has become of a message.
type Fate uint8

// The fates.
const (
	Underway Fate = iota
	Held
	Lost
)

func (f Fate) String() string { return word(f, "", "held", "lost") }

// EntryKind is what an entry of the log is.
type EntryKind uint8

// The kinds: none at this index, part of a snapshot, a proposal, a new term's first, a change of members.
const (
	NoEntry EntryKind = iota
	SnapshotEntry
	NormalEntry
	EmptyEntry
	ConfEntry
)

// EntryState is how far an entry has come at a member.
type EntryState uint8

// The states: not yet on disk, on disk, known to be committed, applied to the store.
const (
	Written EntryState = iota
	Synced
	Committed
	Applied
)

func (s EntryState) String() string { return word(s, "written", "synced", "committed", "applied") }

// Outcome is what a client knows of an operation, or what a watch was told.
type Outcome uint8

// The outcomes.
const (
	Waiting Outcome = iota
	Acknowledged
	Failed
	Indeterminate
	Notified
	Canceled
)

func (o Outcome) String() string {
	return word(o, "waiting", "acknowledged", "failed", "in doubt", "told", "canceled")
}

// Tone is that of the outcome.
func (o Outcome) Tone() Tone {
	switch o {
	case Acknowledged, Notified:
		return Good
	case Failed, Indeterminate, Canceled:
		return Bad
	}
	return Plain
}

// Verdict is what is known of a rule.
type Verdict uint8

// The verdicts.
const (
	NotChecked Verdict = iota
	Holds
	Broken
	SwitchedOff
)

func (v Verdict) String() string {
	return word(v, "not checked yet", "holds", "broken", "switched off")
}

// Tone is that of the verdict.
func (v Verdict) Tone() Tone {
	switch v {
	case Holds:
		return Good
	case Broken:
		return Bad
	}
	return Plain
}

// Replay is whether a link shows what it showed when it was made.
type Replay uint8

// Whether the link's state was met: there is no link, or not there yet; it was; it was not.
const (
	NoReplay Replay = iota
	ReplayExact
	ReplayDiffers
)

// VersionFate is what compaction does to a version of a key.
type VersionFate uint8

// The fates: none, kept although it is compacted, still to be dropped, dropped, would be dropped by a compaction to the
// revision that is read at.
const (
	VersionStays VersionFate = iota
	VersionKept
	VersionGoing
	VersionGone
	VersionWould
)

func (f VersionFate) String() string { return word(f, "", "kept", "going", "gone", "would") }

// WatchState is how a watch stands.
type WatchState uint8

// The states.
const (
	WatchOpening WatchState = iota
	WatchResuming
	WatchSynced
	WatchUnsynced
	WatchVictim
	WatchCompacted
	WatchEnded
)

func (s WatchState) String() string {
	return word(s, "opening", "resuming", "synced", "unsynced", "victim", "compacted", "ended")
}

// word is the text of a value of a small type; "" if the value has none.
func word[T ~uint8](v T, words ...string) string {
	if int(v) < len(words) {
		return words[v]
	}
	return ""
}
