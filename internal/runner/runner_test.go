package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
)

// run carries a script out and returns what came of it and its transcript.
func run(t *testing.T, text string, o Options) (*Result, string) {
	t.Helper()
	list, err := script.ParseScript(text)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o.Out = &out
	r, err := Begin(list, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.Run(), out.String()
}

// TestChecks: each line that demands something is answered, in order, with what was seen; a line that fails does not
// keep the next from being carried out.
func TestChecks(t *testing.T) {
	r, _ := run(t, `config members=3 preset=article seed=8
run until leader within 1s
expect revision == 7
put a 1
run until quiet
expect value a == 1
at 1ms crash n1
at 90s crash n1
crash n9
run until value a == 2 within 300ms
`, Options{})
	want := []string{
		"2 true leader is ",
		"3 false revision is 1",
		"5 true nothing waits",
		"6 true value a is 1",
		"7 false the run is at ",
		"9 false cannot do that: there is no n9",
		"10 false not within 300ms: value a is 1",
		"8 false the script ends at ",
	}
	if len(r.Checks) != len(want) {
		t.Fatalf("%d checks, want %d: %+v", len(r.Checks), len(want), r.Checks)
	}
	for i, c := range r.Checks {
		if got := fmt.Sprintf("%d %v %s", c.Pos.Line, c.Holds, c.Seen); !strings.HasPrefix(got, want[i]) {
			t.Errorf("check %d: %s, want %s", i, got, want[i])
		}
	}
	if n := len(r.Failed()); n != 5 {
		t.Errorf("%d failed", n)
	}
}

// TestShellLines: time passes until the lines have ended, and the one that fails is named.
func TestShellLines(t *testing.T) {
	r, out := run(t, `config members=3 preset=article seed=8
run until leader within 1s
shell $'etcdctl put a hello && etcdctl get a | grep hello\netcdctl get a | grep nothing'
`, Options{})
	failed := r.Failed()
	if len(failed) != 1 || failed[0].Pos.Line != 4 || failed[0].Seen != "exit code 1" {
		t.Errorf("failed: %+v\n%s", failed, out)
	}
	if !strings.Contains(out, "prints               hello") {
		t.Errorf("the transcript:\n%s", out)
	}
}

// TestBegin: what can never work is refused before anything runs, with its place.
func TestBegin(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"config members=99", "1:8: "},
		{"config members=3 mood=good", "1:18: "},
		{"config members=3\nexpect n4.role == leader", "2:1: there is no n4"},
		{"config clients=1\nrun until c2.last == acknowledged within 1s", "2:1: there is no c2"},
		{"config members=3\nmember add n4\nexpect n4.role == learner", ""},
	} {
		list, err := script.ParseScript(c.text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Begin(list, Options{})
		var errs script.Errors
		switch {
		case c.want == "" && err == nil:
		case c.want == "" || err == nil || !errors.As(err, &errs):
			t.Errorf("%q: %v", c.text, err)
		default:
			if got := fmt.Sprintf("%d:%d: %s", errs[0].Line, errs[0].Col, errs[0].Msg); !strings.HasPrefix(got, c.want) {
				t.Errorf("%q: %s, want %s", c.text, got, c.want)
			}
		}
	}
}

// TestTranscript: heartbeats are told of only if that is asked for, and hosts are left out if others are named.
func TestTranscript(t *testing.T) {
	const text = "config members=3 preset=article seed=8\nrun until leader within 1s\nrun 2s\n" +
		"put a 1 --client c2\nrun 1s\n"
	_, plain := run(t, text, Options{})
	_, verbose := run(t, text, Options{Verbose: true})
	_, only := run(t, text, Options{Only: []string{"c2"}})
	if strings.Contains(plain, "♥") || !strings.Contains(verbose, "♥") {
		t.Error("heartbeats are told of where they should not, or are not where they should")
	}
	if !strings.Contains(only, "acknowledged") || strings.Contains(only, "  n1  ") || !strings.Contains(plain, "  n1  ") {
		t.Errorf("of c2 only is told:\n%s", only)
	}
	if !strings.Contains(plain, "> put a 1 --client c2\n") {
		t.Error("the lines of the script are missing")
	}
}

// TestJournal: the lines are JSON, as many as the footer says, each with a cause that came before; and the run in the
// header comes to the hashes in the footer.
func TestJournal(t *testing.T) {
	r, _ := run(t, "config members=3 preset=article seed=8\nrun until leader within 1s\nput a 1\nrun 1s\n", Options{})
	var out bytes.Buffer
	if err := WriteJournal(&out, r.World); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	var head Header
	var foot Footer
	if err := json.Unmarshal([]byte(lines[0]), &head); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &foot); err != nil {
		t.Fatal(err)
	}
	records := lines[1 : len(lines)-1]
	if foot.Records != uint64(len(records)) {
		t.Errorf("%d records, the footer says %d", len(records), foot.Records)
	}
	for i, text := range records {
		var l Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if l.Seq != uint64(i+1) || l.Cause >= l.Seq || l.Kind == "" || l.Verb == "" {
			t.Fatalf("line %d: %s", i, text)
		}
	}
	var pairs []world.Pair
	for k, v := range head.Config {
		pairs = append(pairs, world.Pair{Key: k, Value: v})
	}
	cfg, err := world.ParseConfig(pairs)
	if err != nil {
		t.Fatal(err)
	}
	var tape []world.Timed
	for _, c := range head.Tape {
		command, err := script.ParseStored(c.Command)
		if err != nil {
			t.Fatal(err)
		}
		tape = append(tape, world.Timed{At: c.At, Command: command})
	}
	w, err := world.New(cfg, tape)
	if err != nil {
		t.Fatal(err)
	}
	for !w.Advance(head.End, 1<<20) {
	}
	if Hash(w.Journal().Hash()) != foot.JournalHash || Hash(w.Hash()) != foot.StateHash {
		t.Error("the run in the header comes to other hashes than the footer's")
	}
}
