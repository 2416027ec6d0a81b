package scenario

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// stage is a cluster on which a story is told. Once a rule is broken, or a step was not possible, the remaining steps
// do nothing.
type stage struct {
	*world.World
	err error
}

// patience is how long a step waits for what it needs: many elections.
const patience = 20 * sim.Second

// set builds the cluster, with the figures of the article.
func set(members int, off rule.Set) *stage {
	cfg := world.Default()
	cfg.Members, cfg.Off = members, off
	w, err := world.New(cfg, nil)
	return &stage{w, err}
}

func (s *stage) over() bool { return s.err != nil || s.Broken() != nil }

// do gives commands, as they would be typed.
func (s *stage) do(lines ...string) {
	for _, line := range lines {
		if s.over() {
			return
		}
		c, err := script.Parse(line)
		if err == nil {
			err = s.Do(c)
		}
		if err != nil && s.Broken() == nil {
			s.err = fmt.Errorf("%s: %w", line, err)
		}
	}
}

// pass lets time pass.
func (s *stage) pass(span sim.Time) {
	if !s.over() {
		s.Advance(s.Now()+span, 1<<30)
	}
}

// when lets time pass until something is so, to the turn.
func (s *stage) when(what string, so func() bool) {
	for end := s.Now() + patience; !s.over() && !so(); {
		if s.Now() > end {
			s.err = fmt.Errorf("it never came to be that %s", what)
			return
		}
		s.Step()
	}
}

// until lets time pass until an expression of the script language holds.
func (s *stage) until(text string) {
	e, err := script.ParseExpr(text)
	if err != nil {
		s.err = err
		return
	}
	s.when(text, func() bool { return s.holds(e) })
}

func (s *stage) holds(e script.Expr) bool {
	holds, _ := e.Eval(s.Fact)
	return holds
}

// campaign lets a member's election timer run out again and again until something is so. The others may need to forget
// their leader first, or to come up.
func (s *stage) campaign(id int, what string, so func() bool) {
	name, m := script.MemberName(id), s.Members()[id-1]
	for end := s.Now() + patience; !s.over() && !so(); s.pass(s.Preset().Tick) {
		if s.Now() > end {
			s.err = fmt.Errorf("%s campaigned, but it never came to be that %s", name, what)
			return
		}
		// Who stands for election already must not begin anew: its votes are on their way. And it may be down.
		if n := m.Node(); n != nil && n.Role() != raft.Candidate {
			_ = s.Do(script.Campaign{Member: name}) // a leader cannot: then it is another that must give up first
		}
	}
}

// elect lets a member campaign until it leads.
func (s *stage) elect(id int) {
	s.campaign(id, "it leads", func() bool { return s.leads() == string(script.MemberName(id)) })
}

// votedFor returns for whom a member has just voted; empty: for nobody.
func (s *stage) votedFor(id int) string {
	j := s.Journal()
	r := j.At(j.Next() - 1)
	for ; r != nil && r.At == s.Now(); r = j.At(r.Seq - 1) {
		e := &r.Member.Raft
		if r.Kind == world.AtMember && r.Where == sim.Member(id) && e.Kind == raft.VoteGranted && !e.Pre {
			return e.Peer.String()
		}
	}
	return ""
}

// leads returns who leads the highest term; empty: nobody.
func (s *stage) leads() string {
	leader, _ := s.Fact(script.Fact{Name: "leader"})
	return leader
}

// outcome asks the checkers: was a safety rule broken, is there an order that explains all answers?
func (s *stage) outcome() Outcome {
	if s.err != nil {
		return Outcome{Err: s.err}
	}
	if b := s.Broken(); b != nil {
		return Outcome{Harm: b.Error()}
	}
	if l := s.Linearizable(check.Budget{}); l.Verdict != check.Ok {
		if l.Violation == nil {
			return Outcome{Err: fmt.Errorf("the answers could not be judged")}
		}
		return Outcome{Harm: l.Violation.Error()}
	}
	return Outcome{}
}
