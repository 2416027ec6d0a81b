package compact_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestTranscripts plays the conversations in testdata. The store begins at revision 1 and gets one more each second
// that there is writing.
//
//	parse                                   one mode and retention a line
//	new MODE RETENTION | new every=TIME keep=TIME | new article     a member starts; "in=NAME" is another one
//	run to=TIME [writes=no] [took=TIME] [answer=fail|compacted]     time passes; each compaction is told
//	pause | resume                          its member does not lead, or leads again
//	servers N [apart=TIME]                  API servers start one after the other, and compact from then on
//	stop N                                  one of them
//	rounds to=TIME [answer=lost|fail]
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := &stage{compactors: map[string]*compact.Compactor{}, writes: []write{{0, 1, true}}}
			datadriven.RunTest(t, path, s.play)
		})
	}
}

// write is the revision at an instant, and whether there is writing from then on.
type write struct {
	at       sim.Time
	revision int64
	on       bool
}

// stage is what a transcript is played on.
type stage struct {
	now        sim.Time
	writes     []write
	compactors map[string]*compact.Compactor

	servers []compact.APIServer
	version int64 // of the key that the API servers share
	value   string
}

func (s *stage) revision(at sim.Time) int64 {
	w := s.writes[len(s.writes)-1]
	if w.on {
		return w.revision + int64((at-w.at)/sim.Second)
	}
	return w.revision
}

// age tells how old a revision is.
func (s *stage) age(revision int64) string {
	for i := len(s.writes) - 1; i >= 0; i-- {
		if w := s.writes[i]; w.revision <= revision {
			return clock(s.now - w.at - sim.Time(revision-w.revision)*sim.Second)
		}
	}
	return "ever"
}

// clock prints a time as minutes, if it is some.
func clock(t sim.Time) string {
	if t%sim.Minute == 0 {
		return fmt.Sprintf("%dm", t/sim.Minute)
	}
	return fmt.Sprintf("%dm%s", t/sim.Minute, t%sim.Minute)
}

func span(t *testing.T, d *datadriven.TestData, name string) sim.Time {
	var s string
	if d.MaybeScanArgs(t, name, &s); s == "" {
		return 0
	}
	at, err := sim.ParseTime(s)
	if err != nil {
		t.Fatal(d.Pos, err)
	}
	return at
}

func (s *stage) play(t *testing.T, d *datadriven.TestData) string {
	var in string
	d.MaybeScanArgs(t, "in", &in)
	c := s.compactors[in]
	switch d.Cmd {
	case "parse":
		return parse(d.Input)
	case "new":
		return s.start(t, d, in)
	case "pause":
		c.Pause()
	case "resume":
		c.Resume()
	case "run":
		return s.run(t, d)
	case "servers":
		var n int
		fmt.Sscan(d.CmdArgs[0].Key, &n)
		for i := range n {
			s.servers = append(s.servers, compact.NewAPIServer(s.now+sim.Time(i)*span(t, d, "apart"), compact.APIServerInterval))
		}
	case "stop":
		var n int
		fmt.Sscan(d.CmdArgs[0].Key, &n)
		s.servers[n-1] = compact.NewAPIServer(s.now, 0)
	case "rounds":
		return s.rounds(t, d)
	default:
		t.Fatalf("%s: no such command: %s", d.Pos, d.Cmd)
	}
	return ""
}

func parse(lines string) string {
	var out strings.Builder
	for line := range strings.Lines(lines) {
		mode, retention, _ := strings.Cut(strings.TrimSpace(line), " ")
		s, err := compact.Parse(strings.Trim(mode, `"`), strings.Trim(retention, `"`))
		if err != nil {
			_, text, _ := strings.Cut(err.Error(), "\n")
			fmt.Fprintf(&out, "%s: %s\n", strings.TrimSpace(line), text)
			continue
		}
		fmt.Fprintf(&out, "%s: %s\n", strings.TrimSpace(line), s)
	}
	return out.String()
}

func (s *stage) start(t *testing.T, d *datadriven.TestData, in string) string {
	set := compact.Article()
	switch {
	case d.HasArg("every"):
		set = compact.Setting{Mode: compact.Fixed, Every: span(t, d, "every"), Period: span(t, d, "keep")}
	case !d.HasArg("article"):
		var err error
		if set, err = compact.Parse(d.CmdArgs[0].Key, d.CmdArgs[1].Key); err != nil {
			t.Fatal(d.Pos, err)
		}
	}
	c := compact.New(set, s.now, s.revision(s.now))
	s.compactors[in] = &c
	return fmt.Sprintf("%s (%s)", c.Setting(), c.Rule())
}

// write begins or ends writing.
func (s *stage) write(t *testing.T, d *datadriven.TestData) {
	writes := "yes"
	d.MaybeScanArgs(t, "writes", &writes)
	s.writes = append(s.writes, write{s.now, s.revision(s.now), writes == "yes"})
}

// first returns the compactor that is to be asked first, and its name.
func (s *stage) first() (c *compact.Compactor, name string) {
	for _, n := range slices.Sorted(maps.Keys(s.compactors)) {
		if c == nil || s.compactors[n].Next() < c.Next() {
			c, name = s.compactors[n], n
		}
	}
	return c, name
}

func prefix(name string) string {
	if name == "" {
		return ""
	}
	return "member " + name + ": "
}

func (s *stage) run(t *testing.T, d *datadriven.TestData) string {
	var answer string
	d.MaybeScanArgs(t, "answer", &answer)
	err := map[string]error{"fail": errors.New("etcdserver: request timed out"), "compacted": mvcc.ErrCompacted}[answer]
	s.write(t, d)
	var out strings.Builder
	for c, name := s.first(); c.Next() <= span(t, d, "to"); c, name = s.first() {
		s.now = max(s.now, c.Next())
		target, due := c.Tick(s.now, s.revision(s.now))
		if !due {
			continue
		}
		fmt.Fprintf(&out, "%s: %scompact to %d, as of %s ago%s\n", clock(s.now), prefix(name), target, s.age(target),
			map[string]string{"fail": ", fails"}[answer])
		s.now += span(t, d, "took")
		c.Done(s.now, s.revision(s.now), err)
	}
	s.now = max(s.now, span(t, d, "to"))
	return out.String()
}

// rounds lets the API servers' time pass.
func (s *stage) rounds(t *testing.T, d *datadriven.TestData) string {
	s.write(t, d)
	var answer string
	d.MaybeScanArgs(t, "answer", &answer)
	var out strings.Builder
	for {
		first := 0
		for i := range s.servers {
			if s.servers[i].Next() < s.servers[first].Next() {
				first = i
			}
		}
		a := &s.servers[first]
		if a.Next() > span(t, d, "to") {
			break
		}
		s.now = a.Next()
		fmt.Fprintf(&out, "%s: server %d %s\n", clock(s.now), first+1, s.round(a, answer))
	}
	s.now = max(s.now, span(t, d, "to"))
	return out.String()
}

func (s *stage) round(a *compact.APIServer, answer string) string {
	ask, _ := a.Tick(s.now)
	r := compact.Reply{Revision: s.revision(s.now), Put: ask.Version == s.version, Version: s.version, Value: s.value}
	if r.Put {
		s.version, s.value = s.version+1, ask.Value
	}
	if answer == "lost" {
		a.Failed(s.now)
		return "hears nothing"
	}
	target, due := a.Answered(s.now, r)
	switch {
	case !r.Put:
		return fmt.Sprintf("learns version %d, compacted to %d", r.Version, a.CompactRevision())
	case !due:
		return "puts " + ask.Value
	case answer == "fail":
		a.Compacted(s.now, errors.New("etcdserver: request timed out"))
		return fmt.Sprintf("puts %s, compacts to %d and fails, compacted to %d", ask.Value, target, a.CompactRevision())
	}
	a.Compacted(s.now, nil)
	return fmt.Sprintf("puts %s, compacts to %d, as of %s ago", ask.Value, target, s.age(target))
}
