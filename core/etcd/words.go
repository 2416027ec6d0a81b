package etcd

import (
	"fmt"
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Verb says in a word or two what the event tells, Detail the rest: "applied", "entry 11: revision 7".
func (e *Event) Verb() string {
	switch e.Kind {
	case RaftEvent:
		verb, _ := e.Raft.Words()
		return verb
	case WatchEvent:
		return e.Watch.Verb()
	}
	return verbs[e.Kind]
}

var verbs = [...]string{
	Started: "started", Crashed: "crashed", Paused: "paused", Resumed: "resumed",
	AwaitsLeader: "waits for a leader", Proposed: "proposed", Refused: "refused",
	SyncStarted: "writes to disk", SyncDone: "synced", Applied: "applied", Configured: "configured",
	Reconfigured: "configured again",
	ReadStarted:  "asks for the read index", ReadConfirmed: "read index known", Served: "served",
	Expired: "gave up", BackendCommit: "backend commit",
	SnapshotSaved: "saved a snapshot", SnapshotInstalled: "installed a snapshot",
	DiskChanged: "disk", LeaseExpired: "lease expired", LeasesPromoted: "keeps the leases' time",
	Compacted: "compacted", CompactionDone: "compaction done", AutoCompaction: "compacts",
	DefragStarted: "defragments", DefragDone: "defragmented", AlarmRaised: "alarm",
	AlarmCleared: "alarm cleared",
	Ready:        "serves clients", NotStarted: "did not start", DirectoryChanged: "disk",
	HashesCompared: "compared hashes", HashesDiffer: "hashes differ",
}

// Detail is what Verb leaves to say.
func (e *Event) Detail() string {
	switch e.Kind {
	case RaftEvent:
		_, rest := e.Raft.Words()
		return rest
	case WatchEvent:
		return e.Watch.Detail()
	case Started:
		return fmt.Sprintf("with %d entries from its disk", e.Count)
	case DiskChanged, NotStarted, DirectoryChanged, HashesDiffer:
		return e.Text
	case HashesCompared:
		return fmt.Sprintf("at revision %d: %d others have the same", e.Revision, e.Count)
	case Crashed:
		if e.Text != "" {
			return e.Text
		}
		return fmt.Sprintf("and lost %d entries that were not synced", e.Count)
	case LeaseExpired:
		return fmt.Sprintf("%016x", e.Request)
	case LeasesPromoted:
		return strconv.Itoa(e.Count) + " leases begin anew"
	case Compacted, CompactionDone, AutoCompaction:
		return "to revision " + strconv.FormatInt(e.Revision, 10)
	case DefragStarted, DefragDone:
		return strconv.Itoa(e.Count) + " bytes"
	case AlarmRaised, AlarmCleared:
		return e.Text
	case Ready:
		return fmt.Sprintf("with %d requests waiting", e.Count)
	case Resumed:
		return fmt.Sprintf("with %d things waiting", e.Count)
	case AwaitsLeader, Proposed:
		return requestText(e.Request)
	case Refused, Expired:
		return requestText(e.Request) + ": " + e.Text
	case SyncStarted, SyncDone:
		return e.syncText()
	case Applied:
		return e.appliedText()
	case Configured, Reconfigured:
		return fmt.Sprintf("entry %d: %s", e.Index, e.Text)
	case ReadStarted:
		return strconv.Itoa(e.Count) + " reads wait"
	case ReadConfirmed:
		return fmt.Sprintf("%d: reads may be served once it is applied", e.Index)
	case Served:
		return fmt.Sprintf("request %d: %d keys at revision %d", e.Request, e.Count, e.Revision)
	case BackendCommit, SnapshotSaved, SnapshotInstalled:
		return fmt.Sprintf("up to entry %d, revision %d", e.Index, e.Revision)
	}
	return ""
}

func (e *Event) appliedText() string {
	if e.Text != "" {
		return fmt.Sprintf("entry %d: refused: %s", e.Index, e.Text)
	}
	return fmt.Sprintf("entry %d: revision %d", e.Index, e.Revision)
}

func (e *Event) syncText() string {
	what := "its term and vote"
	switch {
	case e.Index != 0 && e.Index == e.Last:
		what = "entry " + strconv.FormatUint(uint64(e.Index), 10)
	case e.Index != 0:
		what = fmt.Sprintf("entries %d–%d", e.Index, e.Last)
	}
	if e.Kind == SyncStarted && e.Until == 0 {
		return what + "; the disk has stalled"
	}
	if e.Kind == SyncStarted {
		return fmt.Sprintf("%s; fsync until %v", what, e.Until)
	}
	return what
}

// requestText names a request, or a member's own proposal.
func requestText(id uint64) string {
	if OwnID(id) {
		return "its own name"
	}
	return "request " + strconv.FormatUint(id, 10)
}

// Label names the message in a few characters, as on its glyph.
func (m *ClientMessage) Label() string {
	switch {
	case m.Open:
		return "watch"
	case m.End:
		return "end"
	case m.Request != nil && m.Request.Kind == watch.Progress:
		return "how far?"
	}
	return "watch…"
}

// Label names the message in a few characters, as on its glyph.
func (m *ServerMessage) Label() string {
	switch {
	case len(m.More) > 0:
		one := *m
		one.More = nil
		return fmt.Sprintf("%s ×%d", one.Label(), len(m.More)+1)
	case m.Closed:
		return "closed"
	case m.Message.Created:
		return "watching"
	case m.Message.Canceled:
		return "canceled"
	case m.Message.IsProgress():
		return fmt.Sprintf("progress %d", m.Message.Revision)
	case len(m.Message.Events) == 1:
		return fmt.Sprintf("event %d", m.Message.Events[0].Revision.Main)
	}
	return fmt.Sprintf("%d events", len(m.Message.Events))
}

// CallText says what a request asks for, as a command would: "put /pods/pod1 data1".
func CallText(call api.Call) string {
	name := api.RowOf(call).Name
	switch c := call.(type) {
	case api.MemberAdd:
		return "member add " + member(c.Member)
	case api.MemberRemove:
		return "member remove " + member(c.Member)
	case api.MemberUpdate:
		return "member update " + member(c.Member) + " " + c.PeerURL
	case api.MemberPromote:
		return "member promote " + member(c.Member)
	case api.MoveLeader:
		return "move-leader " + member(c.Target)
	case api.Snapshot:
		return "snapshot save " + c.File
	case api.Put:
		return name + " " + api.Shorten(c.Key) + " " + api.Shorten(c.Value)
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
		return name + " " + api.KeyRange(c.Key, c.End)
	case api.Range:
		return name + " " + api.KeyRange(c.Key, c.End)
	}
	return name
}

func member(m api.Member) string { return raft.ID(m).String() }

// EntryText says what an entry of the log holds, in a few characters: "put /pods/pod1", "∅" for the empty entry of
// a new term, "+n3".
func EntryText(e *raft.Entry) string {
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
