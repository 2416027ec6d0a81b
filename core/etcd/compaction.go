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
func (m *Member) applyCompaction(now sim.Time, c api.Compaction, out *Output) string {
	if err := m.store.Compact(c.Revision); err != nil {
		return err.Error()
	}
	m.tally.ranges++ // etcd reads a key to learn the revision (apply/apply.go, Compaction)
	out.event(Event{Kind: Compacted, Rule: rule.CompactionKeepsNewest, Revision: c.Revision})
	m.writeBackend(now, out)
	m.armCompaction(now, out)
	return ""
}

// armCompaction asks for a wake for the next batch, if there is one and none is under way.
func (m *Member) armCompaction(now sim.Time, out *Output) {
	if _, any := m.store.Compaction(); any && !m.compacting {
		m.compacting = true
		if m.tally.compactFrom == 0 {
			m.tally.compactFrom = now
		}
		out.Wakes = append(out.Wakes, Wake{now + compactWork, WakeCompact, m.life})
	}
}

// compactBatch drops the rows of one batch.
func (m *Member) compactBatch(now sim.Time, out *Output) {
	m.compacting = false
	m.tally.observe(timePause, compactWork)
	removed, finished := m.store.CompactBatch(mvcc.CompactionBatch)
	m.writeBackend(now, out)
	if finished {
		m.tally.countCompaction(now)
		rev := m.store.FinishedCompactRevision()
		out.event(Event{Kind: CompactionDone, Revision: rev, Count: removed})
		m.answerPhysical(rev, out)
	}
	m.armCompaction(now+compactPause, out)
}

func (m *Member) answerPhysical(rev int64, out *Output) {
	waiting := m.physicals
	m.physicals = nil
	for _, p := range waiting {
		if p.revision <= rev {
			m.answer(Response{ID: p.id, Reply: m.reply(nil), Executed: true}, out)
		} else {
			m.physicals = append(m.physicals, p)
		}
	}
}

// autoCompact asks the member's compactor whether it is time. Only the leader's proposes (api/v3compactor).
func (m *Member) autoCompact(now sim.Time, out *Output) {
	c := &m.compactor
	if c.Next() > now || c.Next() == 0 {
		return
	}
	if m.leads() == c.Paused() {
		if c.Paused() {
			c.Resume()
		} else {
			c.Pause()
		}
	}
	if target, due := c.Tick(now, m.store.Revision()); due {
		out.event(Event{Kind: AutoCompaction, Rule: c.Rule(), Revision: target})
		m.run(now, api.Compaction{Revision: target}, errand{compact: true}, out)
	}
}

// compacted tells the compactor what became of its proposal.
func (m *Member) compacted(now sim.Time, text string) {
	var err error
	switch text {
	case "":
	case api.ErrCompacted:
		err = mvcc.ErrCompacted
	default:
		err = errors.New(text)
	}
	m.compactor.Done(now, m.store.Revision(), err)
}
