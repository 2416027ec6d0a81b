package lease

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3compactor"
	"go.etcd.io/etcd/server/v3/storage/mvcc"

	ours "github.com/etcdscope/etcdscope/core/compact"
	ourmvcc "github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// plan is what happens around a compactor: all of it follows from the time.
type plan struct {
	set     ours.Setting
	rate    []int64    // writes a minute, for each ten minutes
	answers []int      // of each ten minutes: 0 good, 1 fails, 2 compacted already
	took    []sim.Time // of each ten minutes
	toggles []sim.Time // pause, resume, pause …
}

const (
	horizon = 12 * sim.Hour
	grain   = 10 * sim.Millisecond           // all that the compactors do falls on whole grains
	between = grain / 3                      // what is done to them falls between
	end     = horizon - sim.Minute + between // they are stopped
)

// draw makes a plan.
func draw(r *rand.Rand, set ours.Setting) plan {
	p := plan{set: set}
	for range horizon/(10*sim.Minute) + 1 {
		p.rate = append(p.rate, max(0, r.Int64N(30)-10))
		p.answers = append(p.answers, max(0, r.IntN(6)-3))
		p.took = append(p.took, sim.Time(r.IntN(800))*grain)
	}
	for at := sim.Time(0); r.IntN(5) > 0; {
		at += sim.Time(r.Int64N(int64(horizon/4/grain))) * grain
		if at >= end-grain {
			break
		}
		p.toggles = append(p.toggles, at+between)
	}
	return p
}

func (p *plan) part(at sim.Time) int { return int(at / (10 * sim.Minute)) }

func (p *plan) revision(at sim.Time) int64 {
	rev := int64(1)
	for i := range p.part(at) {
		rev += p.rate[i] * 10
	}
	return rev + p.rate[p.part(at)]*int64(at%(10*sim.Minute)/sim.Minute)
}

func (p *plan) answer(at sim.Time) error {
	return [...]error{nil, errors.New("etcdserver: request timed out"), mvcc.ErrCompacted}[p.answers[p.part(at)]]
}

// done is a compaction.
type done struct {
	at       sim.Time
	revision int64
}

// theirStore is what their compactor works on.
type theirStore struct {
	*plan
	start time.Time
	list  []done
}

func (s *theirStore) now() sim.Time { return sim.Time(time.Since(s.start).Microseconds()) }

func (s *theirStore) Rev() int64 { return s.revision(s.now()) }

func (s *theirStore) Compact(_ context.Context, r *pb.CompactionRequest) (*pb.CompactionResponse, error) {
	at := s.now()
	s.list = append(s.list, done{at, r.Revision})
	time.Sleep(span(s.took[s.part(at)]))
	return nil, s.answer(at)
}

func span(t sim.Time) time.Duration { return time.Duration(t) * time.Microsecond }

// theirs runs etcd's compactor through a plan.
func theirs(t *testing.T, p *plan) []done {
	var list []done
	synctest.Test(t, func(t *testing.T) {
		s := &theirStore{plan: p, start: time.Now()}
		retention := span(p.set.Period)
		if p.set.Mode == ours.Revision {
			retention = time.Duration(p.set.Keep)
		}
		c, err := v3compactor.New(nil, p.set.Mode.String(), retention, s, s)
		if err != nil {
			t.Fatal(err)
		}
		c.Run()
		for i, at := range p.toggles {
			time.Sleep(span(at - s.now()))
			if i%2 == 0 {
				c.Pause()
			} else {
				c.Resume()
			}
		}
		time.Sleep(span(end - s.now()))
		c.Stop()
		time.Sleep(span(sim.Minute)) // until a last compaction is done
		list = s.list
	})
	return list
}

// toggle pauses and resumes until an instant, and returns what is still to come.
func toggle(c *ours.Compactor, toggles []sim.Time, until sim.Time) []sim.Time {
	for len(toggles) > 0 && toggles[0] < until {
		if c.Paused() {
			c.Resume()
		} else {
			c.Pause()
		}
		toggles = toggles[1:]
	}
	return toggles
}

// mine runs our compactor through the same plan.
func mine(p *plan) []done {
	c := ours.New(p.set, 0, p.revision(0))
	var list []done
	toggles := p.toggles
	for {
		toggles = toggle(&c, toggles, c.Next())
		now := c.Next()
		if now >= end {
			return list
		}
		target, due := c.Tick(now, p.revision(now))
		if !due {
			continue
		}
		list = append(list, done{now, target})
		over := now + p.took[p.part(now)]
		toggles = toggle(&c, toggles, over)
		err := p.answer(now)
		if err == mvcc.ErrCompacted {
			err = ourmvcc.ErrCompacted
		}
		c.Done(over, p.revision(over), err)
	}
}

// difference says where two runs part.
func difference(ours, theirs []done) string {
	for i := range min(len(ours), len(theirs)) {
		if ours[i] != theirs[i] {
			return fmt.Sprintf("compaction %d: ours %+v, theirs %+v", i, ours[i], theirs[i])
		}
	}
	return fmt.Sprintf("ours has %d compactions, theirs %d", len(ours), len(theirs))
}

// TestCompactors: with the same writes, failures and changes of leader, ours compacts when and to where etcd's does.
func TestCompactors(t *testing.T) {
	for _, c := range []struct{ mode, retention string }{
		{"periodic", "10m"}, {"periodic", "1h"}, {"periodic", "90m"}, {"periodic", "3h"}, {"periodic", "45s"},
		{"revision", "1"}, {"revision", "100"},
	} {
		t.Run(c.mode+"-"+c.retention, func(t *testing.T) {
			set, err := ours.Parse(c.mode, c.retention)
			if err != nil {
				t.Fatal(err)
			}
			total := 0
			for seed := range uint64(20) {
				p := draw(rand.New(rand.NewPCG(seed, 1)), set)
				got, want := mine(&p), theirs(t, &p)
				total += len(want)
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d: %s", seed, difference(got, want))
				}
			}
			if total < 100 {
				t.Errorf("only %d compactions", total)
			}
			t.Logf("%d compactions", total)
		})
	}
}
