package ctl

import (
	"strconv"
	"strings"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3/command"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/script"
)

// follow starts a command that does not end by itself, waits until the server has told it enough and it has printed as
// much as core/ctl does for that, and compares so many lines.
func follow(t *testing.T, line string, enough func([]exchange) bool, want func([]exchange) string) {
	t.Helper()
	seen.forget(t)
	c := prepared(command.Argify(line)...)
	var out, stderr buffer
	c.Stdout, c.Stderr = &out, &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	text := want(seen.wait(t, enough))
	got := out.beginning(t, strings.Count(text, "\n"))
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	ended(t, c)
	compareOutput(t, line, printed{stdout: text}, printed{stdout: got, stderr: stderr.String()})
}

func watchResponses(list []exchange) (out []*pb.WatchResponse) {
	for _, e := range list {
		if w, ok := e.reply.(*pb.WatchResponse); ok && !w.Created {
			out = append(out, w)
		}
	}
	return out
}

// TestWatch watches changes that have been made already, so that they all come at once.
func TestWatch(t *testing.T) {
	r := etcdctl(t, "", "put", "w", "0", "-w", "fields").stdout
	_, r, _ = strings.Cut(r, "\"Revision\" : ")
	rev, _, _ := strings.Cut(r, "\n")
	from, err := strconv.Atoi(rev)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"put", "w", "1"}, {"put", "w", "\xff<"}, {"put", "w2", "3"}, {"del", "w"},
		{"put", "w", "4"}} {
		etcdctl(t, "", args...)
	}
	for _, flags := range []string{"", " --prev-kv", " --prefix --prev-kv"} {
		for _, f := range formats {
			if strings.Contains(f, "table") {
				continue
			}
			line := "watch w --rev " + strconv.Itoa(from+1) + flags + f
			follow(t, line, func(list []exchange) bool { return len(watchResponses(list)) > 0 },
				func(list []exchange) string { return watched(t, line, list) })
		}
	}
	for _, f := range formats[:3] {
		line := "watch nothing --progress-notify" + f
		follow(t, line, func(list []exchange) bool { return len(watchResponses(list)) > 0 },
			func(list []exchange) string { return watched(t, line, list[:2]) })
	}
}

// watched is what core/ctl prints for the answers to a watch.
func watched(t *testing.T, line string, list []exchange) (text string) {
	t.Helper()
	c, err := script.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	w := c.(script.Watch)
	for _, r := range watchResponses(list) {
		stdout, _, _ := ctl.PrintWatch(watchAnswer(r), ctl.Options{Format: w.Format, Hex: w.Hex})
		text += stdout
	}
	return text
}

// TestWatchEnds watches what has been compacted.
func TestWatchEnds(t *testing.T) {
	out := etcdctl(t, "", "put", "w", "0", "-w", "fields").stdout
	_, out, _ = strings.Cut(out, "\"Revision\" : ")
	rev, _, _ := strings.Cut(out, "\n")
	etcdctl(t, "", "compaction", rev)
	for _, f := range formats {
		c, err := script.Parse("watch w --rev 1" + f)
		if err != nil {
			t.Fatal(err)
		}
		seen.forget(t)
		got := etcdctl(t, "", command.Argify(c.String())...)
		var want printed
		for _, r := range watchResponses(seen.take()) {
			want.stdout, want.stderr, want.exit = ctl.PrintWatch(watchAnswer(r),
				ctl.Options{Format: c.(script.Watch).Format, Hex: c.(script.Watch).Hex})
		}
		compareOutput(t, c.String(), want, got)
	}
}

func TestKeepAlive(t *testing.T) {
	out := etcdctl(t, "", "lease", "grant", "100").stdout
	id := strings.Fields(out)[1]
	for _, f := range formats {
		if !strings.Contains(f, "table") {
			line := "lease keep-alive " + id + f
			follow(t, line, func(list []exchange) bool { return len(list) > 0 }, func(list []exchange) string {
				c, err := script.Parse(line)
				if err != nil {
					t.Fatal(err)
				}
				k := c.(script.KeepAlive)
				stdout, _, _ := ctl.Print(api.LeaseKeepAlive{ID: k.ID}, reply(t, list[0].reply),
					ctl.Options{Format: k.Format, Hex: k.Hex})
				return stdout
			})
		}
		var want printed
		c, err := script.Parse("lease keep-alive 7b" + f)
		if err != nil {
			t.Fatal(err)
		}
		want.stdout, want.stderr, want.exit = ctl.PrintLeaseGone(0x7b, ctl.Options{Format: c.(script.KeepAlive).Format})
		compareOutput(t, c.String(), want, etcdctl(t, "", command.Argify(c.String())...))
	}
}
