package world

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Restoring a backup, as etcdutl does it: it makes a data directory, and asks nobody.

// restoring is a cluster that is being founded from a file: its members' directories are made one after the other.
type restoring struct {
	command script.SnapshotRestore // without what differs from member to member
	at      sim.Time               // when the file was made
	history uint32
	made    sim.Set // for which machines
}

// commandRestore lets a client run etcdutl snapshot restore.
func (w *World) commandRestore(c script.SnapshotRestore) error {
	from, _, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	f, wrong, exit := w.founders(c)
	if wrong == "" && c.Whole() && w.backup(c.File) != nil {
		for i, m := range w.members {
			if m.Up() || w.starts[i+1] != 0 {
				return refuse("%v is running: a new cluster can only be founded on all machines when the old one is down",
					sim.Member(i+1))
			}
		}
	}
	w.given(c)
	id := w.typing(from, c, c.Flags).Task
	if wrong == "" {
		wrong = w.restoreTo(c, f)
	}
	if wrong == "" {
		exit = ctl.ExitSuccess
	}
	w.say(from, id, Said{failure: wrong, exit: exit, Done: true})
	return nil
}

// founders returns what the flags say of the new cluster, or etcdutl's error and exit code.
func (w *World) founders(c script.SnapshotRestore) (f etcd.Founding, wrong string, exit int) {
	switch {
	case (c.Bump > 0) != c.MarkCompacted:
		return f, "--mark-compacted required if --revision-bump > 0", ctl.ExitBadArgs
	case c.Whole():
		f = etcd.Founders(w.cfg.Members)
		f.Token = c.Token
		return f, "", ctl.ExitError
	}
	b := etcd.Bootstrap{Name: c.Name, InitialCluster: c.InitialCluster, AdvertisePeerURLs: c.PeerURLs}
	f, wrong = b.Founding(c.Token)
	return f, wrong, ctl.ExitError
}

// restoreTo makes the directories, and returns etcdutl's error.
func (w *World) restoreTo(c script.SnapshotRestore, f etcd.Founding) string {
	h, _ := sim.ParseHost(c.Name)
	if !c.Whole() && (h.Number() > len(w.members) || w.occupied(h, restoreDir(c))) {
		return "data-dir " + strconv.Quote(restoreDir(c)) + " not empty or could not be read"
	}
	from := w.backup(c.File)
	switch {
	case from == nil:
		return "open " + c.File + ": no such file or directory"
	case from.Damaged && !c.SkipHashCheck:
		if !c.Whole() {
			w.litter(h, restoreDir(c))
		}
		return from.mismatch()
	}
	db := from.database
	if c.Bump > 0 {
		db = db.Bumped(c.Bump)
	}
	if c.Whole() {
		w.restoreAll(f, db)
		return ""
	}
	w.place(h, restoreDir(c), etcd.Restored(f, h.Number(), db, w.restoration(c, from, h)))
	return ""
}

func restoreDir(c script.SnapshotRestore) string {
	if c.DataDir == "" {
		return c.Name + ".etcd"
	}
	return c.DataDir
}

// occupied reports whether a machine has something in a directory.
func (w *World) occupied(h sim.Host, dir string) bool {
	return (dir == w.Directory(h) && !w.member(h).Directory().Empty()) || w.shelved(h, dir) != nil
}

// litter leaves a directory with what a restore that was broken off has copied.
func (w *World) litter(h sim.Host, dir string) {
	if dir != w.Directory(h) {
		w.shelf = append(w.shelf[:len(w.shelf):len(w.shelf)],
			directory{host: h, name: dir, data: etcd.EmptyData(), ran: never})
	}
}

// place puts a directory on a machine's disk.
func (w *World) place(h sim.Host, dir string, data etcd.Data) {
	if dir != w.Directory(h) {
		w.shelf = append(w.shelf[:len(w.shelf):len(w.shelf)], directory{host: h, name: dir, data: data, ran: never})
		return
	}
	w.member(h).Directory().Swap(data)
	w.replaced(h, false, never)
}

// restoration returns which history a restored member belongs to: that of the others which were made of the same file
// with the same flags, unless this machine has its directory already. Then a new cluster begins.
func (w *World) restoration(c script.SnapshotRestore, from *Backup, h sim.Host) uint32 {
	c.Name, c.DataDir, c.PeerURLs, c.Flags = "", "", "", script.Flags{}
	r := &w.restoring
	if r.command != c || r.at != from.At || r.made&h.Bit() != 0 {
		*r = restoring{command: c, at: from.At, history: w.begins()}
	}
	r.made |= h.Bit()
	return r.history
}

// restoreAll founds a new cluster on the machines of the old one. Each gets the file's database and a log that holds
// only the members. What was written after the backup is gone, and clients that were told otherwise were told the truth
// of another cluster.
func (w *World) restoreAll(f etcd.Founding, db *etcd.Database) {
	history := w.begins()
	for i, m := range w.members {
		if i < w.cfg.Members {
			m.Directory().Swap(etcd.Restored(f, i+1, db, history))
			w.machines[i+1] = machine{}
		} else { // it stands by until it is added again
			m.Directory().Swap(etcd.EmptyData())
			w.machines[i+1] = machine{joined: true}
		}
	}
	w.shelf = nil
	w.silence()
	w.origins = make([]origin, len(w.members))
	w.judged.altered = [sim.MaxMembers + 1]bool{}
	w.judgeAnew(history)
}

// mismatch writes what etcdutl says of a file whose checksum is not that of its bytes. The digests are made up.
func (b *Backup) mismatch() string {
	const bytes = 32
	sum := func(seed uint64) string {
		list := make([]string, bytes)
		for i := range list {
			seed = rng.Mix(seed, uint64(i))
			list[i] = strconv.FormatUint(seed&0xff, 10)
		}
		return "[" + strings.Join(list, " ") + "]"
	}
	h := b.database.Store.Hash()
	return "expected sha256 " + sum(^h) + ", got " + sum(h)
}
