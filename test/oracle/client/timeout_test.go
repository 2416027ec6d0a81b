package client

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	ctl "go.etcd.io/etcd/etcdctl/v3/ctlv3/command"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// asEtcdctl in the environment makes the test binary be etcdctl.
const asEtcdctl = "ETCDSCOPE_AS_ETCDCTL"

// surveys are commands that ask members one by one, or ask twice. The first member is the one that something is wrong
// with.
var surveys = []string{
	"endpoint status --endpoints n1,n2,n3", "endpoint status --endpoints n2 --cluster",
	"endpoint status --endpoints n1 --cluster",
	"endpoint hashkv --endpoints n1,n2,n3", "endpoint hashkv --endpoints n2,n3 --cluster",
	"endpoint health --endpoints n1,n2,n3", "endpoint health --endpoints n2 --cluster",
	"endpoint health --endpoints n1 --cluster",
	"defrag --endpoints n1,n2,n3", "defrag --endpoints n3 --cluster", "defrag --endpoints n1 --cluster",
	"alarm list --endpoints n1", "alarm disarm --endpoints n1", "alarm disarm --endpoints n1,n2",
	"move-leader n2 --endpoints n1,n2,n3", "move-leader n2 --endpoints n1", "member list --endpoints n1",
	"get a --endpoints n1",
}

// output is what a command printed and how it ended.
type output struct {
	stdout, stderr string
	exit           int
}

// TestTimeouts gives commands that ask several members a --command-timeout, while one of them is stopped, and when its
// port refuses. No time at all is an answer of its own.
func TestTimeouts(t *testing.T) {
	c := found(t, 3)
	if err := c.members[0].process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.await("another leader", func(ctx context.Context) bool { return c.led(ctx, c.members[1]) })
	ids := c.ids(t)
	all := func(t *testing.T, fault string) {
		for _, line := range surveys {
			t.Run(line, func(t *testing.T) { c.timeout(t, ids, line, fault) })
		}
	}
	t.Run("stopped", func(t *testing.T) {
		all(t, "pause n1")
		for _, verb := range []string{"endpoint status", "endpoint hashkv", "defrag"} { // each has the time for itself
			const each = 300 * time.Millisecond
			begin := time.Now()
			c.etcdctl(t, ids, fmt.Sprintf("%s --endpoints n1,n1 --command-timeout %v", verb, each))
			if took := time.Since(begin); took < 2*each {
				t.Errorf("%s: two silent members are asked for %v, each with %v", verb, took, each)
			}
		}
	})
	if err := c.members[0].process.Kill(); err != nil {
		t.Fatal(err)
	}
	t.Run("refused", func(t *testing.T) { all(t, "crash n1") })
}

// timeout compares what a command prints. What load keeps from coming in time is asked for again, with more time.
func (c *cluster) timeout(t *testing.T, ids map[string]string, line, fault string) {
	want := typed(t, "run 1s", fault, "run 4s", line+" --command-timeout 1s", "run 1m")
	got := output{}
	for span := 500 * time.Millisecond; span < await.Patience; span *= 2 {
		if got = c.etcdctl(t, ids, line+" --command-timeout "+span.String()); got == want {
			break
		}
	}
	if got != want {
		t.Errorf("etcdctl prints\n%+v\nours\n%+v", got, want)
	}
	for _, none := range []string{" --command-timeout 0s", " --command-timeout=-1s"} {
		want = typed(t, "run 1s", fault, "run 4s", line+none, "run 1m")
		if got = c.etcdctl(t, ids, line+none); got != want {
			t.Errorf("%s: etcdctl prints\n%+v\nours\n%+v", none, got, want)
		}
	}
}

// ids returns the members' ids, as etcdctl prints them.
func (c *cluster) ids(t *testing.T) map[string]string {
	t.Helper()
	ids := map[string]string{}
	c.await("the members are known", func(ctx context.Context) bool {
		cli := dial(t, c.members[1].Client)
		defer cli.Close()
		list, err := cli.MemberList(ctx)
		if err != nil {
			return false
		}
		for _, m := range list.Members {
			ids[m.Name] = strconv.FormatUint(m.ID, 16)
		}
		return len(ids) == len(c.members) && ids[""] == ""
	})
	return ids
}

// etcdctl runs real etcdctl for a line in which members have the names that they have in ours.
func (c *cluster) etcdctl(t *testing.T, ids map[string]string, line string) output {
	t.Helper()
	args := ctl.Argify(line)
	for i, a := range args {
		switch {
		case i > 0 && args[i-1] == "--endpoints":
			args[i] = c.outside(a)
		case ids[a] != "":
			args[i] = ids[a]
		}
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ETCDCTL_") })
	cmd.Env = append(cmd.Env, asEtcdctl+"=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return plain(c.inside(stdout.String()), c.inside(stderr.String()), cmd.ProcessState.ExitCode())
}

// outside puts addresses in place of names.
func (c *cluster) outside(text string) string {
	for _, s := range c.members {
		text = strings.ReplaceAll(text, s.Name, "http://"+s.Client)
	}
	return text
}

// inside puts the addresses of ours in place of the real ones.
func (c *cluster) inside(text string) string {
	for _, s := range c.members {
		text = strings.ReplaceAll(text, "http://"+s.Client, "http://"+s.Name+":2379")
	}
	return text
}

// typed returns what the newest command of a script prints in our world.
func typed(t *testing.T, lines ...string) output {
	t.Helper()
	w := play(t, 1, lines...)
	stdout, stderr, exit, done := "", "", 0, false
	for i := range w.Said().Len() {
		if s := w.Said().Ref(i); s.Client == sim.Client(1) && s.ID == w.Commands() {
			out, err, code := s.Print()
			stdout, stderr, exit, done = stdout+out, stderr+err, code, s.Done
		}
	}
	if !done {
		t.Fatalf("the command does not end: %q", lines)
	}
	return plain(stdout, stderr, exit)
}

var (
	// of a status or a hash: which they are is for other judges
	answers = regexp.MustCompile(`(?m)^(http://n\d:2379), .*$`)
	spans   = regexp.MustCompile(`took( =|\.)? [0-9.]+[hmsµn]+`)
)

// plain leaves out what a member told of itself, and how long that took. The order of lines is that of the members'
// ids.
func plain(stdout, stderr string, exit int) output {
	return output{lines(stdout), lines(stderr), exit}
}

func lines(text string) string {
	text = spans.ReplaceAllString(answers.ReplaceAllString(text, "$1"), "took _")
	list := slices.DeleteFunc(strings.SplitAfter(text, "\n"),
		func(s string) bool { return strings.HasPrefix(s, `{"level"`) })
	slices.Sort(list)
	return strings.Join(list, "")
}
