package world

import (
	"fmt"
	"path"

	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What etcdutl does to a data directory that no member uses: defrag, migrate. It takes no time. Of a member that is up
// the real one would wait for the lock on its database.

// offline finds the directory of a name: the machine that it is of, and what is in it; nil if there is none. Wrong says
// why nothing can be done to it.
func (w *World) offline(name string) (h sim.Host, d *etcd.Data, wrong error) {
	name = path.Clean(name)
	for i, m := range w.members {
		at := sim.Member(i + 1)
		var found *etcd.Data
		if s := w.shelved(at, name); s != nil {
			found = &s.data
		} else if name == w.Directory(at) && !m.Directory().Empty() {
			found = m.Directory()
		}
		switch {
		case found == nil:
		case d != nil:
			return 0, nil, refuse("%v and %v both have a directory %s: restart one of them from another, or wipe it", h, at,
				name)
		case found == m.Directory() && (m.Up() || w.starts[i+1] != 0):
			return 0, nil, refuse("%v is running: etcdutl would wait for the lock on its database until it ends; crash it "+
				"first, or use etcdctl defrag", at)
		default:
			h, d = at, found
		}
	}
	return h, d, nil
}

// noDatabase is what etcdutl says of a directory that is not there (common.go, validateDataDir).
func noDatabase(dir string) string {
	return "stat " + path.Join(dir, "member", "snap", "db") + ": no such file or directory"
}

// commandOfflineDefrag lets a client run etcdutl defrag.
func (w *World) commandOfflineDefrag(c script.OfflineDefrag) error {
	return w.etcdutl(c, c.Client, c.DataDir, func(h sim.Host, d *etcd.Data) string {
		if d == nil {
			return "Failed to defragment etcd data[" + c.DataDir + "] (" + noDatabase(c.DataDir) + ")"
		}
		after, was, is := d.Defragmented()
		w.exchange(h, path.Clean(c.DataDir), after)
		w.memberOut.Reset()
		w.memberOut.DirectoryChanged(fmt.Sprintf("the database in %s is defragmented: %s instead of %s",
			path.Clean(c.DataDir), ctl.Size(is), ctl.Size(was)))
		w.carryOut(h)
		return ""
	})
}

// commandMigrate lets a client run etcdutl migrate. Nothing here depends on the version of a database: a member of this
// version raises it again when it starts.
func (w *World) commandMigrate(c script.Migrate) error {
	return w.etcdutl(c, c.Client, c.DataDir, func(_ sim.Host, d *etcd.Data) string {
		switch why := c.Unknown(); {
		case d == nil:
			return noDatabase(c.DataDir)
		case why != "":
			return "cannot create migration plan: " + why
		}
		return ""
	})
}

// etcdutl carries out a command about a directory, which returns its error.
func (w *World) etcdutl(c script.Command, by script.Name, dir string, do func(sim.Host, *etcd.Data) string) error {
	from, _, err := w.asks(script.Flags{Client: by})
	if err != nil {
		return err
	}
	h, d, err := w.offline(dir)
	if err != nil {
		return err
	}
	w.given(c)
	id := w.typing(from, c, script.Flags{}).Task
	said := Said{Done: true}
	if said.failure = do(h, d); said.failure != "" {
		said.exit = ctl.ExitError
	}
	w.say(from, id, said)
	return nil
}

// exchange puts other contents into a directory of a machine.
func (w *World) exchange(h sim.Host, name string, data etcd.Data) {
	if name == w.Directory(h) {
		w.member(h).Directory().Swap(data)
		return
	}
	shelf := append([]directory(nil), w.shelf...)
	for i := range shelf {
		if shelf[i].host == h && shelf[i].name == name {
			shelf[i].data = data
		}
	}
	w.shelf = shelf
}
