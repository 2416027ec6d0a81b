package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestExec carries out the commands of locks and watches: lines of the console, with etcdctl's environment and with
// what the shell exports. test/oracle/ctl holds what is printed against etcdctl.
func TestExec(t *testing.T) {
	w := ready(t)
	got := typedLines(t, w,
		`export ETCDCTL_WRITE_OUT=json; etcdctl lock l -- sh -c 'echo "$ETCD_LOCK_REV $ETCDCTL_WRITE_OUT"; exit 7'`,
		"unset ETCDCTL_WRITE_OUT; lock l put a 1; get l/ --prefix --count-only -w fields | grep Count",
		"lock l false || echo $?", "lock l export",
		`lock l --ttl 2 -- sh -c 'etcdctl lease revoke $(get l/ --prefix --keys-only | cut -d/ -f2 | head -n 1) >/dev/null; sleep 5; echo lost' && echo fine`,
		`etcdctl watch --prefix a -- sh -c 'sleep 1; echo "$ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"' &`,
		`put a 'x "y"' >/dev/null; put ab 2 >/dev/null; del a >/dev/null`)
	want := "2 json\nerr: Error: exit status 7\nexit 7\n" + "OK\n\"Count\" : 0\n" + "1\nerr: Error: exit status 1\n" +
		"err: Error: exec: \"export\": executable file not found in $PATH\nexit 1\n" + "lost\nfine\n" +
		"PUT\na\nx \"y\"\n\"PUT\" \"a\" \"x \\\"y\\\"\"\nPUT\nab\n2\n\"PUT\" \"ab\" \"2\"\nDELETE\na\n\n\"DELETE\" " +
		"\"a\" \"\"\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestExecEnvironment holds what such a command sees: what etcdctl saw when it began, exported or set for its line
// alone. That wins over what a lock sets (lock_command.go, lockUntilSignal), and not over what a watch sets
// (watch_command.go, printWatchCh).
func TestExecEnvironment(t *testing.T) {
	w := ready(t)
	show := `-- sh -c 'echo "[$A $B $ETCDCTL_WRITE_OUT $ETCD_LOCK_REV $ETCD_WATCH_KEY]"'`
	got := typedLines(t, w,
		"A=1; B=2 ETCDCTL_WRITE_OUT=json etcdctl lock l "+show, "etcdctl lock l "+show,
		"ETCD_LOCK_REV=mine lock l "+show, "export A B=3; env B=4 lock l "+show, "( unset B; lock l "+show+" )",
		"ETCD_LOCK_REV=mine ETCD_WATCH_KEY=mine B=5 etcdctl watch a "+show+" &", "watch b "+show+" &", "export B=6",
		"put a 1 > /dev/null; put b 1 > /dev/null")
	want := "[ 2 json 2 ]\n[   4 ]\n[   mine ]\n[1 4  8 ]\n[1   10 ]\n" +
		"PUT\na\n1\n[1 5  mine \"a\"]\nPUT\nb\n1\n[1 3   \"b\"]\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for line, whole := range map[string]bool{"A=1 lock l true": true, "env A=1 watch a -- true": true, "A=1 get a": false,
		"lock l true": false, "ETCDCTL_WRITE_OUT=json watch a": false} {
		r, err := shell.Line(line, nil)
		if _, is := r.Command.(script.Shell); err != nil || is != whole {
			t.Errorf("%s: %T, %v", line, r.Command, err)
		}
	}
}

// TestExecEnds ends such commands from outside: by Ctrl-C, which the command gets, too, and by unwatch.
func TestExecEnds(t *testing.T) {
	w := ready(t)
	for _, line := range []string{"lock l sleep 60", "watch a --client c2 -- sleep 60", "put a 1", "put a 2"} {
		if err := order(w, line); err != nil {
			t.Fatal(err)
		}
		w.Advance(w.Now()+sim.Second, 1<<30)
	}
	if n := len(w.shells.jobs); n != 2 {
		t.Fatalf("%d commands run, not 2", n)
	}
	got := ""
	told := w.Said().Len()
	for _, c := range []script.Command{script.Interrupt{}, script.Unwatch{Client: "c2"}} {
		if err := w.Do(c); err != nil {
			t.Fatal(err)
		}
		w.Advance(w.Now()+sim.Second, 1<<30)
	}
	for ; told < w.Said().Len(); told++ {
		s := w.Said().Ref(told)
		out, err, exit := s.Print()
		if s.Done {
			got += s.Command.String() + ": " + out + err + string(rune('0'+exit%10)) + "\n"
		}
	}
	want := "lock l sleep 60: Error: signal: interrupt\n5\nwatch --watch-key=a --client c2 -- sleep 60: 0\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := len(w.shells.jobs); n != 0 {
		t.Errorf("%d commands run", n)
	}
}

// TestExecFailureEndsTheWatch: a watch whose command fails ends with it, as etcdctl exits then, and is told of nothing
// more.
func TestExecFailureEndsTheWatch(t *testing.T) {
	w := ready(t)
	for _, line := range []string{"watch a -- false", "put a 1 --client c2"} {
		if err := order(w, line); err != nil {
			t.Fatal(err)
		}
		w.Advance(w.Now()+sim.Second, 1<<30)
	}
	for _, x := range w.Clients()[0].Watches() {
		if !x.Ended {
			t.Errorf("watch %d goes on", x.ID)
		}
	}
	if exit, ended := w.saidFact(sim.Client(1), "exit"); !ended || exit != "1" {
		t.Errorf("exit code %q, %v", exit, ended)
	}
}

// TestFactsOfShells holds that c1.output is what the newest command prints, also while a shell waits for it.
func TestFactsOfShells(t *testing.T) {
	w := ready(t)
	for _, line := range []string{"put a 1", "etcdctl get a; etcdctl watch a", "put a 2 --client c2"} {
		r, err := shell.Line(line, nil)
		if err == nil {
			err = w.Do(r.Command)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(w.Now()+sim.Second, 1<<30)
	}
	if text, _ := w.saidFact(sim.Client(1), "output"); text != "PUT\na\n2" {
		t.Errorf("the shell has printed %q last", text)
	}
	if exit, ended := w.saidFact(sim.Client(1), "exit"); ended {
		t.Errorf("a shell that goes on has the exit code %s", exit)
	}
}
