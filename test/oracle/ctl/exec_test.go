package ctl

import (
	"strconv"
	"testing"
)

// TestExec gives locks and watches commands that every machine has, and compares what comes of them.
func TestExec(t *testing.T) {
	t.Parallel()
	tool := build(t, "etcdctl")
	e, o, theirs := real(t, &recorder{}), newOurs(t), side{}
	address := e.Config().ListenClientUrls[0].Host
	run := func(args ...string) {
		t.Helper()
		l := typedLine{}
		l.Argv = append([]string{"etcdctl", "--endpoints", "http://ADDR"}, args...)
		got := carry(t, tool, l.at(&theirs, address))
		r, before := l.at(&o.side, "n1:2379").Read(), o.w.Commands()
		if err := o.w.Do(r.Command); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		if want := o.outcome(before + 1); got != want {
			t.Errorf("%q\netcdctl: exit %d\n%s%s\nwe: exit %d\n%s%s", args, got.exit, got.stdout, got.stderr, want.exit,
				want.stdout, want.stderr)
		}
	}
	run("lock", "l", "echo", "$ETCD_LOCK_KEY", "hi")
	run("lock", "l", "--", "sh", "-c", `echo "${ETCD_LOCK_KEY:+key} $ETCD_LOCK_REV"; echo wrong >&2; exit 7`)
	for _, c := range []string{"false", "true", "", "nosuch", "/no/such", "export"} {
		run("lock", "l", c)
	}
	run("lock", "l", "-w", "json", "echo", "x")
	run("lock", "l", "sh", "-c", "true") // a flag of etcdctl's
	run("put", "a", `x "y" \`)
	run("put", "ab", "\xff\n")
	run("del", "a")
	first := strconv.FormatInt(e.Server.KV().Rev()-2, 10)
	// Shells differ in what echo makes of a backslash, not in what printf does.
	show := `printf "%s " "$ETCD_WATCH_REVISION" "$ETCD_WATCH_EVENT_TYPE" "$ETCD_WATCH_KEY" "$ETCD_WATCH_VALUE"; [ "$ETCD_WATCH_EVENT_TYPE" = '"PUT"' ]`
	run("watch", "a", "--rev", first, "--", "sh", "-c", show) // fails at the deletion, and so ends
	run("watch", "--prefix", "a", "--rev", first, "--prev-kv", "-w", "json", "--", "sh", "-c", show)
	run("watch", "a", "b", "--rev", first, "--", "nosuch", "c d")
	run("watch", "a", "--rev", first, "--", "")
	run("watch", "a", "--")
}
