package etcd

import (
	"errors"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Compaction. It is agreed on through Raft, so all members refuse the same revisions from the same entry on; each then
// drops rows in its own time, a batch at a time with pauses (mvcc/kvstore_compaction.go).

const (
	compactPause = 10 * sim.Millisecond // --compaction-sleep-interval
	compactWork  = 2 * sim.Millisecond  // examining a batch, and the commit behind it
)

// physical is a client that waits until rows up to a revision are gone.
type physical struct {
	id       uint64
	revision int64
}

// applyCompaction puts a compaction into force. The scheduled revision is on disk before anybody is told (kvstore.go,
// updateCompactRev).
func (p *process) applyCompaction(t *turn, c api.Compaction) string {
	if err := p.applier.store.Compact(c.Revision); err != nil {
		return err.Error()
	}
	p.applier.counters.ranges++ // etcd reads a key to learn the revision (apply/apply.go, Compaction)
	t.out.event(Event{Kind: Compacted, Rule: rule.CompactionKeepsNewest, Revision: c.Revision})
	p.writeBackend(t)
	p.armCompaction(t, t.now)
	return ""
}

// armCompaction asks for a wake for the next batch, if there is one and none is under way.
func (p *process) armCompaction(t *turn, from sim.Time) {
	if _, any := p.applier.store.Compaction(); any && !p.compacting {
		p.compacting = true
		if p.disk.compactFrom == 0 {
			p.disk.compactFrom = from
		}
		t.wake(from+compactWork, WakeCompact)
	}
}

// compactBatch drops the rows of one batch.
func (p *process) compactBatch(t *turn) {
	p.compacting = false
	p.disk.observe(timePause, compactWork)
	removed, finished := p.applier.store.CompactBatch(mvcc.CompactionBatch)
	p.writeBackend(t)
	if finished {
		p.disk.countCompaction(t.now)
		rev := p.applier.store.FinishedCompactRevision()
		t.out.event(Event{Kind: CompactionDone, Revision: rev, Count: removed})
		p.server.answerPhysical(t, rev)
	}
	p.armCompaction(t, t.now+compactPause)
}

func (s *server) answerPhysical(t *turn, rev int64) {
	waiting := s.physicals
	s.physicals = nil
	for _, p := range waiting {
		if p.revision <= rev {
			s.requests.answer(t, Response{ID: p.id, Reply: t.applier.reply(t, nil), Executed: true})
		} else {
			s.physicals = append(s.physicals, p)
		}
	}
}

// autoCompact asks the member's compactor whether it is time. Only the leader's proposes (api/v3compactor).
func (s *server) autoCompact(t *turn) {
	c := &s.compactor
	if c.Next() > t.now || c.Next() == 0 {
		return
	}
	if t.loop.leads(t.self.id) == c.Paused() {
		if c.Paused() {
			c.Resume()
		} else {
			c.Pause()
		}
	}
	if target, due := c.Tick(t.now, t.applier.store.Revision()); due {
		t.out.event(Event{Kind: AutoCompaction, Rule: c.Rule(), Revision: target})
		s.proposeOwn(t, api.Compaction{Revision: target}, proposal{compact: true})
	}
}

// compacted tells the compactor what became of its proposal.
func (s *server) compacted(t *turn, text string) {
	var err error
	switch text {
	case "":
	case api.ErrCompacted:
		err = mvcc.ErrCompacted
	default:
		err = errors.New(text)
	}
	s.compactor.Done(t.now, t.applier.store.Revision(), err)
}
