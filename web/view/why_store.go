package view

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/core/world"
)

// meaning says what the events of the store mean, where their own words do not.
var meaning = map[etcd.EventKind]string{
	etcd.LeaseExpired: "Only the leader counts a lease's time. It now proposes to revoke it; every member deletes " +
		"the lease and its keys when that entry is applied.",
	etcd.LeasesPromoted: "How much time was left is known to nobody but the old leader, so every lease gets its full " +
		"time again, and an election timeout on top.",
	etcd.Compacted: "From this entry on every member refuses reads below that revision. The versions that nothing " +
		"can reach any more are dropped behind, a thousand rows at a time.",
	etcd.CompactionDone: "The pages that this has freed stay in the file: later writes take them, and only a " +
		"defragmentation makes the file shorter.",
	etcd.AutoCompaction: "The leader's compactor finds that it is time and proposes a compaction, as a client could.",
	etcd.DefragStarted:  "What needs the database waits until the new file is in place: this member's clients notice.",
	etcd.AlarmRaised: "Freeing space is not enough: someone has to disarm the alarm, after compacting and " +
		"defragmenting.",
	etcd.AlarmCleared: "Writes are taken again.",
}

// watchMeaning does the same for the events of watchers.
var watchMeaning = map[watch.EventKind]string{
	watch.Notified: "Synced watchers are told within the write itself, before anybody can read it.",
	watch.BecameVictim: "The stream's buffer is full because its client is slow. The response is set aside and tried " +
		"again every 10 ms; nothing is dropped.",
	watch.BatchSent:     "It has missed more than fits into one pass; the rest follows in the next.",
	watch.CaughtUp:      "From now on it is told within each write.",
	watch.WatchRequeued: "A snapshot has replaced the store, so the watcher reads from it what it has missed.",
}

// storeRules are the rules behind a record that it does not name itself.
func storeRules(r *world.Record) []rule.ID {
	switch {
	case r.Kind == world.AtClient && r.Client.Kind == client.WatchReceived:
		return []rule.ID{rule.WatchOrdered, rule.WatchAtomic}
	case r.Kind != world.AtMember:
		return nil
	}
	switch r.Member.Kind {
	case etcd.LeaseExpired:
		return []rule.ID{rule.LeaseExpiresAtLeader}
	case etcd.LeasesPromoted:
		return []rule.ID{rule.LeaseExtendedByNewLeader}
	case etcd.Compacted, etcd.CompactionDone:
		return []rule.ID{rule.CompactionKeepsNewest}
	case etcd.DefragStarted, etcd.DefragDone:
		return []rule.ID{rule.DefragBlocks}
	case etcd.AlarmRaised, etcd.AlarmCleared:
		return []rule.ID{rule.QuotaAlarm}
	case etcd.WatchEvent:
		return watchRules[r.Member.Watch.Kind]
	}
	return nil
}

var watchRules = map[watch.EventKind][]rule.ID{
	watch.WatchCreated: {rule.WatchResumable}, watch.Notified: {rule.WatchOrdered, rule.WatchAtomic},
	watch.WatchCompacted: {rule.WatchCompaction},
	watch.BecameVictim:   {rule.WatchSlowReceiver}, watch.VictimRelieved: {rule.WatchSlowReceiver},
	watch.BatchSent: {rule.WatchReliable},
	watch.CaughtUp:  {rule.WatchReliable}, watch.WatchRequeued: {rule.WatchReliable},
	watch.ProgressSent: {rule.WatchBookmarkable},
}

// streamRules are the rules behind a message of a watch stream.
func streamRules(p *world.Packet) []rule.ID {
	switch {
	case p.ClientMessage() != nil && p.ClientMessage().Open:
		return []rule.ID{rule.WatchResumable, rule.WatchRequiresLeader}
	case p.ClientMessage() != nil && p.ClientMessage().Request != nil && p.ClientMessage().Request.Kind == watch.Progress:
		return []rule.ID{rule.WatchBookmarkable}
	case p.ServerMessage() == nil || (p.ServerMessage().Message == nil && p.ServerMessage().Err == ""):
		return nil
	case p.ServerMessage().Err == api.ErrNoLeader:
		return []rule.ID{rule.WatchRequiresLeader}
	case p.ServerMessage().Message == nil:
		return []rule.ID{rule.WatchResumable}
	case p.ServerMessage().Message.CompactRevision != 0:
		return []rule.ID{rule.WatchCompaction}
	case p.ServerMessage().Message.Created:
		return []rule.ID{rule.WatchResumable}
	case p.ServerMessage().Message.IsProgress():
		return []rule.ID{rule.WatchBookmarkable}
	}
	return []rule.ID{rule.WatchOrdered, rule.WatchAtomic, rule.WatchReliable}
}
