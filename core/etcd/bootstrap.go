package etcd

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// How a process that is started comes to its log (etcdserver/bootstrap.go). If the data directory holds one, that says
// who the member is, whatever the flags say. If it is empty, the member is new: with --initial-cluster-state=existing
// it asks the others who it is, with "new" it founds the cluster that --initial-cluster lists, together with the
// others, which do the same.

// Data is what a data directory holds: the log and the database of one member. Apart from its member it is immutable.
type Data struct {
	self    raft.ID // whose log it is: the WAL's metadata; raft.None: the directory is empty
	wal     WAL
	backend backend
	history uint32 // which one the judges take it for: a cluster that was founded anew has another, even with the old ID
}

// Empty reports whether the directory holds nothing.
func (d *Data) Empty() bool { return d.self == raft.None }

// Whose returns how etcd would name the member whose directory it is: "ac469962d8f4741e".
func (d *Data) Whose() string { return hex(d.backend.cluster.of(d.self).id) }

// clone returns an independent copy. The store of the database is never written in place.
func (d *Data) clone() Data {
	c := *d
	c.wal = d.wal.clone()
	return c
}

// Defragmented returns the directory with a database file that is as long as what is in it, and how long the file was
// and is (etcdutl, defrag_command.go).
func (d *Data) Defragmented() (after Data, was, is int64) {
	after = d.clone()
	after.backend.Store = d.backend.Store.Clone() // keyframes share it
	after.backend.Store.Defragment()
	return after, d.backend.Store.Size(), after.backend.Store.Size()
}

// EmptyData returns a directory that holds nothing.
func EmptyData() Data {
	d := Data{backend: backend{Database: Database{Store: mvcc.New()}}}
	d.wal.format(raft.HardState{}, nil)
	return d
}

// identities returns whom the founding members make of themselves.
func (f *Founding) identities() (list []identity) {
	token := f.Token
	if token == "" {
		token = clusterToken
	}
	for _, x := range f.Members {
		id := raft.OnMachine(x.Machine, 0)
		urls := peerURLOf(id, x.PeerURLs)
		list = append(list, identity{number: id, id: digest(urls, token), peerURL: urls})
	}
	return list
}

// found returns the directory of one of the members that found a cluster, as RawNode.Bootstrap and etcdutl do it: its
// log holds the initial configuration, one entry a member, committed (etcdutl/snapshot, v3_snapshot.go).
func (f *Founding) found(machine int, db Database) Data {
	d := Data{self: raft.OnMachine(machine, 0), backend: backend{Database: db}}
	d.backend.Store, d.backend.cluster = db.Store.Clone(), cluster{}
	var entries []raft.Entry
	members := f.identities()
	for i, who := range members {
		d.backend.conf.Voters = append(d.backend.conf.Voters, who.number)
		*d.backend.cluster.edit(who.number) = who
		add := raft.ConfChange{V1: true, Changes: []raft.Change{{Type: raft.AddNode, ID: who.number}}}
		if who != founder(who.number) { // what is not so by default has to be said
			add.Context = confContext(0, who)
		}
		entries = append(entries, add.Encode())
		entries[i].Term, entries[i].Index = 1, raft.Index(i+1)
	}
	d.backend.cluster.id = clusterID(members)
	d.wal.format(raft.HardState{Term: 1, Commit: raft.Index(len(entries))}, entries)
	return d
}

// New returns a member that has been set up but not started, one of those that found the run's cluster.
func New(cfg *Config, host sim.Host, fsync *sim.Quantiles) *Member {
	m := Join(cfg, host, fsync)
	f := Founders(cfg.Members)
	m.storage.Data = f.found(host.Number(), Database{Store: mvcc.New()})
	return m
}

// Join returns a machine for a member that is to be added to a cluster that exists: its disk is empty, and it learns
// everything from the leader.
func Join(cfg *Config, host sim.Host, fsync *sim.Quantiles) *Member {
	return &Member{
		self: self{cfg: cfg, host: host}, storage: storage{EmptyData(), sim.NewDisk(cfg.Seed, host, fsync)},
	}
}

// Swap puts another directory in the place of this one, from which no process runs, and returns the old one.
func (d *Data) Swap(other Data) Data {
	old := *d
	*d = other.clone()
	return old
}

// Restored returns the directory that etcdutl makes of a database for a machine's member: revisions go on from there,
// the log begins anew, behind a snapshot that stands for the founders. Without that a member that joins later would be
// sent the log from its beginning, and lack what the database held (etcdutl/snapshot, v3_snapshot.go, saveWALAndSnap
// and updateCIndex).
func Restored(f Founding, machine int, db *Database, history uint32) Data {
	d := f.found(machine, *db)
	d.history = history
	d.backend.index = d.wal.hard.Commit
	d.wal.saveSnapshot(raft.Snapshot{Index: d.wal.hard.Commit, Term: d.wal.hard.Term, Conf: d.backend.conf})
	return d
}

// History returns which history the member's directory belongs to, for the judges.
func (m *Member) History() uint32 { return m.storage.history }

// Bumped returns a database whose revision is higher by an amount, and all before it compacted.
func (d *Database) Bumped(by int64) *Database {
	c := *d
	c.Store = d.Store.Clone()
	c.Store.Bump(by)
	return &c
}

// Altered returns a database in which the value of the first key is damaged: its last byte has another bit.
func (d *Database) Altered() *Database {
	c := *d
	c.Store = d.Store.Clone()
	for kv := range c.Store.All("\x00", "\x00", 0) {
		if n := len(kv.Value); n > 0 {
			c.Store.Alter(kv.Key, kv.Value[:n-1]+string(kv.Value[n-1]^1))
			break
		}
	}
	return &c
}

// Found makes an empty directory that of a founder of a cluster, and returns why not: etcd's error. Other is a member
// that can be asked; nil if none answers (bootstrapNewClusterNoWAL).
func (d *Data) Found(host sim.Host, f Founding, other *Member, history uint32) string {
	founded := f.found(host.Number(), Database{Store: mvcc.New()})
	founded.history = history
	who := founded.backend.cluster.of(founded.self)
	if other != nil {
		for _, info := range other.Roster() {
			if info.ID == who.id && info.ClientURL != "" {
				return "member " + hex(who.id) + " has already been bootstrapped"
			}
		}
	}
	*d = founded
	return ""
}

// Adopt makes an empty directory that of the member which is known at the machine's address, and returns why not:
// etcd's error (bootstrapExistingClusterNoWAL). The member's ID comes with its address: a directory that was wiped
// takes its old one again.
func (d *Data) Adopt(host sim.Host, other *Member) string {
	if other == nil {
		return "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs"
	}
	for _, info := range other.Roster() {
		if id := raft.ID(info.Member); other.HostOf(id) == host {
			*d = EmptyData()
			d.self, d.backend.cluster.id, d.history = id, other.ClusterID(), other.storage.history
			*d.backend.cluster.edit(id) = identity{number: id, id: info.ID, peerURL: info.PeerURL}
			return ""
		}
	}
	return "error validating peerURLs " + clusterText(other) + ": member count is unequal"
}

// clusterText writes what a member tells those who ask for its cluster, as etcd's struct prints itself
// (membership/cluster.go, String).
func clusterText(m *Member) string {
	var list []string
	for _, x := range m.Roster() {
		list = append(list, fmt.Sprintf("&{ID:%s RaftAttributes:{PeerURLs:[%s] IsLearner:%t} Attributes:{Name:%s "+
			"ClientURLs:[%s]}}",
			hex(x.ID), strings.ReplaceAll(x.PeerURL, ",", " "), x.Learner, x.Name, x.ClientURL))
	}
	return "{ClusterID:" + hex(m.ClusterID()) + " Members:[" + strings.Join(list, " ") + "] RemovedMemberIDs:[]}"
}

// ForceNewCluster makes a cluster of one out of the directory, --force-new-cluster: what is not committed is thrown
// away, and the log goes on with the removal of everybody else, committed without asking them (storage/util.go,
// CreateConfigChangeEnts).
func (d *Data) ForceNewCluster(history uint32) {
	d.history = history
	w := &d.wal
	last, _ := w.Synced()
	w.hard.Commit = min(max(w.hard.Commit, d.backend.index, w.snapshot.Index), last)
	w.crash()
	entries := w.entries.Clone()
	entries.Truncate(int(w.hard.Commit) + 1)
	for _, id := range w.effective(entries.Len()) {
		if id == d.self {
			continue
		}
		cc := raft.ConfChange{V1: true, Changes: []raft.Change{{Type: raft.RemoveNode, ID: id}},
			Context: confContext(changeRemove, identity{})}
		e := cc.Encode()
		e.Term, e.Index = w.hard.Term, raft.Index(entries.Len())
		entries.Append(e)
	}
	w.entries = entries
	w.hard.Commit = raft.Index(entries.Len()) - 1
}

// effective returns the members that a log has below an index (storage/util.go, GetEffectiveNodeIDsFromWALEntries).
func (w *WAL) effective(end int) (ids []raft.ID) {
	ids = append(append(ids, w.snapshot.Conf.Voters...), w.snapshot.Conf.Learners...)
	for i := w.snapshot.Index + 1; int(i) < end; i++ {
		e, ok := w.EntryAt(i)
		if !ok || e.Type != raft.EntryConfChange {
			continue
		}
		cc, err := raft.DecodeConfChange(&e)
		if err != nil {
			continue
		}
		for _, c := range cc.Changes {
			switch at := index(ids, c.ID); {
			case c.Type == raft.RemoveNode && at >= 0:
				ids = append(ids[:at], ids[at+1:]...)
			case c.Type != raft.RemoveNode && c.Type != raft.UpdateNode && at < 0 && c.ID != raft.None:
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

// group returns what the process knows of the group; of one that does not run, what its database does.
func (m *Member) group() *cluster {
	if m.process == nil {
		return &m.storage.backend.cluster
	}
	return &m.process.applier.cluster
}

// ClusterID returns the identity of the cluster that the member belongs to; 0 if its directory is empty.
func (m *Member) ClusterID() uint64 { return m.group().id }

// EtcdID returns the member's ID as etcd's answers have it; 0 if its directory is empty.
func (m *Member) EtcdID() uint64 { return m.group().of(m.storage.self).id }

// Refuses reports whether the member knows that another one was removed from their cluster.
func (m *Member) Refuses(other *Member) bool {
	id := other.storage.self
	return m.ClusterID() == other.ClusterID() && (m.group().gone(id) || m.storage.backend.cluster.gone(id))
}

// Finds reports whether the member looks for another one at a machine, and does not refuse it.
func (m *Member) Finds(other *Member, at sim.Host) bool {
	return m.ClusterID() == other.ClusterID() && m.HostOf(other.storage.self) == at && !m.Refuses(other)
}

// Newest returns the newest member that this one knows for a machine; false if it knows none, or if that was removed.
func (m *Member) Newest(machine int) (id raft.ID, ok bool) {
	id = m.group().on(machine).number
	return id, id != raft.None && m.Knows(id)
}

// HostOf returns the machine at a member's address, as the process knows it; 0 if nobody listens there.
func (m *Member) HostOf(id raft.ID) sim.Host { return m.remembered().hostOf(id) }

// remembered returns what the process knows of the group; nothing if none runs.
func (m *Member) remembered() *cluster {
	if m.process == nil {
		return &cluster{}
	}
	return &m.process.applier.cluster
}

// Roster lists the group as the member has it.
func (m *Member) Roster() []api.MemberInfo { return m.remembered().roster(m.Conf()) }

// Conf returns the configuration in force at the member; of one that is down, as its database has it.
func (m *Member) Conf() raft.ConfState {
	if m.process == nil {
		return m.storage.backend.conf
	}
	return m.process.loop.node.Conf()
}

// ID returns whose log the member's disk holds; raft.None if it is empty.
func (m *Member) ID() raft.ID { return m.storage.self }

// Removed reports whether the member knows that it has been removed for good.
func (m *Member) Removed() bool { return m.Refuses(m) }

// Knows reports whether the member, running or not, has another one in its configuration.
func (m *Member) Knows(id raft.ID) bool { return has(m.Conf(), id) }

// has reports whether a configuration has a member, voting or not.
func has(conf raft.ConfState, id raft.ID) bool {
	return contains(conf.Voters, id) || contains(conf.Learners, id)
}

// NotStarted tells that a process could not start, in etcd's words.
func (o *Output) NotStarted(why string) { o.event(Event{Kind: NotStarted, Text: why}) }

// DirectoryChanged tells that a process will be started from another directory, or that its directory was emptied.
func (o *Output) DirectoryChanged(text string) { o.event(Event{Kind: DirectoryChanged, Text: text}) }

// Directory returns what is on the member's disk. While a process runs it is for looking.
func (m *Member) Directory() *Data { return &m.storage.Data }
