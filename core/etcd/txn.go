package etcd

import (
	"cmp"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// Carrying out what changes or reads keys (etcdserver/txn/txn.go). A transaction goes in three steps: all conditions,
// those of nested transactions included, are decided on the state before it; then what could fail is checked on that
// state, too; then the operations run in order and see each other's changes. Nothing can fail any more by then.

// applyPut writes one key.
func (m *Member) applyPut(p api.Put) (api.Body, string) {
	if p.Lease != 0 && !m.hasLease(p.Lease) {
		return nil, api.ErrLeaseNotFound
	}
	before := m.tally.ops()
	tx := m.store.Write()
	defer tx.End()
	defer m.tally.endTxn(before)
	return m.put(&tx, p)
}

func (m *Member) hasLease(id int64) bool {
	_, ok := m.lessor.Lookup(lease.ID(id))
	return ok
}

func (m *Member) put(tx *mvcc.WriteTxn, p api.Put) (api.Body, string) {
	value, id := p.Value, p.Lease
	var reply api.PutReply
	if p.PrevKV || p.IgnoreValue || p.IgnoreLease {
		m.tally.ranges++
		before, ok := tx.Get(p.Key)
		if !ok && (p.IgnoreValue || p.IgnoreLease) {
			return nil, api.ErrKeyNotFound
		}
		if p.IgnoreValue {
			value = before.Value
		}
		if p.IgnoreLease {
			id = before.Lease
		}
		if ok && p.PrevKV {
			reply.Prev = &before
		}
	}
	m.tally.puts++
	m.tally.putBytes += int64(len(p.Key) + len(value))
	before, existed := tx.Put(p.Key, value, id)
	if existed && before.Lease != 0 {
		m.lessor.Detach(p.Key)
	}
	if id != 0 {
		// It was there when it was checked, and in a transaction nothing revokes.
		_ = m.lessor.Attach(lease.ID(id), p.Key)
	}
	return reply, ""
}

// applyDelete deletes a range of keys.
func (m *Member) applyDelete(d api.DeleteRange) api.Body {
	before := m.tally.ops()
	tx := m.store.Write()
	defer tx.End()
	defer m.tally.endTxn(before)
	return m.deleteRange(&tx, d)
}

func (m *Member) deleteRange(tx *mvcc.WriteTxn, d api.DeleteRange) api.Body {
	if d.PrevKV {
		m.tally.ranges++
	}
	m.tally.deletes++
	gone := tx.TakeRange(d.Key, d.End)
	for i := range gone {
		if gone[i].Lease != 0 {
			m.lessor.Detach(gone[i].Key)
		}
	}
	reply := api.DeleteReply{Deleted: int64(len(gone))}
	if d.PrevKV {
		reply.Prev = gone
	}
	return reply
}

// applyTxn carries out a transaction. The revision grows by one if it changed anything.
func (m *Member) applyTxn(t api.Txn) (api.Body, string) {
	before := m.tally.ops()
	path := m.decide(t, nil)
	_, err := m.checkOps(t, path)
	if err == "" && t.ReadOnly() {
		body, _ := m.execute(nil, t, path)
		m.tally.endTxn(before)
		return body, ""
	}
	m.tally.endTxn(before) // of the conditions alone
	if err != "" {
		return nil, err
	}
	before = m.tally.ops()
	tx := m.store.Write()
	defer tx.End()
	body, _ := m.execute(&tx, t, path)
	m.tally.endTxn(before)
	return body, ""
}

// decide appends which way a transaction goes, and those nested in the branch that it takes, in the order in which they
// are met.
func (m *Member) decide(t api.Txn, path []bool) []bool {
	holds := true
	for i := range t.Compare {
		if holds = m.holds(&t.Compare[i]); !holds {
			break
		}
	}
	path = append(path, holds)
	for _, op := range branch(t, holds) {
		if nested, ok := op.(api.Txn); ok {
			path = m.decide(nested, path)
		}
	}
	return path
}

func branch(t api.Txn, success bool) []api.Call {
	if success {
		return t.Success
	}
	return t.Failure
}

// holds reports whether a condition holds for every key in its range. Of a range without keys only a value never
// compares: all else is 0.
func (m *Member) holds(c *api.Compare) bool {
	any := false
	m.tally.ranges++
	for kv := range m.store.All(c.Key, c.End, 0) {
		any = true
		if !compare(c, &kv) {
			return false
		}
	}
	return any || (c.Target != api.CompareValue && compare(c, &mvcc.KeyValue{}))
}

// compare decides a condition on one key. A target that etcd does not know is equal to everything, and a relation that
// it does not know holds (etcdserver/txn/txn.go, compareKV).
func compare(c *api.Compare, kv *mvcc.KeyValue) bool {
	order := 0
	switch c.Target {
	case api.CompareValue:
		order = strings.Compare(kv.Value, c.Value)
	case api.CompareCreate:
		order = cmp.Compare(kv.CreateRevision, c.Number)
	case api.CompareMod:
		order = cmp.Compare(kv.ModRevision, c.Number)
	case api.CompareVersion:
		order = cmp.Compare(kv.Version, c.Number)
	case api.CompareLease:
		order = cmp.Compare(kv.Lease, c.Number)
	}
	switch c.Result {
	case api.Equal:
		return order == 0
	case api.Greater:
		return order > 0
	case api.Less:
		return order < 0
	case api.NotEqual:
		return order != 0
	}
	return true
}

// checkOps checks what could fail of the operations that will run, on the state before them. It returns the rest of the
// path.
func (m *Member) checkOps(t api.Txn, path []bool) ([]bool, string) {
	ops, rest := branch(t, path[0]), path[1:]
	for _, op := range ops {
		err := ""
		switch c := op.(type) {
		case api.Range:
			err = m.checkRevision(c.Revision)
		case api.Put:
			if c.IgnoreValue || c.IgnoreLease {
				m.tally.ranges++
			}
			if _, found, _ := m.store.Get(c.Key, 0); !found && (c.IgnoreValue || c.IgnoreLease) {
				err = api.ErrKeyNotFound
			} else if c.Lease != 0 && !m.hasLease(c.Lease) {
				err = api.ErrLeaseNotFound
			}
		case api.Txn:
			rest, err = m.checkOps(c, rest)
		}
		if err != "" {
			return rest, err
		}
	}
	return rest, ""
}

func (m *Member) checkRevision(rev int64) string {
	switch {
	case rev == 0:
	case rev > m.store.Revision():
		return api.ErrFutureRev
	case rev < m.store.CompactRevision():
		return api.ErrCompacted
	}
	return ""
}

// execute runs the operations of the branch that was decided on; tx is nil if they only read. It returns the rest of
// the path.
func (m *Member) execute(tx *mvcc.WriteTxn, t api.Txn, path []bool) (api.TxnReply, []bool) {
	reply, rest := api.TxnReply{Succeeded: path[0]}, path[1:]
	for _, op := range branch(t, path[0]) {
		var body api.Body
		switch c := op.(type) {
		case api.Range:
			body = m.rangeIn(tx, c)
		case api.Put:
			body, _ = m.put(tx, c)
		case api.DeleteRange:
			body = m.deleteRange(tx, c)
		case api.Txn:
			body, rest = m.execute(tx, c, rest)
		}
		r := api.Reply{Body: body}
		if _, nested := op.(api.Txn); !nested { // whose header is empty in etcd
			r.Header.Revision = m.revisionIn(tx)
		}
		reply.Replies = append(reply.Replies, r)
	}
	return reply, rest
}

func (m *Member) revisionIn(tx *mvcc.WriteTxn) int64 {
	if tx == nil {
		return m.store.Revision()
	}
	return tx.Revision()
}

// rangeIn reads within a transaction. That it can be read was checked before.
func (m *Member) rangeIn(tx *mvcc.WriteTxn, r api.Range) api.Body {
	m.tally.ranges++
	var res mvcc.RangeResult
	if tx == nil {
		res, _ = m.store.Range(r.Key, r.End, r.RangeOptions)
	} else {
		res, _ = tx.Range(r.Key, r.End, r.RangeOptions)
	}
	return api.RangeReply{RangeResult: res}
}
