package shell

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"github.com/etcdscope/etcdscope/core/shell"
)

// stub stands in for etcdctl: it prints its arguments, its environment and its input, and fails if the first is "fail".
const stub = `#!/bin/sh
[ -n "$ETCDCTL_API" ] && echo "API=$ETCDCTL_API"
for a in "$@"; do printf '[%s]\n' "$a"; done
[ "$1" = fail ] && { echo oops >&2; exit 3; }
[ "$1" = stdin ] && cat
exit 0
`

// pretend is the same for us.
func pretend(w *shell.Wanted) shell.Answer {
	a := shell.Answer{Ended: true}
	for _, e := range w.Env {
		if v, ok := strings.CutPrefix(e, "ETCDCTL_API="); ok && v != "" {
			a.Out += "API=" + v + "\n"
		}
	}
	for _, arg := range w.Argv[1:] {
		a.Out += "[" + arg + "]\n"
	}
	if len(w.Argv) > 1 && w.Argv[1] == "fail" {
		a.Err, a.Exit = "oops\n", 3
	}
	if len(w.Argv) > 1 && w.Argv[1] == "stdin" && w.Stdin != nil {
		a.Out += *w.Stdin
	}
	return a
}

// ours carries a program out: what it prints, and its exit code.
func ours(text string) (out string, exit int, err error) {
	p, err := shell.Read("set +e\n" + text)
	if err != nil {
		return "", 0, err
	}
	s := shell.NewSession(p, nil)
	var b strings.Builder
	for n := 0; !s.Over(); n++ {
		st := s.Next()
		switch {
		case st.Want != nil:
			s.Begun()
			s.Answered(pretend(st.Want))
		case st.Ended:
			b.WriteString(st.Out)
			s.Advance()
		default:
			return "", 0, errors.New("it waits for ever")
		}
		if n > 10_000 {
			return "", 0, errors.New("it does not end")
		}
	}
	return b.String(), s.Status, nil
}

// theirs lets a real shell carry it out.
func theirs(t *testing.T, dir, program, text string) (out string, exit int) {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Stdin = nil
	cmd.Args = append(cmd.Args, "-c", text)
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "LC_ALL=C"}
	var b bytes.Buffer
	cmd.Stdout = &b
	err := cmd.Run()
	var e *exec.ExitError
	if err != nil && !errors.As(err, &e) {
		t.Fatal(err)
	}
	return b.String(), cmd.ProcessState.ExitCode()
}

func stubDir(t *testing.T) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "etcdctl"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestPrograms carries out made-up programs on both sides.
func TestPrograms(t *testing.T) {
	dir := stubDir(t)
	g := gen{rand.New(rand.NewPCG(1, 7))}
	refused := 0
	const rounds = 300
	for i := range rounds {
		text, program := g.program(), "bash" // sh's echo reads backslashes
		out, exit, err := ours(text)
		if err != nil {
			if refused++; !strings.Contains(err.Error(), "is not carried out here") {
				t.Errorf("program %d\n%s\nis refused: %v", i, text, err)
			}
			continue
		}
		if want, wantExit := theirs(t, dir, program, text); out != want || exit != wantExit {
			t.Fatalf("program %d\n%s\nprints here (exit %d)\n%s\nin %s (exit %d)\n%s", i, text, exit, out, program, wantExit,
				want)
		}
	}
	if refused > rounds/10 {
		t.Errorf("%d of %d programs are refused", refused, rounds)
	}
}

// TestFixed carries out programs that people write.
func TestFixed(t *testing.T) {
	dir := stubDir(t)
	for _, text := range []string{
		`etcdctl put a "C:\temp\new" "\$HOME" 'x\y' \$z a\ b`,
		`x='a  b'; etcdctl $x "$x" "" $nope "$nope" a$x$x`,
		`etcdctl ${y:-d e} "${y:-d e}" ${x:+yes} ${y+no} ${y-} "${y-'q'}" ${y:-"p  q"}`,
		"lease=`etcdctl lease grant 5 | tail -n 1 | cut -f2 -d'['`; etcdctl $lease",
		"etcdctl stdin <<EOF\na $((1+2)) `echo x` \\$y\n\tb\nEOF\necho after",
		"etcdctl stdin <<'EOF'\na $((1+2)) \\$y\nEOF",
		"etcdctl stdin <<-EOF | tr a-z A-Z\n\t\ttabs\n\tEOF\necho z",
		`etcdctl fail 2>/dev/null || echo "no: $?"; etcdctl a >/dev/null && echo yes`,
		`etcdctl fail 2>&1 | wc -l; { etcdctl fail; } 2>&1 >/dev/null | cat`,
		`(x=5; echo $x); echo "[$x]"; { x=6; }; echo $x; echo a | x=7; echo $x`,
		`export ETCDCTL_API=3; etcdctl a; ETCDCTL_API=2 etcdctl b; unset ETCDCTL_API; etcdctl c`,
		"etcdctl a \\\n  b 'c\nd' # no e\n# nothing\necho f",
		`! etcdctl fail; echo $?; ! true; echo $?; false; echo $?`,
		`echo $((2 + 3 * 4)) $(( (2+3)*4 )) $((7 / 2)) $((-7 % 3)) $((x + 1))`,
		`printf '%s=%d\n' a 1 b 2; printf 'a\tb\\n\n'; printf '%%\n'`,
		`[ -n "" ] || [ 3 -gt 2 ] && [ a = a ] && echo yes; test -z "$x"; echo $?`,
		`sh -c 'etcdctl a | tr a b; exit 4'; echo $?`,
		`x=$(echo "a
b

"); echo "[$x]"; y="$(etcdctl "$(echo 'q r')")"; echo "$y"`,
		`exit 7; echo never`,
		`etcdctl $'a\tb\x41\n\'' &> /dev/null; etcdctl $'a\tb\x41\''; etcdctl stdin <<< "x  y"`,
		"x='*'; echo \"$x\"; echo {\"a\":1} a,b ~x [y z]",
		`rev=$(echo '{"header":{"revision":17}}' | egrep -o '"revision":[0-9]*' | egrep -o '[0-9].*'); etcdctl compact $rev`,
	} {
		program := "sh"
		if strings.Contains(text, "<<<") {
			program = "bash"
		}
		out, exit, err := ours(text)
		if err != nil {
			t.Errorf("%s\nis refused: %v", text, err)
			continue
		}
		if want, wantExit := theirs(t, dir, program, text); out != want || exit != wantExit {
			t.Errorf("%s\nprints here (exit %d)\n%s\nin %s (exit %d)\n%s", text, exit, out, program, wantExit, want)
		}
	}
}

// joinedComment is a comment that ends with a backslash. It does not go on in the next line, but mvdan.cc/sh 3.14.1
// thinks so behind a ).
var joinedComment = regexp.MustCompile(`#.*\\\n`)

// TestMvdan holds that a grammar nobody here wrote can read what we read, made-up programs and their pieces; what it
// cannot read we refuse.
func TestMvdan(t *testing.T) {
	g := gen{rand.New(rand.NewPCG(2, 7))}
	read := 0
	for range 20_000 {
		text := g.program()
		if g.IntN(2) == 0 { // damaged
			at := g.IntN(len(text))
			text = strings.ToValidUTF8(text[:at]+text[min(len(text), at+1+g.IntN(3)):], "")
		}
		_, err := shell.Read(text)
		_, theirs := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
		if err == nil {
			read++
		}
		if err == nil && theirs != nil && !joinedComment.MatchString(text) {
			t.Fatalf("%q\nis read here; mvdan.cc/sh says %v", text, theirs)
		}
	}
	if read < 5000 {
		t.Errorf("only %d programs are read", read)
	}
}

// gen makes programs up.
type gen struct{ *rand.Rand }

func pick[T any](g gen, list ...T) T { return list[g.IntN(len(list))] }

func (g gen) program() string {
	var lines []string
	for range 1 + g.IntN(4) {
		lines = append(lines, g.list(2))
	}
	return strings.Join(lines, pick(g, "\n", "; ", "\n# a comment\n", " # a comment\n"))
}

func (g gen) list(depth int) string {
	s := g.pipeline(depth)
	for g.IntN(3) == 0 {
		s += pick(g, " && ", " || ", "&&", " ||\n") + g.pipeline(depth)
	}
	return s
}

func (g gen) pipeline(depth int) string {
	s := pick(g, "", "", "", "! ") + g.command(depth)
	for g.IntN(3) == 0 {
		s += pick(g, " | ", "|", " |\n  ") + g.filter()
	}
	return s
}

func (g gen) filter() string {
	return pick(g, "grep a", "grep -v '\\[b'", "egrep -o '[a-z]+'", "cut -c2-4", "cut -d' ' -f1", "head -n 2", "tail -n 1",
		"wc -l", "sort", "sort -r", "tr a-c x", "tr -d '\\n'",
		"cat", "etcdctl stdin", "awk '{print $1}'")
}

func (g gen) command(depth int) string {
	switch n := g.IntN(12); {
	case n == 0:
		return g.name() + "=" + g.word(depth)
	case n == 1 && depth > 0:
		return "( " + g.list(depth-1) + "\n)"
	case n == 2 && depth > 0:
		return "{ " + g.list(depth-1) + "\n}"
	case n == 3:
		return pick(g, "true", "false", "[ 1 -lt 2 ]", "[ -n \"$x\" ]", "export y=1", ":")
	case n == 4:
		return "etcdctl stdin <<< " + g.word(depth)
	case n == 5:
		return "etcdctl fail" + pick(g, "", " 2>/dev/null", " 2>&1", " >/dev/null 2>&1")
	}
	s := pick(g, "etcdctl", "echo", "etcdctl", g.name()+"="+g.word(depth)+" etcdctl")
	if s == "echo" {
		s += " e"
	} else {
		s += " a"
	}
	for range g.IntN(4) {
		s += pick(g, " ", "  ", " \\\n") + g.word(depth)
	}
	return s + pick(g, "", "", "", " >/dev/null", " >&2")
}

func (g gen) name() string { return pick(g, "x", "y", "long_1") }

func (g gen) word(depth int) string {
	s := ""
	for range 1 + g.IntN(3) {
		s += g.piece(depth)
	}
	return s
}

func (g gen) piece(depth int) string {
	switch n := g.IntN(14); {
	case n < 4:
		return pick(g, "a", "b/c", "1.5", "k=v", "a,b", "é", "@x", "%", "+", ":", "{a}")
	case n == 4:
		return "'" + pick(g, "", "a b", "$x", "\\", "\"", "a\nb", "`", "#") + "'"
	case n == 5:
		return `"` + pick(g, "", "a  b", "$x", `\"`, `\\`, `\$x`, `C:\temp`, "${y}s", "'", "#", "a\nb") + `"`
	case n == 6:
		return `\` + pick(g, " ", "$", "'", `"`, "a", `\`, "#", ";", "|")
	case n == 7:
		return "$" + g.name()
	case n == 8:
		return "${" + g.name() + pick(g, "", ":-d", "-d e", ":+f", "+'g h'", ":-\"i  j\"") + "}"
	case n == 9:
		return fmt.Sprintf(pick(g, "$((%d + %d))", "$((%d*(%d-1)))", "\"$((%d %% (%d + 1)))\""), g.IntN(9), g.IntN(9))
	case n == 10:
		return "$'" + pick(g, `a\tb`, `\x41`, `\'`, `\\`, `\n`, `\101`) + "'"
	case n == 11 && depth > 0:
		inner := "$( " + g.list(depth-1) + "\n)"
		return pick(g, inner, `"`+inner+`"`)
	}
	return "z"
}
