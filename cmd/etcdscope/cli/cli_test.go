package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/internal/runner"
)

// terminal carries out a command line with a text as standard input.
func terminal(in string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = Main(args, Streams{In: strings.NewReader(in), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

const fine = "config seed=8\nrun until leader within 1s\nput a 1\nrun until c1.last == acknowledged within " +
	"1s\nexpect value a == 1\n"

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name, in  string
		args      []string
		code      int
		out, errs string // what must be in it
	}{
		{"a script that holds", fine, []string{"run", "-"}, ok, "ok: value a is 1", ""},
		{"flags behind the file", fine, []string{"run", "-", "-v"}, ok, "♥ to n2", ""},
		{"one host only", fine, []string{"run", "-only", "c1", "-"}, ok, "c1   acknowledged", ""},
		{"an expectation that fails", "expect leaders == 1\nexpect term == 1\n", []string{"run", "-"}, bad,
			"FAILED, line 1: leaders is 0, want == 1", "-:1:1: expect leaders == 1: leaders is 0, want == 1"},
		{"a goal that is not reached", "run until leader within 1ms\n", []string{"run", "-"}, bad, "FAILED",
			"not within 1ms: nobody leads"},
		{"a command that cannot apply", "restart n1\n", []string{"run", "-"}, bad, "",
			"-:1:1: restart n1: cannot do that: n1 is running"},
		{"a command whose time is past", "run 2s\nat 1s crash n1\n", []string{"run", "-"}, bad, "",
			"the run is at 2s already"},
		{"a command whose time does not come", "at 2s crash n1\nrun 1s\n", []string{"run", "-"}, bad, "",
			"the script ends at 1s"},
		{"all mistakes of a script", "crush n1\npause\n", []string{"run", "-"}, usage, "",
			"-:1:1: unknown command \"crush\"; did you mean crash?\n-:2:7:"},
		{"a config that cannot be", "config members=99 preset=fast\n", []string{"run", "-"}, usage, "",
			"-:1:19: world: bad configuration: preset"},
		{"a fact about nobody", "config members=3\nexpect n7.up\n", []string{"run", "-"}, usage, "", "-:2:1: there is no n7"},
		{"no such file", "", []string{"run", "nowhere.etcd"}, usage, "", "nowhere.etcd"},
		{"no file", "", []string{"run"}, usage, "", "want 1 arguments"},
		{"no such flag", "", []string{"run", "-x", "-"}, usage, "", "-x"},
		{"no command", "", nil, usage, "", "etcdscope run FILE"},
		{"no such command", "", []string{"walk"}, usage, "", "no command \"walk\""},
		{"help", "", []string{"help"}, ok, "put KEY VALUE", ""},
		{"help about a verb", "", []string{"help", "split"}, ok, "split n1 | n2,n3", ""},
		{"help about no verb", "", []string{"help", "crush"}, usage, "", "no verb \"crush\""},
		{"a swarm of nothing", "", []string{"swarm", "-runs", "0"}, usage, "", "at least one run"},
		{"a swarm with an odd rule", "", []string{"swarm", "-off", "gravity"}, usage, "", "gravity"},
		{"a swarm for an odd time", "", []string{"swarm", "-for", "ever"}, usage, "", "ever"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := terminal(c.in, c.args...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
				t.Errorf("code %d, want %d; want %q in\n%s\nand %q in\n%s", code, c.code, c.out, out, c.errs, errs)
			}
		})
	}
}

// TestHashAndJournal holds that the transcript's run, its hash and its journal are one run, and that the journal is one
// JSON value a line.
func TestHashAndJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.etcd")
	if err := os.WriteFile(file, []byte(fine), 0o600); err != nil {
		t.Fatal(err)
	}
	_, hashes, _ := terminal("", "hash", file)
	code, out, errs := terminal("", "run", "-json", file)
	if code != ok || errs != "" {
		t.Fatalf("code %d: %s", code, errs)
	}
	var lines []string
	for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
		lines = append(lines, s.Text())
	}
	var head runner.Header
	var foot runner.Footer
	var record runner.Line
	last := len(lines) - 1
	for i, v := range map[int]any{0: &head, 1: &record, last: &foot} {
		if err := json.Unmarshal([]byte(lines[i]), v); err != nil {
			t.Fatalf("line %d: %v: %s", i+1, err, lines[i])
		}
	}
	if head.Version != runner.JournalVersion || head.Seed != 8 || head.Config["members"] != "3" || len(head.Tape) != 1 ||
		head.Tape[0].Command != "put a 1" {
		t.Errorf("the header is %+v", head)
	}
	if record.Seq != 1 || record.Verb != "started" || record.Where != "n1" || uint64(last) != foot.Records+1 {
		t.Errorf("the first record is %+v; %d lines for %d records", record, last+1, foot.Records)
	}
	if want := "journal " + foot.JournalHash + "  state " + foot.StateHash + "  " + file + "\n"; hashes != want {
		t.Errorf("hash prints %q, the journal ends with %q", hashes, want)
	}
}

// TestBrokenRule runs a script that a rule does not survive: an old leader that asks no quorum answers with what was
// true once.
func TestBrokenRule(t *testing.T) {
	text := `config seed=8 off=read-index-quorum,check-quorum
run until leader == n1 within 1s
run 200ms
split n1,c1 | n2,n3,c2
run until leader != n1 and leader != none within 3s
put a 1 --client c2
run until c2.last == acknowledged within 1s
run 1ms
get a --client c1
run until c1.last == acknowledged within 1s
`
	code, out, errs := terminal(text, "run", "-")
	if code != bad || !strings.Contains(errs, "-: linearizable: ") || !strings.Contains(out, "FAILED: linearizable") {
		t.Errorf("code %d: %s", code, errs)
	}
}

func TestSwarm(t *testing.T) {
	code, out, errs := terminal("", "swarm", "-runs", "3", "-for", "3s", "-members", "3", "-dir", t.TempDir())
	if code != ok || out != "swarm: 3 runs, 0 violations\n" || !strings.Contains(errs, "3 of 3 runs") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
	code, out, _ = terminal("", "swarm", "-runs", "10", "-seed", "1", "-off", "log-matching-check,election-restriction",
		"-dir", t.TempDir())
	if code != bad || !strings.Contains(out, "again: etcdscope swarm -runs 1 -seed ") {
		t.Errorf("code %d: %s", code, out)
	}
}
