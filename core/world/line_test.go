package world

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// begun returns a world with a leader and two clients.
func begun(t *testing.T) *World {
	t.Helper()
	cfg := Default()
	cfg.Clients = 2
	w, err := New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(6*sim.Second, 1e9)
	return w
}

// TestDeletionHesitates holds that etcdctl deletes a range that nobody confirmed after two seconds, and not at all if
// it is interrupted by then.
func TestDeletionHesitates(t *testing.T) {
	w := begun(t)
	do := func(text string, more sim.Time) {
		t.Helper()
		c, err := script.Parse(text)
		if err == nil {
			err = w.Do(c)
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		w.Advance(w.Now()+more, 1e9)
	}
	kept := func() int { return w.newest().Store().Len() }
	do("put a 1", sim.Second)
	do("del a c", 1900*sim.Millisecond)
	if kept() != 1 {
		t.Fatal("the key is gone within two seconds")
	}
	v := w.Clone()
	do("interrupt", 3*sim.Second)
	if exit, _ := w.saidFact(sim.Client(1), "exit"); kept() != 1 || exit != "130" {
		t.Errorf("interrupted: %d keys, exit %s", kept(), exit)
	}
	w = v
	do("put b 1", 300*sim.Millisecond)
	deletion := w.said.At(w.said.Len() - 1)
	if out, _, _ := deletion.Print(); kept() != 0 || out != "2\n" {
		t.Errorf("%d keys are left, printed %q", kept(), out)
	}
	do("put c 1", 100*sim.Millisecond)
	do("del c d --range", 100*sim.Millisecond)
	if kept() != 0 {
		t.Errorf("%d keys are left", kept())
	}
}

// TestTxnHesitates holds the same of each such deletion in a transaction, as etcdctl reads them one after the other
// (txn_command.go, parseRequestUnion).
func TestTxnHesitates(t *testing.T) {
	w := begun(t)
	c, err := script.Parse(`txn then "put a 1" "del b c --range=false" "del d e --range" else "del f \"\" --prev-kv --range=false"`)
	again, same := script.Parse(c.String())
	if err != nil || same != nil || again.String() != c.String() {
		t.Fatalf("%v, %v: %s is read as %s", err, same, c, again)
	}
	for _, cut := range []bool{false, true} {
		from := w.said.Len()
		if err := w.Do(c); err != nil {
			t.Fatal(err)
		}
		begin := w.now
		if w.Advance(begin+3900*sim.Millisecond, 1e9); cut {
			if err := order(w, "interrupt"); err != nil {
				t.Fatal(err)
			}
		}
		w.Advance(begin+5*sim.Second, 1e9)
		got := ""
		for ; from < w.said.Len(); from++ {
			s := w.said.Ref(from)
			out, text, exit := s.Print()
			text, _, _ = strings.Cut(text, " will")
			got += fmt.Sprintf("%d %s%s %d\n", (s.At-begin)/sim.Second, out, text, exit)
		}
		want := "0 Warning: Keys between \"b\" and \"c\" 0\n2 Warning: Keys between \"f\" and \"\" 0\n"
		if cut {
			want += "3  130\n"
		} else {
			want += "4 SUCCESS\n\nOK\n\n0\n\n0\n 0\n"
		}
		if got != want {
			t.Errorf("interrupted %v:\n%s\nnot\n%s", cut, got, want)
		}
	}
}

// TestRefusedIsACommand holds that what etcdctl refuses prints its text, exits with its code and changes nothing.
func TestRefusedIsACommand(t *testing.T) {
	w := begun(t)
	for text, want := range map[string]string{"put a": "128", "get a -w xml": "4", "lease revoke zz --client c2": "128",
		"get --foo": "1", "version": "0", "comp 5": "1"} {
		c, err := script.Parse(text)
		if err == nil {
			err = w.Do(c)
		}
		r, refused := c.(script.Refused)
		if err != nil || !refused {
			t.Fatalf("%s: %v, %T", text, err, c)
		}
		who := sim.Client(1)
		if r.Client() != "" {
			who = sim.Client(2)
		}
		if got, _ := w.saidFact(who, "exit"); got != want {
			t.Errorf("%s exits with %s, not %s", text, got, want)
		}
		again, err := script.Parse(c.String())
		if err != nil || again.String() != c.String() {
			t.Errorf("%s prints as %s and parses to %v, %v", text, c, again, err)
		}
	}
}
