package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// console types lines, waits a little behind each, and returns what the console shows: a line each, with the kind
// before it.
func console(t *testing.T, lines ...string) string {
	t.Helper()
	e := New(panels.Views())
	var b strings.Builder
	tick := func(elapsed int64, acts ...wire.Action) {
		r, _ := e.Tick(wire.Tick{Version: wire.Version, Elapsed: elapsed, Actions: acts})
		for _, l := range r.Lines {
			for text := range strings.Lines(l.Text) {
				b.WriteString(l.Kind.String() + " " + strings.TrimSuffix(text, "\n") + "\n")
			}
		}
	}
	tick(0, wire.Action{Kind: wire.Speed, N: 1_000_000}, wire.Action{Kind: wire.Play})
	for range 10 {
		tick(100_000)
	}
	b.Reset()
	for _, line := range lines {
		tick(0, wire.Action{Kind: wire.Do, Text: line, N: 1})
		for range 5 {
			tick(100_000)
		}
	}
	return b.String()
}

// TestConsolePrints shows what etcdctl prints: what goes to standard error is an error, and what is known beside stands
// before it.
func TestConsolePrints(t *testing.T) {
	got := console(t, "put a 1", "get a -w fields", "put a 1 --lease 7b", "watch a --client c2 --prev-kv", "del a",
		"interrupt")
	for _, want := range []string{
		"in put a 1\nsay c1 · put a 1 · acknowledged: OK, revision 2\nout OK\n",
		`out "ModRevision" : 2` + "\n", `out "Value" : "1"` + "\n",
		"say c1 · put a 1 · failed · exit code 1\nerr Error: etcdserver: requested lease not found\n",
		"say c2 · watch a --prev-kv --client c2\nout DELETE\nout a\nout 1\nout a\n",
		"say c1 · del a · acknowledged: 1 deleted, revision 3\nout 1\n",
		"err interrupt: c1 keeps doing nothing.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want\n%s\nin\n%s", want, got)
		}
	}
}

// TestConsoleHidesCalls takes a lock: of all that it takes, etcdctl prints the key.
func TestConsoleHidesCalls(t *testing.T) {
	got := console(t, "lock build", "interrupt")
	lines := strings.Split(got, "\n")
	if len(lines) != 6 || lines[1] != "say c1 · lock build" || !strings.HasPrefix(lines[2], "out build/") ||
		lines[4] != "say c1 · lock build" {
		t.Errorf("the console shows\n%s", got)
	}
}

// TestLockIsExplained lets two clients want one lock, and asks why for each thing that happened.
func TestLockIsExplained(t *testing.T) {
	e := New(panels.Views())
	e.Tick(wire.Tick{Version: wire.Version, Actions: []wire.Action{{Kind: wire.Speed, N: 1_000_000}, {Kind: wire.Play}}})
	for _, line := range []string{"", "lock build", "lock build --client c2", "interrupt", "elect e --listen", ""} {
		for range 10 {
			e.Tick(wire.Tick{Version: wire.Version, Elapsed: 100_000, Full: true})
		}
		e.Tick(wire.Tick{Version: wire.Version, Actions: []wire.Action{{Kind: wire.Do, Text: line, N: 1}}})
	}
	seen := map[client.EventKind]bool{}
	j := e.run.World().Journal()
	for seq := j.First(); seq < j.Next(); seq++ {
		r := j.At(seq)
		if r == nil || r.Client == nil {
			continue
		}
		seen[r.Client.Kind] = true
		reply, _ := e.Tick(wire.Tick{Version: wire.Version,
			Actions: []wire.Action{{Kind: wire.Select, Text: fmt.Sprintf("e%d", seq)}}})
		if reply.Frame == nil || reply.Frame.Why == nil {
			t.Errorf("nobody says why %s %s", r.Verb(), r.Detail())
		}
	}
	for _, k := range []client.EventKind{client.Queued, client.Held, client.Released} {
		if !seen[k] {
			t.Errorf("event %d did not happen", k)
		}
	}
}

// TestConsoleAsksForTxn types a transaction as etcdctl asks for it, and one that it does not understand.
func TestConsoleAsksForTxn(t *testing.T) {
	got := console(t, "put a 1", "txn -i --client c2", `value("a") = "1"`, "", "put a 2", "get a", "", "del a", "", "txn",
		"nonsense", "get a")
	want := []string{
		"in txn -i --client c2\nout compares:\nin value(\"a\") = \"1\"\nout success requests (get, put, del):\nin put a " +
			"2\nin get a\n" +
			"out failure requests (get, put, del):\nin del a\nsay c2 · txn",
		"out SUCCESS\nout \nout OK\nout \nout a\nout 2\n",
		"in txn\nout compares:\nin nonsense\nsay c1 · etcdctl txn <<< $'nonsense\\n' · exit code 3\nerr Error: malformed " +
			"comparison: nonsense\nin get a\n",
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("want\n%s\nin\n%s", w, got)
		}
	}
}

// TestConsoleAsksForMore types what put and watch -i read from a terminal.
func TestConsoleAsksForMore(t *testing.T) {
	got := console(t, "put k", "two", "lines", "", "get k", "sleep 1.8 && etcdctl put a 1 &", "watch -i", "foo",
		"watch a --prev-kv", "", "put k --foo", "frobnicate")
	for _, w := range []string{
		"say Type the value; an empty line ends it.\nin two\nin lines\n", "out OK\n", "out k\nout two\nout lines\n",
		"err Invalid command foo (only support watch)\n", "out PUT\nout a\nout 1\n", "err Error: unknown flag: --foo\n",
		`err unknown command "frobnicate"; want a command such as put or crash Type help for what there is.`,
	} {
		if !strings.Contains(got, w) {
			t.Errorf("want\n%s\nin\n%s", w, got)
		}
	}
}

// TestWatchesEndWithTheirPrompt types watch -i with its progress: each of its watches tells how far it is, no other
// does, and with the prompt they end.
func TestWatchesEndWithTheirPrompt(t *testing.T) {
	got := console(t, "watch z", "watch -i", "progress", "watch a", "watch b", "put q 1", "progress", "", "watch -i",
		"watch a", "watch b --foo", "put a 1")
	for _, w := range []string{
		"in progress\nin watch a\n", "err Invalid command put q 1 (only support watch)\nin progress\n",
		"out progress notify: 1\n",
		"in watch b --foo\nerr Error: unknown flag: --foo\n", "say c1 · watch a · exit code 130\nin put a 1\n", "out OK\n",
	} {
		if !strings.Contains(got, w) {
			t.Errorf("want\n%s\nin\n%s", w, got)
		}
	}
	if n := strings.Count(got, "progress notify"); n != 2 {
		t.Errorf("%d answers to progress, not 2", n)
	}
	if strings.Contains(got, "out PUT") {
		t.Errorf("a watch goes on without its prompt:\n%s", got)
	}
}

// TestConsoleIsAShell types what people paste: prompts and comments, a script of several lines, a line that goes on, a
// file, and what there is not.
func TestConsoleIsAShell(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  []string
	}{
		{[]string{"$ etcdctl put a 1 # first"}, []string{"say The prompt in front was ignored.\n", "out OK\n"}},
		{[]string{"# only a comment"}, []string{"in # only a comment\n"}},
		{[]string{`put a "C:\temp\new"`, "get a --print-value-only"}, []string{"out C:\\temp\\new\n"}},
		{[]string{"x=$(etcdctl put a 1)\netcdctl put b \"$x\"; etcdctl get b | tr A-Z a-z", "echo $x"},
			[]string{"out OK\nout b\nout ok\n", "in echo $x\nout OK\n"}},
		{[]string{"etcdctl put a 1 --lease=7b\netcdctl put b 2"},
			[]string{"err Error: etcdserver: requested lease not found\n", "say Line 1 failed with exit code 1",
				"say c1 · exit code 1\n"}},
		{[]string{"etcdctl put a 'two", "lines'", "etcdctl get a --print-value-only | wc -l"},
			[]string{"say the single quote that opens here is not closed: type the rest", "in lines'\n", "out OK\n", "out 2\n"}},
		{[]string{"etcdctl put a 'two", "", "get a"}, []string{"in get a\n"}},
		{[]string{"put z $(date)", "put z <f 2>/dev/null | jq .", "crsh n1", "get a –prefix"},
			[]string{"err there is no command date here; want the text itself",
				"say There are no files here: paste the text of f.",
				"err unknown command \"crsh\"; did you mean crash? Type help", "is a dash that a word processor made"}},
		{[]string{"crash n1; crash n9"}, []string{"err cannot do that: there is no n9"}},
	} {
		got := console(t, c.lines...)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%q: want %q in\n%s", c.lines, w, got)
			}
		}
	}
}

// TestConsolePastes hands over the text of a file that a line reads.
func TestConsolePastes(t *testing.T) {
	e := New(panels.Views())
	e.Tick(wire.Tick{Version: wire.Version, Elapsed: 100_000,
		Actions: []wire.Action{{Kind: wire.Speed, N: 1_000_000}, {Kind: wire.Play}}})
	for range 10 {
		e.Tick(wire.Tick{Version: wire.Version, Elapsed: 100_000})
	}
	r, _ := e.Tick(wire.Tick{Version: wire.Version, Actions: []wire.Action{{Kind: wire.Do,
		Text: "put k < config.json && get k --print-value-only | wc -l", N: 1}}})
	if r.Paste != "config.json" {
		t.Fatalf("the page is asked for %q", r.Paste)
	}
	e.Tick(wire.Tick{Version: wire.Version, Actions: []wire.Action{{Kind: wire.Paste, Text: "{\n  \"EOF\": '$x'\n}"}}})
	out := ""
	for range 10 {
		r, _ := e.Tick(wire.Tick{Version: wire.Version, Elapsed: 100_000})
		for _, l := range r.Lines {
			out += l.Kind.String() + " " + l.Text + "\n"
		}
	}
	if out != "out OK\nout 4\n" {
		t.Errorf("it prints\n%s", out)
	}
	if v, _ := e.run.World().Fact(script.Fact{Name: "value", Key: "k"}); v != "{\n  \"EOF\": '$x'\n}\n" {
		t.Errorf("the value is %q", v)
	}
}
