package shell

import (
	"strings"
	"testing"
)

// FuzzRead reads any text and carries out what can be read, whatever commands answer: it ends, and it does not matter
// whether answers come in one part.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`rev=$(etcdctl endpoint status -w json | egrep -o '"revision":[0-9]*') && etcdctl compact $rev # x`,
		"etcdctl put k <<EOF\na $x `y`\nEOF",
		`x=${y:-"a b"} etcdctl $((1+(2*3))) "${x}" 2>&1 | sort -n | jq -r '.[0]|keys' &`, "( a; { b; } ) >/dev/null\nexit 3",
		"$ sudo docker exec -it e etcdctl get $'\\x41'",
		"sh -c 'sh -c \"etcdctl get a\"'", `awk -F: '/a/ {print $1, "b"}'`,
		"etcdctl a | tr -cd 'a-z[:digit:]' | cut -d, -f2- | grep -wE 'a{2,3}|(b)*'",
	} {
		f.Add(seed, "OK\n")
	}
	f.Fuzz(func(t *testing.T, text, answer string) {
		p, err := Read(text)
		if err != nil {
			return
		}
		at := len(answer) / 2
		whole, halves := driven(t, p, answer), driven(t, p, answer[:at], answer[at:])
		if whole != halves {
			t.Fatalf("%q prints\n%q\nand, if answers come in two pieces,\n%q", text, whole, halves)
		}
	})
}

// driven carries a program out; every command answers with the parts.
func driven(t *testing.T, p *Program, parts ...string) string {
	var b strings.Builder
	early, errs := "", "" // what the item has printed so far
	for s := NewSession(p, nil); !s.Over(); {
		st := s.Next()
		if !strings.HasPrefix(st.Out, early) || !strings.HasPrefix(st.Err, errs) {
			t.Fatalf("it has printed %q and then %q", early+errs, st.Out+st.Err)
		}
		switch {
		case st.Want != nil:
			s.Begun()
			for i, part := range parts {
				s.Answered(Answer{Out: part, Ended: i == len(parts)-1})
				if i < len(parts)-1 {
					st := s.Next()
					if st.Want != nil || st.Ended {
						t.Fatal("it goes on before the command has ended")
					}
					early, errs = st.Out, st.Err
				}
			}
		case !st.Ended:
			t.Fatal("it waits for nothing")
		default:
			b.WriteString(st.Out + "\x00" + st.Err)
			s.Advance()
			early, errs = "", ""
		}
	}
	return b.String()
}
