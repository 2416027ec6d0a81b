package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
)

// applyHead applies the entries whose time has come, answers who waits for them, and goes on with the next.
func (p *process) applyHead(t *turn) {
	switch {
	case p.applier.applying == 0:
		return // a snapshot has taken their place
	case p.applier.defrag.req != nil:
		p.applier.defrag.apply = true
		return
	}
	p.snapshotIfDue(t)
	batch := p.applier.take()
	for i := range batch {
		p.applyEntry(t, &batch[i])
	}
	p.server.serveReads(t)
	p.server.appliedMore(t)
	p.applier.startApply(t)
	if p.loop.awaitsApply && !p.loop.changesGroup(t) {
		p.loop.awaitsApply = false
		p.finish(t)
		p.lateTick(t)
	}
}

// applyEntry changes the store as one entry says. After a restart Raft hands out entries that the backend already
// holds: of those only configuration counts (etcd's consistent index).
func (p *process) applyEntry(t *turn, e *raft.Entry) {
	known := e.Index <= p.applier.applied
	if !known {
		p.applier.applied, p.applier.appliedTerm = e.Index, e.Term
	}
	switch {
	case e.Type == raft.EntryConfChange:
		p.applyConf(t, e, known)
	case known:
	case len(e.Data) == 0:
		t.out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: p.applier.store.Revision()})
		p.server.askAgain(t)
		proposeVersion(t, e.Term)
		p.server.leases.promote(t)
	default:
		p.applyProposal(t, e)
	}
}

// applyProposal carries out what an entry asks for (etcdserver/server.go, applyEntryNormal). All members do the same;
// the one whose client waits answers.
func (p *process) applyProposal(t *turn, e *raft.Entry) {
	id, call, err := api.Decode(e.Data)
	if err != nil {
		panic(err.Error())
	}
	before := p.applier.store.Revision()
	affords := p.applier.affords(t, call)
	body, text := p.apply(t, id, call)
	p.streams.notify(t, before)
	refusal := text
	if text == "" && !affords {
		text = api.ErrNoSpace // although it was carried out
	}
	p.applier.counters.countApplied(call, text)
	why := rule.ApplyInOrder
	if p.applier.store.Revision() > before {
		why = rule.RevisionPerWrite
		t.storage.backend.changes++
	}
	t.out.event(Event{
		Kind: Applied, Rule: why, Index: e.Index, Request: id, Revision: p.applier.store.Revision(), Text: refusal,
	})
	if c, ok := call.(api.Compaction); ok && c.Physical && text == "" {
		p.server.physicals = append(p.server.physicals, physical{id, c.Revision})
		return
	}
	resp := Response{ID: id, Reply: p.applier.reply(t, body), Err: text, Executed: refusal == ""}
	if text == api.ErrNoSpace && !p.applier.alarms.any(api.AlarmNoSpace) {
		p.server.raise(t, api.AlarmNoSpace, proposal{asker: p.server.requests.waiter(id).req, resp: resp})
		return
	}
	p.server.requests.answer(t, resp)
	p.server.returned(t, id, text)
}

// apply changes what the member holds as one call says. It returns etcd's error text, or nothing.
func (p *process) apply(t *turn, id uint64, call api.Call) (body api.Body, err string) {
	if err := p.applier.refusedByAlarm(call); err != "" {
		return nil, err
	}
	switch c := call.(type) {
	case api.Publish:
		p.applyPublish(t, id, c)
	case api.ClusterVersion:
		p.applier.cluster.version = c.Version
	case api.Put:
		return p.applier.applyPut(c)
	case api.DeleteRange:
		return p.applier.applyDelete(c), ""
	case api.Txn:
		return p.applier.applyTxn(c)
	case api.Compaction:
		return nil, p.applyCompaction(t, c)
	case api.LeaseGrant:
		if body, err = p.applier.applyGrant(t, c); err == "" {
			p.server.leases.arm(t)
		}
	case api.LeaseRevoke:
		if err = p.applier.applyRevoke(t, c); err == "" {
			p.server.release(t, lease.ID(c.ID))
		}
	case api.LeaseCheckpoint:
		p.applier.lessor.Checkpoint(t.now, lease.ID(c.ID), c.Remaining)
	case api.Alarm:
		return p.applier.applyAlarm(t, c), ""
	}
	return body, err
}
