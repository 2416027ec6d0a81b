package world

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Verb says in a word or two what a record tells, Detail the rest. Together they are a line of the event list: "n3",
// "acknowledged", "entries ≤ 11 to n4". Both are plain text.
func (r *Record) Verb() string {
	switch r.Kind {
	case Commanded:
		return "command"
	case Ineffective:
		return "no effect"
	case Sent:
		return "sent"
	case Received:
		return "received"
	case Lost:
		return "lost"
	case Held:
		return "held"
	case Violated:
		return "rule broken"
	case AtClient:
		return clientVerb(r.Client)
	}
	switch r.Member.Kind {
	case etcd.RaftEvent:
		verb, _ := raftWords(r.Member.Raft)
		return verb
	case etcd.WatchEvent:
		return watchVerbs[r.Member.Watch.Kind]
	}
	return memberVerbs[r.Member.Kind]
}

var memberVerbs = [...]string{
	etcd.Started: "started", etcd.Crashed: "crashed", etcd.Paused: "paused", etcd.Resumed: "resumed",
	etcd.AwaitsLeader: "waits for a leader", etcd.Proposed: "proposed", etcd.Refused: "refused",
	etcd.SyncStarted: "writes to disk", etcd.SyncDone: "synced", etcd.Applied: "applied", etcd.Configured: "configured",
	etcd.Reconfigured: "configured again",
	etcd.ReadStarted:  "asks for the read index", etcd.ReadConfirmed: "read index known", etcd.Served: "served",
	etcd.Expired: "gave up", etcd.BackendCommit: "backend commit",
	etcd.SnapshotSaved: "saved a snapshot", etcd.SnapshotInstalled: "installed a snapshot",
	etcd.DiskChanged: "disk", etcd.LeaseExpired: "lease expired", etcd.LeasesPromoted: "keeps the leases' time",
	etcd.Compacted: "compacted", etcd.CompactionDone: "compaction done", etcd.AutoCompaction: "compacts",
	etcd.DefragStarted: "defragments", etcd.DefragDone: "defragmented", etcd.AlarmRaised: "alarm",
	etcd.AlarmCleared: "alarm cleared",
	etcd.Ready:        "serves clients", etcd.NotStarted: "did not start", etcd.DirectoryChanged: "disk",
	etcd.HashesCompared: "compared hashes", etcd.HashesDiffer: "hashes differ",
}

var watchVerbs = [...]string{
	watch.StreamOpened: "stream opened", watch.StreamRefused: "stream refused", watch.StreamClosed: "stream closed",
	watch.WatchCreated: "watcher created", watch.WatchRefused: "watcher refused", watch.WatchCanceled: "watcher canceled",
	watch.WatchCompacted: "watcher ended", watch.Notified: "tells watchers", watch.BecameVictim: "watcher is slow",
	watch.VictimRelieved: "watcher has room", watch.BatchSent: "watcher catches up", watch.CaughtUp: "watcher caught up",
	watch.WatchRequeued: "watcher starts over", watch.ProgressSent: "says how far",
	watch.ProgressDropped: "does not say how far",
}

func describeWatcher(e *watch.Event) string {
	switch e.Kind {
	case watch.Notified:
		return fmt.Sprintf("%d of revision %d", e.Count, e.Revision)
	case watch.WatchCreated:
		return fmt.Sprintf("from revision %d, %d behind", e.Revision, e.Count)
	case watch.WatchCompacted:
		return fmt.Sprintf("it wanted %d revisions before %d, which is compacted", e.Count, e.Revision)
	case watch.BecameVictim:
		return fmt.Sprintf("its stream is full: %d events of revision %d wait", e.Count, e.Revision)
	case watch.VictimRelieved:
		return fmt.Sprintf("it is %d revisions behind", e.Count)
	case watch.BatchSent, watch.CaughtUp:
		return fmt.Sprintf("%d events, up to revision %d", e.Count, e.Revision)
	case watch.WatchRequeued, watch.ProgressSent:
		return fmt.Sprintf("revision %d", e.Revision)
	}
	return e.Text
}

// raftWords parts a Raft event's sentence into its verb and the rest.
func raftWords(e raft.Event) (verb, rest string) {
	all, verb := e.String(), e.Kind.String()
	if after, ok := strings.CutPrefix(all, verb); ok {
		return verb, strings.TrimSpace(after)
	}
	verb, rest, _ = strings.Cut(all, " ")
	return verb, rest
}

func clientVerb(e *client.Event) string {
	switch e.Kind {
	case client.Called:
		return "calls"
	case client.Retried:
		return "sends again"
	case client.WillRetry:
		return "asks again"
	case client.Unreachable:
		return "is not connected"
	case client.Reached:
		return "is connected"
	case client.Learned:
		return "has learned"
	case client.WatchCalled:
		return "watches"
	case client.WatchReceived:
		return "is told"
	case client.WatchBroken:
		return "lost its watch"
	case client.WatchEnded:
		return "watch ended"
	case client.Queued:
		return "waits in line"
	case client.Held:
		return "is first in line"
	case client.Released:
		return "left the line"
	case client.SessionLost:
		return "lost its lease"
	case client.Printed:
		return "prints"
	}
	return e.Operation.Outcome.String()
}

// Detail is what Verb leaves to say.
func (r *Record) Detail() string {
	switch r.Kind {
	case Commanded:
		return r.Command.String()
	case Ineffective:
		return r.Command.String() + ": " + r.Text
	case Sent:
		return r.Packet.Label() + " to " + r.Packet.To.String() + mid(r.Packet)
	case Received:
		return r.Packet.Label() + " from " + r.Packet.From.String() + mid(r.Packet)
	case Lost:
		return fmt.Sprintf("%s from %v to %v%s: %s", r.Packet.Label(), r.Packet.From, r.Packet.To, mid(r.Packet), r.Text)
	case Held:
		return fmt.Sprintf("%s from %v to %v%s", r.Packet.Label(), r.Packet.From, r.Packet.To, mid(r.Packet))
	case Violated:
		return r.Rule.String() + ": " + r.Text
	case AtClient:
		return describeClient(r.Client)
	}
	return describeMember(&r.Member)
}

func mid(p *Packet) string { return " (m" + strconv.FormatUint(p.ID, 10) + ")" }

func describeClient(e *client.Event) string {
	switch e.Kind {
	case client.Queued:
		return "until " + e.Text + " is gone"
	case client.Held, client.Released, client.SessionLost, client.Printed:
		return e.Text
	case client.Unreachable:
		return "to " + e.Endpoint.String() + ": " + e.Text
	case client.Reached:
		return "to " + e.Endpoint.String() + " again"
	case client.Learned:
		return "its endpoints: " + e.Text
	}
	if e.Kind >= client.WatchCalled {
		return describeWatch(e)
	}
	op := &e.Operation
	switch e.Kind {
	case client.Called:
		return Ask(op.Request.Call)
	case client.WillRetry:
		return Ask(op.Request.Call) + ": " + e.Text
	case client.Retried:
		return Ask(op.Request.Call) + " to " + op.Endpoint.String()
	}
	return Ask(op.Request.Call) + ": " + Told(op)
}

// describeWatch says what happened to a watch: "watch 1 of /pods/ --prefix: 2 events up to revision 7".
func describeWatch(e *client.Event) string {
	s := fmt.Sprintf("watch %d of %s", e.Watch.ID, span(e.Watch.Request.Key, e.Watch.Request.End))
	if e.Watch.Hidden() {
		s = "watch of " + span(e.Watch.Request.Key, e.Watch.Request.End)
	}
	switch e.Kind {
	case client.WatchCalled:
		return s
	case client.WatchReceived:
		if n := len(e.Message.Events); n > 0 {
			return fmt.Sprintf("%s: %d events up to revision %d", s, n, e.Watch.Next-1)
		}
		return fmt.Sprintf("%s: nothing happened up to revision %d", s, e.Message.Revision)
	case client.WatchBroken:
		return fmt.Sprintf("%s: %s; it goes on from revision %d", s, e.Text, e.Watch.Next)
	}
	if e.Text != "" {
		return s + ": " + e.Text
	}
	return s
}

func upLabel(u *etcd.ClientMessage) string {
	switch {
	case u.Open:
		return "watch"
	case u.End:
		return "end"
	case u.Request != nil && u.Request.Kind == watch.Progress:
		return "how far?"
	}
	return "watch…"
}

func downLabel(d *etcd.ServerMessage) string {
	switch {
	case len(d.More) > 0:
		one := *d
		one.More = nil
		return fmt.Sprintf("%s ×%d", downLabel(&one), len(d.More)+1)
	case d.Closed:
		return "closed"
	case d.Message.Created:
		return "watching"
	case d.Message.Canceled:
		return "canceled"
	case d.Message.IsProgress():
		return fmt.Sprintf("progress %d", d.Message.Revision)
	case len(d.Message.Events) == 1:
		return fmt.Sprintf("event %d", d.Message.Events[0].Revision.Main)
	}
	return fmt.Sprintf("%d events", len(d.Message.Events))
}

func describeMember(e *etcd.Event) string {
	switch e.Kind {
	case etcd.RaftEvent:
		_, rest := raftWords(e.Raft)
		return rest
	case etcd.WatchEvent:
		return describeWatcher(e.Watch)
	case etcd.Started:
		return fmt.Sprintf("with %d entries from its disk", e.Count)
	case etcd.DiskChanged, etcd.NotStarted, etcd.DirectoryChanged, etcd.HashesDiffer:
		return e.Text
	case etcd.HashesCompared:
		return fmt.Sprintf("at revision %d: %d others have the same", e.Revision, e.Count)
	case etcd.Crashed:
		if e.Text != "" {
			return e.Text
		}
		return fmt.Sprintf("and lost %d entries that were not synced", e.Count)
	case etcd.LeaseExpired:
		return fmt.Sprintf("%016x", e.Request)
	case etcd.LeasesPromoted:
		return strconv.Itoa(e.Count) + " leases begin anew"
	case etcd.Compacted, etcd.CompactionDone, etcd.AutoCompaction:
		return "to revision " + strconv.FormatInt(e.Revision, 10)
	case etcd.DefragStarted, etcd.DefragDone:
		return strconv.Itoa(e.Count) + " bytes"
	case etcd.AlarmRaised, etcd.AlarmCleared:
		return e.Text
	case etcd.Ready:
		return fmt.Sprintf("with %d requests waiting", e.Count)
	case etcd.Resumed:
		return fmt.Sprintf("with %d things waiting", e.Count)
	case etcd.AwaitsLeader, etcd.Proposed:
		return request(e.Request)
	case etcd.Refused, etcd.Expired:
		return request(e.Request) + ": " + e.Text
	case etcd.SyncStarted, etcd.SyncDone:
		return syncText(e)
	case etcd.Applied:
		return appliedText(e)
	case etcd.Configured, etcd.Reconfigured:
		return fmt.Sprintf("entry %d: %s", e.Index, e.Text)
	case etcd.ReadStarted:
		return strconv.Itoa(e.Count) + " reads wait"
	case etcd.ReadConfirmed:
		return fmt.Sprintf("%d: reads may be served once it is applied", e.Index)
	case etcd.Served:
		return fmt.Sprintf("request %d: %d keys at revision %d", e.Request, e.Count, e.Revision)
	case etcd.BackendCommit, etcd.SnapshotSaved, etcd.SnapshotInstalled:
		return fmt.Sprintf("up to entry %d, revision %d", e.Index, e.Revision)
	}
	return ""
}

func appliedText(e *etcd.Event) string {
	if e.Text != "" {
		return fmt.Sprintf("entry %d: refused: %s", e.Index, e.Text)
	}
	return fmt.Sprintf("entry %d: revision %d", e.Index, e.Revision)
}

// request names a request, or a member's own proposal.
func request(id uint64) string {
	if etcd.OwnID(id) {
		return "its own name"
	}
	return "request " + strconv.FormatUint(id, 10)
}

func syncText(e *etcd.Event) string {
	what := "its term and vote"
	switch {
	case e.Index != 0 && e.Index == e.Last:
		what = "entry " + strconv.FormatUint(uint64(e.Index), 10)
	case e.Index != 0:
		what = fmt.Sprintf("entries %d–%d", e.Index, e.Last)
	}
	if e.Kind == etcd.SyncStarted && e.Until == 0 {
		return what + "; the disk has stalled"
	}
	if e.Kind == etcd.SyncStarted {
		return fmt.Sprintf("%s; fsync until %v", what, e.Until)
	}
	return what
}

// Label names a packet in a few characters, as on its glyph: "App 11–12", "✓ 11", "♥", "vote? t4", "put".
func (p *Packet) Label() string {
	switch {
	case p.Response != nil && p.Response.Err != "":
		return "error"
	case p.Response != nil:
		return "answer"
	case p.Request != nil:
		return api.RowOf(p.Request.Call).Name
	case p.Up != nil:
		return upLabel(p.Up)
	case p.Down != nil:
		return downLabel(p.Down)
	}
	return raftLabel(p.Raft)
}

func raftLabel(m *raft.Message) string {
	switch m.Type {
	case raft.MsgApp:
		return entrySpan(m)
	case raft.MsgAppResp:
		if m.Reject {
			return fmt.Sprintf("✗ %d", m.Index)
		}
		return fmt.Sprintf("✓ %d", m.Index)
	case raft.MsgSnap:
		return fmt.Sprintf("snap %d", m.Snapshot.Index)
	case raft.MsgHeartbeat:
		return "♥"
	case raft.MsgHeartbeatResp:
		return "♥ ✓"
	case raft.MsgVote:
		return fmt.Sprintf("vote? t%d", m.Term)
	case raft.MsgPreVote:
		return fmt.Sprintf("pre? t%d", m.Term)
	case raft.MsgVoteResp, raft.MsgPreVoteResp:
		answer := "yes"
		if m.Reject {
			answer = "no"
		}
		return fmt.Sprintf("%s t%d", answer, m.Term)
	case raft.MsgProp:
		return "prop"
	case raft.MsgReadIndex:
		return "read?"
	case raft.MsgReadIndexResp:
		return fmt.Sprintf("read %d", m.Index)
	case raft.MsgTimeoutNow:
		return "campaign!"
	}
	return strings.TrimPrefix(m.Type.String(), "Msg")
}

func entrySpan(m *raft.Message) string {
	switch len(m.Entries) {
	case 0:
		return fmt.Sprintf("commit %d", m.Commit)
	case 1:
		return fmt.Sprintf("App %d", m.Entries[0].Index)
	}
	return fmt.Sprintf("App %d–%d", m.Entries[0].Index, m.Entries[len(m.Entries)-1].Index)
}

// Ask says what a request asks for, as a command would: "put /pods/pod1 data1".
func Ask(call api.Call) string {
	name := api.RowOf(call).Name
	switch c := call.(type) {
	case api.MemberAdd:
		return "member add " + memberName(c.Member)
	case api.MemberRemove:
		return "member remove " + memberName(c.Member)
	case api.MemberUpdate:
		return "member update " + memberName(c.Member) + " " + c.PeerURL
	case api.MemberPromote:
		return "member promote " + memberName(c.Member)
	case api.MoveLeader:
		return "move-leader " + memberName(c.Target)
	case api.Snapshot:
		return "snapshot save " + c.File
	case api.Put:
		return name + " " + shorten(c.Key) + " " + shorten(c.Value)
	case api.Compaction:
		return name + " " + strconv.FormatInt(c.Revision, 10)
	case api.LeaseGrant:
		return name + " " + strconv.FormatInt(c.TTL, 10)
	case api.LeaseRevoke:
		return fmt.Sprintf("%s %016x", name, uint64(c.ID))
	case api.LeaseKeepAlive:
		return fmt.Sprintf("%s %016x", name, uint64(c.ID))
	case api.LeaseTimeToLive:
		return fmt.Sprintf("%s %016x", name, uint64(c.ID))
	case api.Txn:
		return fmt.Sprintf("txn of %d compares, %d and %d operations", len(c.Compare), len(c.Success), len(c.Failure))
	case api.DeleteRange:
		return name + " " + span(c.Key, c.End)
	case api.Range:
		return name + " " + span(c.Key, c.End)
	}
	return name
}

func span(key, end string) string {
	from := shorten(key)
	switch {
	case end == "":
		return from
	case key == mvcc.FromKey && end == mvcc.FromKey:
		return `"" --prefix`
	case end == mvcc.FromKey:
		return from + " --from-key"
	case end == mvcc.PrefixEnd(key):
		return from + " --prefix"
	}
	return from + " … " + shorten(end)
}

func memberName(m api.Member) string { return raft.ID(m).String() }

// shorten keeps a key or a value to a line: they may be as long as a request.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "… (" + strconv.Itoa(len(s)) + " bytes)"
}

// Told says what a client was told about an operation.
func Told(op *client.Operation) string {
	resp := op.Response
	switch {
	case op.Outcome == client.Waiting:
		return "no answer yet"
	case op.Err != "":
		return op.Err
	case resp.Database != nil:
		return fmt.Sprintf("saved, revision %d", resp.Header.Revision)
	}
	switch b := resp.Body.(type) {
	case api.PutReply:
		return fmt.Sprintf("OK, revision %d", resp.Header.Revision)
	case api.DeleteReply:
		return fmt.Sprintf("%d deleted, revision %d", b.Deleted, resp.Header.Revision)
	case api.RangeReply:
		switch {
		case b.Count == 0:
			return fmt.Sprintf("no such key, revision %d", resp.Header.Revision)
		case b.Count == 1 && len(b.KVs) == 1:
			return fmt.Sprintf("%s, revision %d", shorten(b.KVs[0].Value), resp.Header.Revision)
		}
		return fmt.Sprintf("%d keys, revision %d", b.Count, resp.Header.Revision)
	case api.TxnReply:
		if b.Succeeded {
			return fmt.Sprintf("succeeded, revision %d", resp.Header.Revision)
		}
		return fmt.Sprintf("took the other branch, revision %d", resp.Header.Revision)
	case api.LeaseGrantReply:
		return fmt.Sprintf("lease %016x for %ds", uint64(b.ID), b.TTL)
	case api.LeaseKeepAliveReply:
		return fmt.Sprintf("%ds more", b.TTL)
	case api.LeaseTimeToLiveReply:
		return fmt.Sprintf("%ds left of %ds", b.TTL, b.Granted)
	case api.LeaseLeasesReply:
		return fmt.Sprintf("%d leases", len(b.IDs))
	case api.AlarmReply:
		return fmt.Sprintf("%d alarms", len(b.Alarms))
	case api.MembersReply:
		return fmt.Sprintf("%d members", len(b.Members))
	case api.HashKVReply:
		return fmt.Sprintf("%d at revision %d", b.Hash, b.HashRevision)
	}
	return "done"
}

// DescribeEntry says what an entry of the log holds, in a few characters: "put /pods/pod1", "∅" for the empty entry of
// a new term, "+n3".
func DescribeEntry(e *raft.Entry) string {
	switch {
	case e.Type != raft.EntryNormal:
		cc, err := raft.DecodeConfChange(e)
		if err != nil || len(cc.Changes) == 0 {
			return "conf"
		}
		return [...]string{"+", "−", "~", "+l "}[cc.Changes[0].Type&3] + cc.Changes[0].ID.String()
	case len(e.Data) == 0:
		return "∅"
	}
	_, call, err := api.Decode(e.Data)
	if err != nil {
		return "?"
	}
	switch c := call.(type) {
	case api.Put:
		return "put " + c.Key
	case api.DeleteRange:
		return "del " + c.Key
	case api.Publish:
		return c.Name + " is up"
	case api.ClusterVersion:
		return "version " + c.Version
	}
	return api.RowOf(call).Name
}
