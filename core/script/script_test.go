package script

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// TestTranscripts runs testdata. The commands are: parse (one command a line), txn (etcdctl's interactive form, where _
// is an empty line), expr, script, complete, help, and eval, which compares an expression with facts given as "name =
// value" lines under it.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Dir(path) != "testdata" {
			return // an input of a fuzz test
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var b strings.Builder
			switch d.Cmd {
			case "parse":
				for line := range strings.SplitSeq(d.Input, "\n") {
					c, err := Parse(line)
					show(&b, line, c, err)
				}
			case "txn":
				txn, err := ParseTxn(strings.ReplaceAll(d.Input, "_", "") + "\n")
				var e *UsageError
				if errors.As(err, &e) {
					return fmt.Sprintf("exit %d: %v\n", e.Exit, e)
				}
				fmt.Fprintln(&b, Call{Call: txn})
			case "expr":
				for line := range strings.SplitSeq(d.Input, "\n") {
					e, err := ParseExpr(line)
					show(&b, line, e, err)
				}
			case "eval":
				lines := strings.Split(d.Input, "\n")
				evaluate(t, &b, lines[0], lines[1:])
			case "script":
				list, err := ParseScript(d.Input)
				for _, s := range list {
					fmt.Fprintf(&b, "%d:%d %s\n", s.Where().Line, s.Where().Col, s)
				}
				if err != nil {
					fmt.Fprintln(&b, err)
				}
			case "complete":
				names := Names{[]Name{"n1", "n2", "n3"}, []Name{"c1", "c2"}, []string{"/pods/pod1", "a key"}, []uint64{17, 18}}
				for line := range strings.SplitSeq(d.Input, "\n") {
					line = strings.TrimSuffix(line, "_") // so that a space at the end is seen
					fmt.Fprintf(&b, "%s\n", line)
					for _, c := range Complete(line, names) {
						fmt.Fprintf(&b, "  %s\n", c)
					}
				}
			case "help":
				b.WriteString(Help())
			default:
				t.Fatalf("%s: no command %q", d.Pos, d.Cmd)
			}
			return b.String()
		})
	})
}

// show prints a value in canonical form, or the mistake under a mark at its column.
func show(b *strings.Builder, line string, c fmt.Stringer, err error) {
	var e *Error
	if errors.As(err, &e) {
		fmt.Fprintf(b, "%s\n%s^ %s\n", line, strings.Repeat(" ", e.Col-1), e)
		return
	}
	fmt.Fprintf(b, "%s\n", c)
	if r, ok := c.(Refused); ok {
		first, _, _ := strings.Cut(r.Stderr, "\n")
		fmt.Fprintf(b, "  exit %d: %s\n", r.Exit, first)
	}
}

func evaluate(t *testing.T, b *strings.Builder, expr string, facts []string) {
	e, err := ParseExpr(expr)
	if err != nil {
		t.Fatal(err)
	}
	holds, seen := e.Eval(func(f Fact) (string, bool) {
		for _, line := range facts {
			name, value, _ := strings.Cut(line, " = ")
			if name == f.String() {
				return value, true
			}
		}
		return "", false
	})
	fmt.Fprintf(b, "%v: %s\n", holds, seen)
}

// Every example in the table must be the canonical text of what it parses to: people learn the language from it.
func TestExamplesAreCanonical(t *testing.T) {
	for _, v := range Verbs() {
		if len(v.Examples) == 0 || v.Help == "" || !strings.HasPrefix(v.Usage, v.Name) {
			t.Errorf("%s: want an example, a sentence, and a usage that starts with the verb", v.Name)
		}
		for _, text := range v.Examples {
			list, err := ParseScript(text)
			if err != nil || len(list) != 1 {
				t.Errorf("%s: %v", text, err)
				continue
			}
			if got := list[0].String(); got != text {
				t.Errorf("example %q prints as %q", text, got)
			}
		}
	}
}

func TestSynonymsNameVerbs(t *testing.T) {
	for _, s := range synonyms {
		if findVerb(s.word) != nil {
			t.Errorf("%q is a verb itself", s.word)
		}
		if findVerb(s.verb) == nil {
			t.Errorf("%q stands for %q, which is no verb", s.word, s.verb)
		}
	}
}

// Commands that buttons make hold any text: each must survive printing and parsing.
func TestPrintThenParse(t *testing.T) {
	texts := []string{"", "a", "a b", "'", `"`, `\`, "#a", "a#b", "-", "--prefix", "-1", "a|b>c", "\x00\n\t\r", "\xff\xfe",
		"é日本", "\u202e", "\u00a0", "$HOME `x` !", `{"kind":"Pod","name":"p'1"}`, "none", "and", "a=b", "\ufeff", "\ufffd"}
	for _, a := range texts {
		for _, b := range texts {
			same(t, Call{Call: api.Put{Key: a, Value: b}, Flags: Flags{Client: "c4", Endpoint: "n9"}})
			same(t, Call{Call: api.Range{Key: a, End: b, Serializable: true, RangeOptions: mvcc.RangeOptions{Revision: 7}},
				Flags: Flags{Client: "c1"}})
			same(t, Call{Call: api.DeleteRange{Key: a, End: b}, Flags: Flags{Format: JSON, Hex: true}})
			same(t, Watch{Key: a, End: b, Rev: 3})
			same(t, Elect{Name: a, Proposal: b})
			same(t, Call{Call: api.Txn{
				Compare: []api.Compare{{Key: a, Target: api.CompareValue, Value: b, Result: api.NotEqual}},
				Success: []api.Call{api.Put{Key: a, Value: b}, api.Range{Key: a, End: b}},
				Failure: []api.Call{api.DeleteRange{Key: a, End: b, PrevKV: true}},
			}})
		}
		same(t, Call{Call: api.Put{Key: a, IgnoreValue: true, Lease: 255, PrevKV: true}})
		same(t, Lock{Name: a, TTL: 0})
		same(t, Elect{Name: a, Listen: true})
		same(t, Call{Call: api.Snapshot{File: a}})
		same(t, Call{Call: api.DeleteRange{Key: "k" + a, End: mvcc.PrefixEnd("k" + a)}, EndShown: true})
	}
	for _, c := range []Command{
		Split{[][]Name{{"n1", "c2"}, {"n2"}, {"n3", "n4"}}}, Cut{"n1", "c1", false}, Cut{"n1", "n2", true},
		Mend{"c1", "n1", false}, Mend{"n1", "n2", true}, Drop{0}, Hold{1<<64 - 1}, Delay{3, 1}, Delay{3, TimeMax},
		Delay{3, 1_000_001}, Delay{3, 1500}, Delay{3, 0}, Load{}, Load{PerSecond: 0, Client: "c2"},
		Load{PerSecond: LoadPerSecondMax, Client: "c1"},
		Load{Clients: 25, KeySize: 256, ValSize: 1024, KeySpace: 100, Hot: 10, Reads: 70, Serial: true, Client: "c2"},
		Load{PerSecond: 150, Clients: 50},
		Watch{Key: "a", End: "b", Watchers: 10_000},
	} {
		same(t, c)
	}
}

func same(t *testing.T, c Command) {
	t.Helper()
	got, err := Parse(c.String())
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%#v\nprints as %s\nparses to %#v\n%v", c, c, got, err)
	}
}

func TestNames(t *testing.T) {
	for _, bad := range []Name{"", "n", "n0", "n10", "n01", "m1", "c1", "n1x", "N1", "n-1"} {
		if i, ok := bad.Member(); ok {
			t.Errorf("%q is member %d", bad, i)
		}
	}
	for _, bad := range []Name{"c", "c0", "c5", "c99", "c100", "n1", "c01"} {
		if i, ok := bad.Client(); ok {
			t.Errorf("%q is client %d", bad, i)
		}
	}
	for i := 1; i <= MembersMax; i++ {
		if got, ok := MemberName(i).Member(); got != i || !ok {
			t.Errorf("member %d is %d, %v", i, got, ok)
		}
	}
	for i := 1; i <= ClientsMax; i++ {
		if got, ok := ClientName(i).Client(); got != i || !ok {
			t.Errorf("client %d is %d, %v", i, got, ok)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, err := Parse("put k " + strings.Repeat("v", LineBytesMax)); err == nil {
		t.Error("a line over the limit parses")
	}
	// Each U+00AD takes two bytes as it is and six when it is escaped.
	if _, err := Parse("put k " + strings.Repeat("\u00ad", LineBytesMax/4)); err == nil {
		t.Error("a command whose canonical text is over the limit parses")
	}
	if _, err := ParseScript(strings.Repeat("heal\n", LinesMax+1)); err == nil {
		t.Error("a script with too many lines parses")
	}
	if _, err := ParseScript(strings.Repeat(" ", ScriptBytesMax+1)); err == nil {
		t.Error("a script with too many bytes parses")
	}
	_, err := ParseScript(strings.Repeat("crush\n", LinesMax))
	var errs Errors
	if !errors.As(err, &errs) || len(errs) != ErrorsMax {
		t.Errorf("want %d mistakes, got %d", ErrorsMax, len(errs))
	}
	var first *Error
	if !errors.As(err, &first) || first.Line != 1 {
		t.Errorf("want the first mistake, got %v", first)
	}
}
