package rule

// The rules. Those before the first blank line can be switched off by a run's configuration. Their numbers stand in the
// hashes of runs and last for ever: a new rule takes the next free one, wherever it stands here, and the number of one
// that goes stays empty.
const (
	None                ID = 0
	PreVote             ID = 1
	CheckQuorum         ID = 2
	ElectionRestriction ID = 3
	CurrentTermCommit   ID = 4
	LogMatchingCheck    ID = 5
	PersistBeforeReply  ID = 6
	TermStepDown        ID = 7
	ReadIndexQuorum     ID = 8
	JointConsensus      ID = 9

	ElectionSafety     ID = 10
	LeaderAppendOnly   ID = 11
	LogMatching        ID = 12
	LeaderCompleteness ID = 13
	StateMachineSafety ID = 14
	Linearizable       ID = 15

	OneVotePerTerm           ID = 16
	LeaderLease              ID = 17
	ElectionTimeout          ID = 18
	RandomizedTimeout        ID = 19
	HeartbeatsKeepLeadership ID = 20
	LeaderAppendsNoop        ID = 21
	QuorumCommits            ID = 22
	FollowerTruncates        ID = 23
	ConflictHint             ID = 24
	FollowerForwards         ID = 25
	NoLeaderNoProposal       ID = 26
	LeaderSendsWhileItSyncs  ID = 27
	SyncBeforeAck            ID = 28
	ApplyInOrder             ID = 29
	ReadWaitsForApply        ID = 30
	ServesAfterPublish       ID = 31
	RestartFromDisk          ID = 32
	UnsyncedLost             ID = 33
	LinkCut                  ID = 34
	MessageFault             ID = 35
	RequestTimeout           ID = 36
	ClientTimeout            ID = 37
	RevisionPerWrite         ID = 38
	TombstoneEndsGeneration  ID = 39
	MembershipOneAtATime     ID = 40
	SnapshotForLaggard       ID = 41
	LearnersDoNotVote        ID = 42
	LeadershipTransfer       ID = 43
	FlowControl              ID = 44
	PausedProcess            ID = 45
	LeaseMinimumTTL          ID = 46
	LeaseExpiresAtLeader     ID = 47
	LeaseRevokeRetried       ID = 48
	RenewalWaitsForRevoke    ID = 49
	LeaseExtendedByNewLeader ID = 50
	LeaseCheckpoints         ID = 51
	ReadsAreRepeated         ID = 52
	CompactionKeepsNewest    ID = 53
	CompactionKeepsPeriod    ID = 54
	CompactionKeepsRevisions ID = 55
	CompactionAtFixedTimes   ID = 56
	CompactionByAPIServer    ID = 57

	WatchOrdered        ID = 58
	WatchAtomic         ID = 59
	WatchReliable       ID = 60
	WatchResumable      ID = 61
	WatchBookmarkable   ID = 62
	WatchSlowReceiver   ID = 63
	WatchCompaction     ID = 64
	WatchRequiresLeader ID = 65

	WatchFilter      ID = 66
	WatchUnique      ID = 67
	WatchPrevKV      ID = 68
	WatchIsCreate    ID = 69
	OneHistory       ID = 70
	AnswerAtRevision ID = 71
	LeaseKept        ID = 72
	QuotaAlarm       ID = 73
	DefragBlocks     ID = 74
	LeaseTakesKeys   ID = 75
)

var texts = [...]Text{
	None: {},
	PreVote: {"pre-vote",
		"A member asks whether it could win before it raises its term, so that a member that was cut off cannot disturb a " +
			"working leader.",
		"Raft thesis §9.6; etcd --pre-vote"},
	CheckQuorum: {"check-quorum", "A leader that has not heard from a quorum for one election timeout steps down.",
		"Raft thesis §6.2; go.etcd.io/raft Config.CheckQuorum"},
	ElectionRestriction: {"election-restriction", "A voter refuses a candidate whose log is less up to date than its own.",
		"Raft §5.4.1"},
	CurrentTermCommit: {"current-term-commit",
		"A leader counts replicas only for entries of its own term; older entries are committed along with them.",
		"Raft §5.4.2"},
	LogMatchingCheck: {"log-matching-check",
		"A follower accepts an append only if its log has the entry that precedes it, with the same term.", "Raft §5.3"},
	PersistBeforeReply: {"persist-before-reply",
		"A member writes its term, vote and entries to stable storage before it answers.", "Raft §5.6, Figure 2"},
	TermStepDown: {"term-step-down", "A member that sees a higher term takes it over and becomes a follower.",
		"Raft §5.1"},
	ReadIndexQuorum: {"read-index-quorum",
		"Before it answers a linearizable read, a leader hears from a quorum that it still leads.", "Raft §8; thesis §6.4"},
	JointConsensus: {"joint-consensus",
		"A change of several members goes through a phase in which both the old and the new majority must agree.", "Raft §6"},

	ElectionSafety: {"election-safety", "At most one leader can be elected in a term.", "Raft Figure 3, §5.2"},
	LeaderAppendOnly: {"leader-append-only",
		"A leader never overwrites or deletes entries in its log; it only appends new ones.", "Raft Figure 3, §5.3"},
	LogMatching: {"log-matching",
		"If two logs hold an entry with the same index and term, they are identical up to that entry.",
		"Raft Figure 3, §5.3"},
	LeaderCompleteness: {"leader-completeness",
		"An entry committed in a term is in the log of every leader of a later term.", "Raft Figure 3, §5.4"},
	StateMachineSafety: {"state-machine-safety",
		"If a member has applied an entry at an index, no other member ever applies a different one there.",
		"Raft Figure 3, §5.4.3"},
	Linearizable: {"linearizable", "Every operation seems to happen at one instant between its call and its answer.",
		"etcd API guarantees: strict serializability"},

	OneVotePerTerm: {"one-vote-per-term",
		"A member votes for at most one candidate in a term, first come first served.", "Raft §5.2"},
	LeaderLease: {"leader-lease",
		"A member that heard from its leader within an election timeout ignores requests for votes.",
		"Raft thesis §4.2.3; etcd raft.go Step"},
	ElectionTimeout: {"election-timeout",
		"A follower that hears from no leader for its election timeout starts an election.", "Raft §5.2"},
	RandomizedTimeout: {"randomized-timeout",
		"Each member draws its election timeout at random, so that split votes are rare and soon resolved.", "Raft §5.2"},
	HeartbeatsKeepLeadership: {"heartbeats", "A leader sends heartbeats to all members to keep its authority.",
		"Raft §5.2"},
	LeaderAppendsNoop: {"empty-entry",
		"A new leader appends an empty entry, which lets it commit and so learn what is committed.", "Raft §8"},
	QuorumCommits: {"quorum-commits", "An entry is committed once a majority of the members hold it.",
		"Raft §5.3"},
	FollowerTruncates: {"follower-truncates",
		"A follower removes entries that conflict with the leader's and takes over the leader's.", "Raft §5.3"},
	ConflictHint: {"conflict-hint",
		"A follower that refuses an append says where the logs may agree, so that the leader backs up a term at a time.",
		"Raft §5.3; etcd raft/log.go findConflictByTerm"},
	FollowerForwards: {"follower-forwards", "A follower passes a client's proposal on to the leader.",
		"Raft §5.1; etcd raft.go stepFollower"},
	NoLeaderNoProposal: {"no-leader-no-proposal",
		"Without a leader a proposal waits at the member until one appears or the request times out.",
		"etcd raft/node.go run"},
	LeaderSendsWhileItSyncs: {"leader-sends-while-it-syncs",
		"A leader sends entries to its followers in parallel with its own write to disk.",
		"Raft thesis §10.2.1; etcd etcdserver/raft.go start"},
	SyncBeforeAck: {"sync-before-ack", "A follower acknowledges entries only when they are synced to its disk.",
		"Raft §5.6; etcd etcdserver/raft.go start"},
	ApplyInOrder: {"apply-in-order", "Members apply committed entries in the order of the log.", "Raft §5.3"},
	ServesAfterPublish: {"serves-after-publish",
		"A member listens to clients only after an entry with its own name has been committed and applied.",
		"etcd server.go publishV3, embed/serve.go"},
	ReadWaitsForApply: {"read-waits-for-apply",
		"A linearizable read waits until the member has applied everything committed when the read began.",
		"Raft thesis §6.4; etcd v3_server.go linearizableReadLoop"},
	RestartFromDisk: {"restart-from-disk",
		"A member that restarts takes up the term, the vote and the log it had synced.",
		"Raft §5.6; etcd etcdserver/bootstrap.go"},
	UnsyncedLost: {"unsynced-lost", "A crash loses what was not yet synced to disk.",
		"etcd server/storage/wal"},
	LinkCut: {"link-cut", "The network does not carry messages across a cut.",
		"docs/fidelity.md, network"},
	MessageFault: {"message-fault", "A person told the network what to do with this message.",
		"docs/fidelity.md, network"},
	RequestTimeout: {"request-timeout",
		"A member gives up on a request after 5 s plus two election timeouts; the outcome is unknown.",
		"etcd config.go ReqTimeout"},
	ClientTimeout: {"client-timeout",
		"A client that hears no answer before its deadline does not know whether its write happened.",
		"etcd client/v3; docs/fidelity.md, clients"},
	RevisionPerWrite: {"revision-per-write", "Each transaction that changes something takes the next revision.",
		"etcd mvcc/kvstore_txn.go"},
	TombstoneEndsGeneration: {"tombstone",
		"Deleting a key ends its generation; the next put creates the key anew with version 1.", "etcd mvcc/key_index.go"},
	MembershipOneAtATime: {"one-change-at-a-time",
		"Members are added or removed one at a time, so that any two majorities overlap.",
		"Raft thesis §4.1; etcd raft/confchange"},
	SnapshotForLaggard: {"snapshot-for-laggard",
		"A follower that needs entries which the leader no longer holds gets a snapshot.", "Raft §7"},
	LearnersDoNotVote: {"learners-do-not-vote", "A learner receives the log but does not count towards any quorum.",
		"Raft thesis §4.2.1; etcd learners"},
	LeadershipTransfer: {"leadership-transfer",
		"A leader hands over by bringing the target up to date and telling it to campaign at once.", "Raft thesis §3.10"},
	FlowControl: {"flow-control", "A leader keeps a bounded window of unacknowledged appends per follower.",
		"etcd raft/tracker"},
	PausedProcess: {"paused-process",
		"A paused process handles nothing; what reaches it waits until it is resumed.", "docs/fidelity.md, processes"},
	LeaseMinimumTTL: {"lease-minimum-ttl",
		"A lease is granted for at least one and a half election timeouts, so that a change of leader does not end it.",
		"etcd etcdserver/server.go NewServer; lease/lessor.go Grant"},
	LeaseExpiresAtLeader: {"lease-expires-at-leader",
		"Only the leader knows when a lease expires; it then proposes to revoke it, and the keys go when that is applied.",
		"etcd lease/lessor.go revokeExpiredLeases"},
	LeaseRevokeRetried: {"lease-revoke-retried",
		"An expired lease that is still there after a request timeout is revoked once more.",
		"etcd lease/lessor.go expireExists"},
	RenewalWaitsForRevoke: {"renewal-waits-for-revoke",
		"A keep-alive for a lease that has expired waits until the lease is revoked or the leader changes.",
		"etcd lease/lessor.go Renew"},
	LeaseExtendedByNewLeader: {"lease-extended-by-new-leader",
		"A new leader lets the time of every lease begin anew, and adds an election timeout.",
		"etcd lease/lessor.go Promote"},
	LeaseCheckpoints: {"lease-checkpoints",
		"With checkpoints on, a leader writes down what is left of long leases, so that the next leader need not begin anew.",
		"etcd lease/lessor.go checkpointScheduledLeases, feature gate LeaseCheckpoint"},
	ReadsAreRepeated: {"reads-are-repeated",
		"A client asks again when a member says that it is unavailable, unless the call may have changed something: a " +
			"write is never repeated.", "etcd client/v3/retry.go, retry_interceptor.go"},
	CompactionKeepsNewest: {"compaction-keeps-newest",
		"A compaction to a revision keeps of each key what a read at that revision sees, and everything after it.",
		"etcd mvcc/key_index.go compact, kvstore.go Compact"},
	CompactionKeepsPeriod: {"compaction-keeps-period",
		"Periodic compaction keeps the history of one period: it compacts once a period, or once an hour if the period is " +
			"longer.", "etcd etcdserver/api/v3compactor/periodic.go Run"},
	CompactionKeepsRevisions: {"compaction-keeps-revisions",
		"Compaction by revision keeps the newest revisions, as many as are set, and looks every five minutes.",
		"etcd etcdserver/api/v3compactor/revision.go Run"},
	CompactionAtFixedTimes: {"compaction-at-fixed-times",
		"History is compacted at fixed times, always to the revision of the same span before.",
		"core/compact fixed.go; etcd has no such mode"},
	CompactionByAPIServer: {"compaction-by-api-server",
		"Of all API servers the one that first writes compact_rev_key in an interval compacts, to the revision that it " +
			"saw the interval before.", "kubernetes apiserver pkg/storage/etcd3/compact.go"},

	WatchOrdered: {"watch-ordered",
		"The events of a watch come in the order of their revisions; none comes after a later one.",
		"etcd API guarantees: Ordered"},
	WatchAtomic: {"watch-atomic", "All events of one revision that a watch wants come together in one response.",
		"etcd API guarantees: Atomic; mvcc/watchable_store.go notify"},
	WatchReliable: {"watch-reliable",
		"A watch that was told of a revision has been told of everything it wants before it.",
		"etcd API guarantees: Reliable; mvcc/watchable_store.go syncWatchers"},
	WatchResumable: {"watch-resumable",
		"A watch may start at any revision that is not compacted, and is told everything since.",
		"etcd API guarantees: Resumable; mvcc/watchable_store.go watch"},
	WatchBookmarkable: {"watch-bookmarkable",
		"A progress response says that everything up to its revision has been sent.",
		"etcd API guarantees: Bookmarkable; mvcc/watchable_store.go progressIfSync"},
	WatchSlowReceiver: {"watch-slow-receiver",
		"A watcher whose stream is full waits as a victim and is told later; no event is dropped.",
		"etcd mvcc/watchable_store.go notify, moveVictims"},
	WatchCompaction: {"watch-compaction",
		"A watch whose next revision has been compacted is canceled and told the compacted revision.",
		"etcd mvcc/watcher_group.go chooseAll"},
	WatchRequiresLeader: {"watch-requires-leader",
		"A stream that requires a leader ends when its member has seen none at three looks, one election timeout apart.",
		"etcd v3rpc/interceptor.go monitorLeader"},

	WatchFilter: {"watch-filter", "A watch is told only of the keys and of the kinds of change that it asked for.",
		"etcd api/etcdserverpb WatchCreateRequest; tests/robustness validate/watch.go"},
	WatchUnique: {"watch-unique", "No event comes twice on a watch.", "etcd API guarantees: Unique"},
	WatchPrevKV: {"watch-prev-kv",
		"The key-value before an event is the one of the revision before; it is missing only if there was none, or if " +
			"that revision has been compacted.", "etcd v3rpc/watch.go sendLoop; tests/robustness validate/watch.go"},
	WatchIsCreate: {"watch-is-create",
		"An event says that it created its key if and only if the key did not exist at the revision before.",
		"etcd client/v3 watch.go IsCreate; tests/robustness validate/watch.go"},
	OneHistory: {"one-history",
		"All members make the same changes at the same revision, one revision after the other.",
		"Raft Figure 3, State Machine Safety; etcd mvcc/kvstore_txn.go"},
	AnswerAtRevision: {"answer-at-revision",
		"An answer tells of the store as it was at the revision that it names, whichever member gives it and however old " +
			"the revision is.", "etcd API guarantees; tests/robustness validate/operations.go"},
	LeaseKept: {"lease-kept",
		"A lease lives for its whole time after it was granted or renewed, unless a client revokes it.",
		"etcd API guarantees: leases; lease/lessor.go"},
	QuotaAlarm: {"quota-alarm",
		"A member whose file would outgrow its quota raises an alarm; until it is disarmed all members refuse what " +
			"needs space.", "etcd storage/quota.go; etcdserver/apply/apply.go applierV3Capped"},
	DefragBlocks: {"defrag-blocks",
		"While a member writes its database into a new file it neither reads nor writes it; Raft goes on.",
		"etcd storage/backend/backend.go defrag"},
	LeaseTakesKeys: {"lease-takes-keys",
		"When a lease ends, the keys that were last put with it are deleted at one revision, and no others.",
		"etcd lease/lessor.go Revoke"},
}
