package ctl

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/etcd/server/v3/embed"

	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// Commands that go on, typed in several terminals at once: at real etcd and at our world.

// terminal is a command that goes on, in both.
type terminal struct {
	line    string
	process *exec.Cmd
	out     buffer
	stderr  bytes.Buffer
	id      uint64
}

// desk is where commands are typed twice.
type desk struct {
	t      *testing.T
	server *embed.Etcd
	seen   *recorder
	ours   *ours
	theirs side
	opened int // watchers, so far
}

// open types a command in a terminal of its own.
func (d *desk) open(line, client string) *terminal {
	d.t.Helper()
	x := &terminal{line: line}
	args, _ := theirArguments(d.t, d.server, d.theirs.say(line))
	x.process = prepared(args...)
	x.process.Stdout, x.process.Stderr = &x.out, &x.stderr
	if err := x.process.Start(); err != nil {
		d.t.Fatal(err)
	}
	x.id = d.ours.begin(d.t, line+" --client "+client)
	return x
}

// prints reads what we have printed by so many lines, waits until etcdctl has printed as much, and compares.
func (d *desk) prints(x *terminal, lines int) {
	d.t.Helper()
	want := d.ours.read(d.t, x.id, lines)
	d.compare(x, printed{stdout: x.out.beginning(d.t, strings.Count(want.stdout, "\n"))}, want)
}

// ends waits until a command is over, and compares all that it has printed, and its exit code.
func (d *desk) ends(x *terminal) {
	d.t.Helper()
	exit := ended(d.t, x.process)
	d.compare(x, printed{x.out.String(), x.stderr.String(), exit}, d.ours.read(d.t, x.id, 0))
}

func (d *desk) interrupt(x *terminal, client string) {
	d.t.Helper()
	if err := x.process.Process.Signal(syscall.SIGINT); err != nil {
		d.t.Fatal(err)
	}
	d.ours.begin(d.t, "interrupt --client "+client)
	d.ends(x)
}

// do types a command that ends.
func (d *desk) do(line string) {
	d.t.Helper()
	args, stdin := theirArguments(d.t, d.server, d.theirs.say(line))
	got := renamed(d.server, etcdctl(d.t, stdin, args...))
	want := d.ours.read(d.t, d.ours.begin(d.t, line+" --client c4"), 0)
	d.theirs.learn(line, got)
	d.ours.learn(line, want)
	compareSides(d.t, line, d.theirs.plain(line, got), d.ours.plain(line, want))
}

// wait lets both have as many keys under a prefix.
func (d *desk) wait(prefix string, n int) {
	d.t.Helper()
	line := "get " + prefix + " --prefix --keys-only"
	args, _ := theirArguments(d.t, d.server, line)
	if err := await.Until(fmt.Sprint(n, " keys are under ", prefix), func() bool {
		return strings.Count(etcdctl(d.t, "", args...).stdout, prefix) == n
	}); err != nil {
		d.t.Fatal(err)
	}
	for strings.Count(d.ours.read(d.t, d.ours.begin(d.t, line+" --client c4"), 0).stdout, prefix) != n {
		d.ours.w.Advance(d.ours.w.Now()+10_000, 1<<30)
	}
}

var (
	sessionKey = regexp.MustCompile(`\b(l|boss)/([0-9a-f]+)`)
	leaseField = regexp.MustCompile(`("Lease" : |"lease":)[0-9]+`)
	base64Key  = regexp.MustCompile(`"key":"[^"]+"`)
)

// compare compares what both have printed; the leases of the sessions are alike in nothing.
func (d *desk) compare(x *terminal, got, want printed) {
	d.t.Helper()
	for _, p := range []*printed{&got, &want} {
		p.stderr = logged.ReplaceAllString(p.stderr, "")
		p.stdout = base64Key.ReplaceAllString(leaseField.ReplaceAllString(sessionKey.ReplaceAllString(p.stdout, "$1/ID"),
			"${1}ID"), `"key":"ID"`)
	}
	compareSides(d.t, x.line, d.theirs.plain(x.line, got), d.ours.plain(x.line, want))
}

// key returns the leases that hang on the key which a terminal shows: theirs and ours.
func (d *desk) key(x *terminal) (theirs, ours string) {
	d.t.Helper()
	a := sessionKey.FindStringSubmatch(x.out.String())
	b := sessionKey.FindStringSubmatch(d.ours.read(d.t, x.id, 1).stdout)
	if a == nil || b == nil {
		d.t.Fatalf("%s shows no key", x.line)
	}
	return a[2], b[2]
}

func newDesk(t *testing.T) *desk {
	seen := &recorder{}
	return &desk{t: t, server: real(t, seen), seen: seen, ours: newOurs(t)}
}

// watches waits until so many more watchers have been opened, in both, and none has anything to catch up with. What
// changes then reaches them at once: the header of an event that comes later has another revision.
func (d *desk) watches(more int) {
	d.t.Helper()
	d.opened += more
	if err := await.Until(fmt.Sprint(d.opened, " watchers are opened"),
		func() bool { return d.seen.watchers() >= d.opened }); err != nil {
		d.t.Fatal(err)
	}
	if n := d.seen.watchers(); n != d.opened {
		d.t.Fatalf("%d watchers are opened, not %d", n, d.opened)
	}
	if err := await.Synced(d.server.Server.KV()); err != nil {
		d.t.Fatal(err)
	}
	d.ours.w.Advance(d.ours.w.Now()+300_000, 1<<30)
}

// TestLocks hands a lock over by Ctrl-C, takes one away by its lease, and interrupts somebody who waits.
func TestLocks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.open("lock l", "c1")
	d.prints(a, 2)
	b := d.open("lock l --ttl 20 -w fields", "c2")
	d.wait("l/", 2)
	d.watches(1)
	c := d.open("lock l -w json", "c3")
	d.wait("l/", 3)
	d.watches(1)
	d.interrupt(c, "c3")
	d.interrupt(a, "c1")
	d.prints(b, 12)

	e := d.open("lock l -w json", "c1")
	d.wait("l/", 2)
	d.watches(1)
	theirs, ours := d.key(b)
	d.theirs.leases, d.ours.leases = append(d.theirs.leases, theirs), append(d.ours.leases, ours)
	d.do(fmt.Sprintf("lease revoke LEASE%d", len(d.theirs.leases)))
	d.ends(b)
	d.prints(e, 1)
	d.do("get l/ --prefix --count-only -w fields")
	d.interrupt(e, "c1")
	d.do("get l/ --prefix")
}

// TestElections lets one listen while others lead.
func TestElections(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	l := d.open("elect boss --listen -w fields", "c1")
	d.watches(1)
	j := d.open("elect boss --listen -w json", "c2")
	d.watches(1)
	d.do("put other 1")
	anna := d.open("elect boss anna", "c3")
	d.prints(anna, 2)
	d.prints(l, 12)
	d.prints(j, 1)
	d.watches(2) // both listen to anna's key now
	theirs, ours := d.key(anna)
	d.theirs.leases, d.ours.leases = append(d.theirs.leases, theirs), append(d.ours.leases, ours)
	d.do("put boss/LEASE1 anne --lease LEASE1") // a leader may proclaim something else
	d.prints(l, 24)
	d.prints(j, 2)
	bert := d.open("elect boss bert -w fields", "c4")
	d.wait("boss/", 2)
	d.watches(1)
	d.interrupt(anna, "c3")
	d.prints(bert, 12)
	d.prints(l, 36)
	d.prints(j, 3)
	d.watches(2) // and now to bert's
	carl := d.open("elect boss carl -w json", "c3")
	d.wait("boss/", 2)
	d.watches(1)
	d.interrupt(carl, "c3")
	d.interrupt(bert, "c4")
	d.interrupt(l, "c1")
	d.interrupt(j, "c2")
}

// TestGoingOn keeps a lease alive until it is revoked, and watches until the history is compacted.
func TestGoingOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.do("lease grant 86400")
	for _, f := range []string{"", " -w json", " -w fields"} {
		k := d.open("lease keep-alive LEASE1"+f, "c1")
		d.prints(k, 1)
		d.interrupt(k, "c1")
	}
	d.do("lease grant 20") // the client learns of the end after a third of that
	k := d.open("lease keep-alive LEASE2", "c1")
	d.prints(k, 1)
	d.do("lease revoke LEASE2")
	exit := ended(t, k.process)
	want := d.ours.read(t, k.id, 0)
	last := func(text string) string { return text[strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1:] }
	compareSides(t, k.line, d.theirs.plain(k.line, printed{last(k.out.String()), "", exit}),
		d.ours.plain(k.line, printed{last(want.stdout), "", want.exit}))
	w := d.open("watch w --prefix --prev-kv", "c2")
	d.watches(1)
	d.do("put w 1")
	d.do("put w1 2")
	d.do("put w 3")
	d.do("del w --prefix")
	d.prints(w, 20)
	d.do("compaction 4")
	d.ends(d.open("watch w --rev 2", "c3"))
	d.ends(d.open("watch w --rev 2 -w json", "c3"))
	if err := w.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	ended(t, w.process)
}
