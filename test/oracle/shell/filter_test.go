package shell

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/shell"
)

// TestFilters gives made-up input to made-up filters, here and on the machine.
func TestFilters(t *testing.T) {
	g := gen{rand.New(rand.NewPCG(3, 7))}
	missing := map[string]bool{}
	const rounds = 1200
	refused, compared := 0, 0
	for i := range rounds {
		argv, in := g.use()
		if _, err := exec.LookPath(argv[0]); err != nil {
			missing[argv[0]] = true
			continue
		}
		out, stderr, exit := shell.Filter(argv, in)
		if strings.Contains(stderr, "is not carried out here") || strings.Contains(stderr, "; want ") ||
			strings.Contains(stderr, ": want ") {
			refused++
			continue
		}
		compared++
		if want, wantExit := real(t, argv, in); out != want || exit != wantExit {
			t.Fatalf("filter %d: %q\nof %q\nprints here (exit %d) %q\nthere (exit %d) %q\n%s", i, argv, in, exit, out, wantExit,
				want, stderr)
		}
	}
	if len(missing) > 0 {
		t.Errorf("not on this machine: %v; apt-get install coreutils grep mawk", missing)
	}
	t.Logf("%d compared, %d refused", compared, refused)
	if refused > rounds/20 {
		t.Errorf("%d of %d are refused", refused, rounds)
	}
}

func real(t *testing.T, argv []string, in string) (out string, exit int) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.Stdin = strings.NewReader(in)
	var b bytes.Buffer
	cmd.Stdout = &b
	err := cmd.Run()
	var e *exec.ExitError
	if err != nil && !errors.As(err, &e) && !strings.Contains(err.Error(), "broken pipe") {
		t.Fatal(err)
	}
	return b.String(), cmd.ProcessState.ExitCode()
}

// use makes up a filter with its arguments, and its input.
func (g gen) use() (argv []string, in string) {
	in = g.text()
	switch g.IntN(10) {
	case 0, 1, 2:
		argv = append([]string{pick(g, "grep", "grep", "egrep", "fgrep")},
			g.some("-v", "-i", "-o", "-c", "-n", "-w", "-x")...)
		if argv[0] == "grep" && g.IntN(2) == 0 {
			argv = append(argv, "-E")
		}
		argv = append(argv, "-e", g.pattern(argv))
	case 3:
		argv = []string{"cut"}
		if g.IntN(3) > 0 {
			argv = append(append(argv, "-d", pick(g, " ", ":", "a", ","), "-f", g.span()), g.some("-s")...)
		} else {
			argv = append(argv, "-c"+g.span())
		}
	case 4:
		argv = append([]string{pick(g, "head", "tail")}, pick(g, []string{"-n", "2"}, []string{"-3"}, []string{"-c5"},
			[]string{"-n1"}, []string{}, []string{"-n", "0"})...)
		if argv[0] == "tail" && g.IntN(3) == 0 {
			argv = []string{"tail", "-n", "+2"}
		} else if g.IntN(3) == 0 {
			argv = []string{argv[0], "-n", "-1"}
		}
	case 5:
		argv = append([]string{"wc"}, g.some("-l", "-w", "-c")...)
	case 6:
		argv = append([]string{"sort"}, g.some("-n", "-r", "-u", "-f")...)
	case 7, 8:
		argv = g.tr()
	default:
		argv = append([]string{"awk"}, pick(g, []string{}, []string{"-F:"}, []string{"-F", ","}, []string{"-F", ", "},
			[]string{"-F\\t"}, []string{"-F[:,]+"})...)
		argv = append(argv, pick(g, "{print $1}", "{print $2, $1}", "{print $NF}", "{print}", "{print $0}", "{ print $2; }",
			"NR>1", "NR == 2 {print $1}", "NF", "NF > 1 {print NF\": \"$0, NR}", "/a/", "!/[ab]+c?/ {print NR, $1}",
			`{print $1" "$2"\t"}`, `$1 == "a" {print "x", $2}`, `$2 != "" {print $2}`, `$1 ~ /^b/`, `$1 !~ /a|c/ { print $1 }`,
			`$1 >= "b"`))
	}
	return argv, in
}

func (g gen) some(list ...string) (out []string) {
	for _, x := range list {
		if g.IntN(5) == 0 {
			out = append(out, x)
		}
	}
	return out
}

func (g gen) span() string {
	return pick(g, "1", "2", "1,3", "2-", "-2", "2-3", "1,3-4", "3,1", "9")
}

func (g gen) tr() []string {
	switch g.IntN(4) {
	case 0:
		return []string{"tr", "-d", pick(g, "a", "\\n", "[:digit:]", "a-c:", " ")}
	case 1:
		return []string{"tr", "-s", pick(g, "a", " ", "[:alpha:]", "\\n")}
	case 2:
		return []string{"tr", "-cd", pick(g, "0-9\\n", "a-z", "[:alnum:]")}
	}
	return append([]string{"tr"}, pick(g, []string{"a-z", "A-Z"}, []string{"[:lower:]", "[:upper:]"},
		[]string{":,", "\\n"}, []string{"a", "\\t"}, []string{"abc", "x"}, []string{"-s", "a-c", "x"})...)
}

func (g gen) text() string {
	var b strings.Builder
	for range g.IntN(7) {
		for range g.IntN(5) {
			b.WriteString(pick(g, "a", "b", "ab", "A", "foo", "bar", "12", "3", "-4", "007", "2.50", " ", "  ", ":", ",", "_",
				"/", `"`, "[x]", "aa", "*", "\t", "+"))
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), pick(g, "", "", "\n"))
}

// pattern makes up a regular expression in the dialect of the flags.
func (g gen) pattern(argv []string) string {
	if argv[0] == "fgrep" {
		return pick(g, "a", "ab", "[x]", "*", "12")
	}
	extended := argv[0] == "egrep"
	for _, a := range argv {
		extended = extended || a == "-E"
	}
	s := pick(g, "", "", "^")
	for range 1 + g.IntN(3) {
		s += pick(g, "a", "b", "o", ".", "[a-c]", "[^a]", "[0-9]", "[[:alpha:]]", "1", ":", `\.`, `\w`, `\bf`, "[]x]", "_",
			"foo", `\[`)
		if extended {
			s += pick(g, "", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "|b", "(a|bc)*", "(o)")
		} else {
			s += pick(g, "", "", "", "*", `\+`, `\?`, `\{2\}`, `\|b`, `\(a\|b\)*`, "+", "?")
		}
	}
	return s + pick(g, "", "", "$")
}

var record = flag.Bool("record", false, "ask jq, which must be installed, and write its answers to testdata/jq.json")

// answer is what jq said.
type answer struct {
	Program, Out string
	Exit         int
}

// TestJSON gives jq's paths to our filter, and compares with what jq 1.6 answered: not every machine has it.
func TestJSON(t *testing.T) {
	const file = "testdata/jq.json"
	inputs := []string{
		`{"header":{"revision":7,"ids":[1,-2,3.5]},"kvs":[{"key":"Zm9v","value":"YmFy","lease":0},{"key":"YQ==","value":""}],"more":true,"none":null}`,
		`[{"Endpoint":"http://n1:2379","Status":{"version":"3.6.16","dbSize":20480}},{"Endpoint":"http://n2:2379","Status":{"version":"3.6.16","dbSize":10}}]`,
		"1 \"two\\u00e9\\n\\\"\" [ ] {} null\n[[1,[2]],{\"a\":{\"b c\":[]}}]", `{"a":1,"a":2}`,
	}
	programs := []string{
		".", ".header.revision", ".kvs[0].key", ".kvs[].key", ".[]", ".[0]", ".[-1]", ".[0].Endpoint", ".[].Status.dbSize",
		".a", `.["a"]`, `."a"`, ".kvs | length",
		".kvs[] | .key, .value", ".kvs[].key | @base64d", "keys", ".[0] | keys", ".header.ids[1]", ".more", ".none.x.y",
		".[]?", ".header.ids | .[0], .[2]", "(.kvs[0] | .key)",
		".kvs[5]", ".a?", "length", ".[0].Status.version | length",
	}
	in := strings.Join(inputs, "\n")
	argvs, answers := make([][]string, len(programs)), make([]answer, len(programs))
	for i, p := range programs {
		argvs[i] = []string{"jq", []string{"-r", "-c", "-rc"}[i%3], p}
	}
	if *record {
		for i, argv := range argvs {
			answers[i].Program = programs[i]
			answers[i].Out, answers[i].Exit = real(t, argv, in)
		}
		text, err := json.MarshalIndent(answers, "", "\t")
		if err == nil {
			err = os.WriteFile(file, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &answers)
	}
	if err != nil || len(answers) != len(programs) {
		t.Fatalf("%d answers to %d programs, %v: go test ./shell -run JSON -record", len(answers), len(programs), err)
	}
	for i, argv := range argvs {
		out, stderr, exit := shell.Filter(argv, in)
		want := answers[i]
		if want.Program != programs[i] || strings.Contains(stderr, "is not carried out here") || out != want.Out ||
			exit != want.Exit {
			t.Errorf("%q\nprints here (exit %d)\n%s%s\nthere, to %q (exit %d)\n%s", argv, exit, out, stderr, want.Program,
				want.Exit, want.Out)
		}
	}
}
