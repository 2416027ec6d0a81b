package lease_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestTranscripts plays the conversations in testdata. Every command may begin with at=TIME; time stands still
// otherwise.
//
//	new [min=SECONDS] [retry=TIME] [checkpoints]
//	grant ID TTL | grant first=ID count=N ttl=SECONDS
//	revoke ID | attach ID KEY | detach KEY
//	renew ID | refresh ID                 a keep-alive, and its end if it had to clear a checkpoint
//	promote [extend=TIME] | demote
//	scan [limit=N]                        what is to be revoked
//	checkpoints | checkpoint ID SECONDS   what is to be written down; what is applied
//	crash                                 only what the backend holds is left
//	ttl ID [keys] | leases | next | counts
//	seconds                               how many leases expire in each second
//	clone as=NAME                         what follows "in=NAME" happens in the clone
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := &stage{lessors: map[string]*lease.Lessor{}, now: 0}
			datadriven.RunTest(t, path, s.play)
		})
	}
}

// stage is what a transcript is played on.
type stage struct {
	lessors map[string]*lease.Lessor
	now     sim.Time
	cfg     lease.Config
}

func (s *stage) play(t *testing.T, d *datadriven.TestData) string {
	var in, at string
	if d.MaybeScanArgs(t, "at", &at); at != "" {
		s.now = instant(t, at)
	}
	d.MaybeScanArgs(t, "in", &in)
	l := s.lessors[in]
	switch d.Cmd {
	case "new":
		s.cfg = config(t, d)
		made := lease.New(s.cfg)
		s.lessors[in] = &made
		return ""
	case "crash":
		made := lease.Recover(s.cfg, l.Saved())
		s.lessors[in] = &made
		return fmt.Sprintf("%d leases", made.Len())
	case "clone":
		var as string
		d.ScanArgs(t, "as", &as)
		made := *l
		s.lessors[as] = &made
		return ""
	}
	if out, ok := s.change(t, l, d); ok {
		return out
	}
	return s.look(t, l, d)
}

func config(t *testing.T, d *datadriven.TestData) lease.Config {
	c := lease.Config{MinTTL: 2, Retry: 7 * sim.Second, Checkpoints: d.HasArg("checkpoints")}
	d.MaybeScanArgs(t, "min", &c.MinTTL)
	var retry string
	if d.MaybeScanArgs(t, "retry", &retry); retry != "" {
		c.Retry = instant(t, retry)
	}
	return c
}

func instant(t *testing.T, s string) sim.Time {
	at, err := sim.ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// number returns the n-th argument that is a number.
func number(t *testing.T, d *datadriven.TestData, n int) int64 {
	v, err := strconv.ParseInt(word(d, n), 10, 64)
	if err != nil {
		t.Fatal(d.Pos, err)
	}
	return v
}

// word returns the n-th argument without a name.
func word(d *datadriven.TestData, n int) string {
	for _, a := range d.CmdArgs {
		if len(a.Vals) == 0 {
			if n == 0 {
				return a.Key
			}
			n--
		}
	}
	return ""
}

func because(id rule.ID) string {
	if id == rule.None {
		return ""
	}
	return " (" + id.String() + ")"
}

func (s *stage) change(t *testing.T, l *lease.Lessor, d *datadriven.TestData) (string, bool) {
	switch d.Cmd {
	case "grant":
		return s.grant(t, l, d), true
	case "revoke":
		keys, err := l.Revoke(lease.ID(number(t, d, 0)))
		if err != nil {
			return err.Error(), true
		}
		return fmt.Sprintf("delete %q", keys), true
	case "attach":
		if err := l.Attach(lease.ID(number(t, d, 0)), word(d, 1)); err != nil {
			return err.Error(), true
		}
		return "", true
	case "detach":
		l.Detach(word(d, 0))
		return "", true
	case "promote":
		extend := "1s"
		d.MaybeScanArgs(t, "extend", &extend)
		p := l.Promote(s.now, instant(t, extend))
		return fmt.Sprintf("%d leases, %d spread%s", p.Leases, p.Spread, because(p.Rule)), true
	case "demote":
		l.Demote()
		return "", true
	case "checkpoint":
		l.Checkpoint(s.now, lease.ID(number(t, d, 0)), number(t, d, 1))
		return "", true
	}
	return "", false
}

func (s *stage) grant(t *testing.T, l *lease.Lessor, d *datadriven.TestData) string {
	if d.HasArg("count") {
		var first, count, ttl int64
		d.ScanArgs(t, "first", &first)
		d.ScanArgs(t, "count", &count)
		d.ScanArgs(t, "ttl", &ttl)
		for id := first; id < first+count; id++ {
			if _, err := l.Grant(s.now, lease.ID(id), ttl); err != nil {
				t.Fatal(err)
			}
		}
		return fmt.Sprintf("%d leases", l.Len())
	}
	g, err := l.Grant(s.now, lease.ID(number(t, d, 0)), number(t, d, 1))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("ttl %d%s", g.TTL, because(g.Rule))
}

var outcomes = [...]string{"renewed", "not found", "not primary", "must wait", "must clear the checkpoint"}

func (s *stage) look(t *testing.T, l *lease.Lessor, d *datadriven.TestData) string {
	switch d.Cmd {
	case "renew", "refresh":
		keepAlive := l.Renew
		if d.Cmd == "refresh" {
			keepAlive = l.Refresh
		}
		r := keepAlive(s.now, lease.ID(number(t, d, 0)))
		if r.Outcome == lease.Renewed {
			return fmt.Sprintf("ttl %d", r.TTL)
		}
		return outcomes[r.Outcome] + because(r.Rule)
	case "scan":
		return s.scan(t, l, d)
	case "checkpoints":
		return checkpoints(l.DueCheckpoints(s.now))
	case "ttl":
		return s.ttl(t, l, d)
	case "leases":
		return leases(l)
	case "seconds":
		return perSecond(l)
	case "next":
		if at, ok := l.Next(); ok {
			return at.String()
		}
		return "never"
	case "counts":
		c := l.Counts()
		return fmt.Sprintf("granted %d revoked %d renewed %d\nttls %v", c.Granted, c.Revoked, c.Renewed, c.TTLs)
	}
	t.Fatalf("%s: no such command: %s", d.Pos, d.Cmd)
	return ""
}

func (s *stage) scan(t *testing.T, l *lease.Lessor, d *datadriven.TestData) string {
	limit := lease.RevokeLimit
	d.MaybeScanArgs(t, "limit", &limit)
	list := l.Expired(s.now, limit)
	if len(list) > 10 {
		return fmt.Sprintf("%d leases, the first is %d and the last is %d", len(list), list[0].ID, list[len(list)-1].ID)
	}
	var out strings.Builder
	for _, e := range list {
		fmt.Fprintf(&out, "revoke %d, expired at %s%s\n", e.ID, e.Since, because(e.Rule))
	}
	return out.String()
}

func checkpoints(list []lease.Remaining) string {
	if len(list) > 10 {
		return fmt.Sprintf("a batch of %d", len(list))
	}
	var out strings.Builder
	for _, r := range list {
		fmt.Fprintf(&out, "%d has %d s left\n", r.ID, r.TTL)
	}
	return out.String()
}

func (s *stage) ttl(t *testing.T, l *lease.Lessor, d *datadriven.TestData) string {
	r, err := l.TimeToLive(s.now, lease.ID(number(t, d, 0)), d.HasArg("keys"))
	if err != nil {
		return err.Error()
	}
	out := fmt.Sprintf("%d s of %d s", r.TTL, r.GrantedTTL)
	if r.Keys != nil {
		out += fmt.Sprintf(" %q", r.Keys)
	}
	return out
}

func leases(l *lease.Lessor) string {
	var out strings.Builder
	for _, one := range l.Leases() {
		until := "forever"
		if !one.Forever {
			until = "until " + one.Expiry.String()
		}
		fmt.Fprintf(&out, "%d ttl %d %s", one.ID, one.TTL, until)
		if one.Checkpoint != 0 {
			fmt.Fprintf(&out, ", checkpoint %d", one.Checkpoint)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func perSecond(l *lease.Lessor) string {
	var out strings.Builder
	list := l.Leases()
	for i := 0; i < len(list); {
		second, n := list[i].Expiry/sim.Second, 0
		for ; i < len(list) && list[i].Expiry/sim.Second == second; i++ {
			n++
		}
		fmt.Fprintf(&out, "%d s: %d\n", second, n)
	}
	return out.String()
}
