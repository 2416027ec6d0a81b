package runner

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// until lets time pass until a goal is reached, and no longer: the goal is looked at after every turn.
func (r *Runner) until(s script.RunUntil) {
	within := s.Within
	if within == 0 {
		within = script.WithinDefault
	}
	end := r.world.Now() + within
	reached, seen := r.goal(s)
	for late := false; !reached && !late && r.world.Broken() == nil; reached, seen = r.goal(s) {
		late = r.advance(end, 1)
		if r.world.Turn()%portion == 0 {
			r.transcript.catchUp()
		}
	}
	r.transcript.catchUp()
	if !reached {
		seen = fmt.Sprintf("not within %v: %s", within, seen)
	}
	r.check(Check{s.Pos, s.String(), reached, seen})
}

// goal reports whether the goal is reached, and what is seen of it.
func (r *Runner) goal(s script.RunUntil) (reached bool, seen string) {
	switch s.Goal {
	case script.UntilLeader:
		if name, ok := r.world.Fact(script.Fact{Name: "leader"}); ok {
			return true, "leader is " + name
		}
		return false, "nobody leads"
	case script.UntilQuiet:
		open := 0
		for i := range r.world.Clients() {
			open += len(r.world.Clients()[i].Open())
		}
		if open+len(r.later) == 0 {
			return true, "nothing waits"
		}
		return false, fmt.Sprintf("%d requests and %d commands wait", open, len(r.later))
	}
	reached, seen = s.Expr.Eval(r.world.Fact)
	return reached, seen
}

// instant writes a time as transcripts do: in milliseconds, so that a column of them can be compared at a glance.
func instant(t sim.Time) string {
	return fmt.Sprintf("%d.%03d ms", t/sim.Millisecond, t%sim.Millisecond)
}
