package ctl

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
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
	// as a shell carries it out, with variables for this line alone
	with := func(env []string, args ...string) {
		t.Helper()
		l := typedLine{}
		l.Env, l.Argv = env, append([]string{"etcdctl", "--endpoints", "http://ADDR"}, args...)
		got, text := carry(t, tool, l.at(&theirs, address)), ""
		for i, word := range slices.Concat(env, l.at(&o.side, "n1:2379").Argv) {
			name, value, _ := strings.Cut(word, "=")
			if i >= len(env) {
				name, value = "", word
			}
			text += strings.TrimPrefix(name+"=", "=") + "'" + strings.ReplaceAll(value, "'", `'\''`) + "' "
		}
		before := o.w.Commands()
		if err := o.w.Do(script.Shell{Text: text}); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if want := o.outcome(before + 1); got != want {
			t.Errorf("%s\netcdctl: exit %d\n%s%s\nwe: exit %d\n%s%s", text, got.exit, got.stdout, got.stderr, want.exit,
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

	see := `printf "%s " "$FOO" "$ETCDCTL_WRITE_OUT" "$ETCD_LOCK_REV" "$ETCD_WATCH_KEY" "$ETCDCTL_WATCH_KEY"; exit 3`
	mine := []string{"FOO=a b", "ETCDCTL_WRITE_OUT=fields", "ETCD_LOCK_REV=mine", "ETCD_WATCH_KEY=mine"}
	with(mine, "lock", "l", "--", "sh", "-c", see)
	with(mine, "watch", "a", "--rev", first, "--", "sh", "-c", see)
	with(append(mine, "ETCDCTL_WATCH_KEY=a"), "watch", "--rev", first, "--", "sh", "-c", see)
}
