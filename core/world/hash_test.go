package world

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// notHashed are the fields that World.Hash leaves out, each with the reason. A path ends where its whole rest is left
// out.
var notHashed = map[string]string{
	"preset": "follows from cfg", "fsync": "follows from cfg", "twins": "where memory is shared",
	"keep": "how much is kept to be looked at", "cfg.Memory": "the machine's",
	"journal.records": "its hash is in it", "journal.keep": "how much is kept to be looked at",
	"cause":          "set anew by each turn",
	"tape[].Command": "by its text", "judges.Safety": "follows from what happened",
	"judges.Store": "follows from what happened", "judges.cursors": "follows from the members",
	"judges.changes": "scratch", "judges.found": "scratch",
	"judged":    "follows from what happened",
	"memberOut": "scratch", "clientOut": "scratch",
	"broken": "is the last record, whose hash is in it",
	"story":  "looked at only", "history": "looked at only", "recent": "of a keyframe: of history",
	"monitor": "looked at only", "said": "looked at only",
	"members": "by their own digests", "clients": "by what they show", "typed[].command": "by its text",
	"typed[].options": "follow from the command", "typed[].told": "by how many",
	"typed[].environ": "by its words", "typed[].later": "whether it waits; what it asks follows from the command",
	"machines[].ran": "for the judges", "shelf[].ran": "for the judges",
	"backups[].database": "follows from what happened", "shelf[].data": "by whose it is",
	"machines[].start": "by its text", "restoring.command": "by its text",
	"net.peer": "follows from cfg", "net.client": "follows from cfg", "net.noise": "follows from cfg",
	"net.cut":                "follows from the rules",
	"queue.items[].V.signal": "by what it says", "actors[][].load.to": "by host and name",
	"queue.items[].V.packet": "by what it says", "held[]": "by what it says", "actors[][].APIServer": "by its own digest",
	"actors[][].perf.Perf.Errors": "by text and number", "actors[][].perf.to": "follows from its command",
	"actors[][].perf.command": "its task has it by its text",
	"shells.vars[]":           "by names and values", "shells.jobs[].command": "by its text",
	"shells.jobs[].cause":   "of what is recorded next",
	"shells.jobs[].session": "by what is left, its exit code and its variables",
	"shells.jobs[].out":     "looked at only", "shells.jobs[].err": "looked at only",
	"shells.jobs[].notes": "looked at only",
}

// full is a world in which something of everything is under way.
func full(t *testing.T) *World {
	t.Helper()
	w, err := New(Config{Members: 3, Clients: 4, Preset: "etcd", Seed: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(5*sim.Second, 1<<40)
	for _, line := range strings.Split(busyScript, "\n") {
		if line == "" {
			continue
		}
		if err := order(w, line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		w.Advance(w.Now()+3*sim.Millisecond, 1<<40)
	}
	for len(w.InFlight()) == 0 {
		w.Step()
	}
	if err := order(w, fmt.Sprintf("hold m%d", w.InFlight()[0].ID)); err != nil {
		t.Fatal(err)
	}
	w.tape, w.pos = []Timed{{w.now + 1, script.Heal{}}}, 0
	return w
}

// order gives a command by its text.
func order(w *World, line string) error {
	c, err := script.Parse(line)
	if err != nil {
		return err
	}
	return w.Do(c)
}

const busyScript = `
put a 1
snapshot save before.db
compactor start --interval 5m --client c4
watch a --client c2 --prev-kv
lock other --client c1 sleep 60
watch a --client c1 --rev 1 -- sleep 60
lease grant 100
lock build --client c3
drift n2 +20%
crash n3
restart n3 --data-dir other
disk n3 slow 20
split n1,n2,c1,c2,c3,c4 | n3
check perf --client c2
load 500/s --client c3
put b 2
shell "k=v; sleep 60" --client c4
`

// TestHashSeesEachField changes each number, flag and text that a world holds, one at a time, and must see the hash
// change, unless the table says why not. Whoever adds a field to World either folds it into Hash or writes into the
// table why it is left out.
func TestHashSeesEachField(t *testing.T) {
	w := full(t)
	moved := map[string]bool{} // by path: the elements of a list are alike, and some may be at rest
	walk(reflect.ValueOf(w).Elem(), "", func(path string, v reflect.Value) {
		before := w.Hash()
		restore := alter(v)
		if restore == nil {
			t.Errorf("%s is a %v: fold what it holds, and say so in the table", path, v.Kind())
			return
		}
		moved[path] = moved[path] || w.Hash() != before
		restore()
		if w.Hash() != before {
			t.Fatalf("%s: the test has left a trace", path)
		}
	}, func(path string) { t.Errorf("%s is empty: the test sees nothing of it", path) })
	for path, ok := range moved {
		if !ok {
			t.Errorf("%s is not in the hash", path)
		}
	}
	if len(moved) < 60 {
		t.Errorf("only %d fields were looked at", len(moved))
	}
}

// walk visits what a value holds, as far as the table lets it.
func walk(v reflect.Value, path string, visit func(string, reflect.Value), empty func(string)) {
	if _, out := notHashed[path]; out {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			field := reflect.NewAt(f.Type, unsafe.Pointer(v.Field(i).UnsafeAddr())).Elem()
			walk(field, strings.TrimPrefix(path+"."+f.Name, "."), visit, empty)
		}
	case reflect.Slice, reflect.Array:
		if v.Len() == 0 {
			empty(path)
		}
		for i := range v.Len() {
			walk(v.Index(i), path+"[]", visit, empty)
		}
	case reflect.Interface: // an actor
		walk(v.Elem().Elem(), path, visit, empty)
	default:
		visit(path, v)
	}
}

// alter changes a value and returns what changes it back; nil if it is none that can be changed.
func alter(v reflect.Value) func() {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	switch {
	case v.CanInt():
		v.SetInt(v.Int() + 1)
	case v.CanUint():
		v.SetUint(v.Uint() + 1)
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	default:
		return nil
	}
	return func() { v.Set(old) }
}
