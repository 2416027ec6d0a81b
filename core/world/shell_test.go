package world

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// typedLines carries lines out, lets time pass, and returns what was printed: standard error and exit codes marked,
// notes behind "note".
func typedLines(t *testing.T, w *World, lines ...string) string {
	t.Helper()
	var b strings.Builder
	told := w.Said().Len()
	for _, line := range lines {
		if err := w.Do(script.Shell{Text: line}); err != nil {
			b.WriteString("refused: " + err.Error() + "\n")
		}
		w.Advance(w.Now()+8*sim.Second, 1<<30)
		for ; told < w.Said().Len(); told++ {
			s := w.Said().Ref(told)
			out, err, exit := s.Print()
			for _, n := range s.Notes() {
				b.WriteString("note: " + n + "\n")
			}
			b.WriteString(out)
			for l := range strings.Lines(err) {
				b.WriteString("err: " + l)
			}
			if s.Done && exit != 0 {
				b.WriteString("exit " + string(rune('0'+exit%10)) + "\n")
			}
		}
	}
	return b.String()
}

func ready(t *testing.T) *World {
	t.Helper()
	w, err := New(Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(3*sim.Second, 1<<30)
	return w
}

// TestShellRecipe carries out what everybody does about a full database, as it stands on etcd's page.
func TestShellRecipe(t *testing.T) {
	w := ready(t)
	got := typedLines(t, w, "etcdctl put a 1; etcdctl put a 2", strings.Join([]string{
		`rev=$(etcdctl endpoint status --write-out="json" | egrep -o '"revision":[0-9]*' | egrep -o '[0-9].*')`,
		"etcdctl compact $rev", "etcdctl defrag", "etcdctl alarm disarm", `echo "was $rev"`}, "\n"))
	for _, want := range []string{"OK\nOK\n", "compacted revision 3\n", "Finished defragmenting etcd member", "was 3\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
}

// TestShellState shows that variables last, that a failure ends a block, and that what is refused changes nothing.
func TestShellState(t *testing.T) {
	w := ready(t)
	before := w.Hash()
	if got := typedLines(t, w, "etcdctl put a 1; put z $(date)"); !strings.Contains(got,
		"there is no command date here") || w.Commands() != 0 {
		t.Errorf("a text that is refused: %s", got)
	}
	if w.Now() == 0 || before == 0 {
		t.Fatal("no world")
	}
	got := typedLines(t, w, "x='a b'", `etcdctl put k "$x"`, "etcdctl get k --print-value-only | tr a-z A-Z",
		"etcdctl put k v --lease=7b\netcdctl put k never", "set +e",
		"etcdctl put k v --lease=7b 2>/dev/null; etcdctl get k --print-value-only", "put k v && get k | wc -l")
	want := "OK\nA B\nerr: Error: etcdserver: requested lease not found\n" +
		"note: Line 1 failed with exit code 1, and what stands behind it was not carried out (1): put set +e in front to " +
		"go on\nexit 1\n" +
		"a b\nOK\n2\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestShellWaits interrupts a watch, lets another run in the background, and sleeps.
func TestShellWaits(t *testing.T) {
	w := ready(t)
	got := typedLines(t, w, "etcdctl watch a | grep -v PUT; etcdctl put b 1", "etcdctl put a 1")
	if got != "a\n1\nOK\n" && got != "OK\na\n1\n" {
		t.Errorf("a watch in a pipe: %q", got)
	}
	if err := w.Do(script.Interrupt{}); err != nil {
		t.Fatal(err)
	}
	if len(w.shells.jobs) != 0 {
		t.Error("something is left of what was interrupted")
	}
	got = typedLines(t, w, "etcdctl watch a & etcdctl put c 1", "etcdctl put a 2; sleep 3; echo slept; etcdctl get b")
	if !strings.Contains(got, "PUT\na\n2\n") || !strings.HasSuffix(got, "slept\n") {
		t.Errorf("in the background: %q", got)
	}
}

// TestShellClones clones in the middle of a block, at every turn of it, and finds the same run in each clone.
func TestShellClones(t *testing.T) {
	const text = "x=$(etcdctl get a --print-value-only); etcdctl put b \"$x\" && sleep 1; etcdctl watch b & etcdctl " +
		"put b 2\nset +e; crash n9; get b | wc -l"
	whole := ready(t)
	typedLines(t, whole, "etcdctl put a 1")
	base := whole.Clone()
	if err := whole.Do(script.Shell{Text: text}); err != nil {
		t.Fatal(err)
	}
	from := whole.Turn()
	end := whole.Now() + 10*sim.Second
	middle := whole.Clone()
	whole.Advance(end, 1<<30)
	for turn := from; middle.Now() < end-9*sim.Second; turn++ {
		middle.AdvanceTurns(turn)
		other := middle.Clone()
		other.Advance(end, 1<<30)
		if other.Journal().Hash() != whole.Journal().Hash() || other.Hash() != whole.Hash() {
			t.Fatalf("a clone of turn %d comes to another end", turn)
		}
	}
	again, err := New(base.Config(), whole.Commanded())
	if err != nil {
		t.Fatal(err)
	}
	if again.Advance(end, 1<<30); again.Hash() != whole.Hash() {
		t.Error("the tape comes to another end")
	}
	if !strings.Contains(whole.Said().Ref(whole.Said().Len()-1).Command.String(), "shell ") {
		t.Error("what was printed last is not the shell's")
	}
}
