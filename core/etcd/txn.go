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
func (a *applier) applyPut(p api.Put) (api.Body, string) {
	if p.Lease != 0 && !a.hasLease(p.Lease) {
		return nil, api.ErrLeaseNotFound
	}
	before := a.counters.ops()
	tx := a.store.Write()
	defer tx.End()
	defer a.counters.endTxn(before)
	return a.put(&tx, p)
}

func (a *applier) hasLease(id int64) bool {
	_, ok := a.lessor.Lookup(lease.ID(id))
	return ok
}

func (a *applier) put(tx *mvcc.WriteTxn, p api.Put) (api.Body, string) {
	value, id := p.Value, p.Lease
	var reply api.PutReply
	if p.PrevKV || p.IgnoreValue || p.IgnoreLease {
		a.counters.ranges++
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
	a.counters.puts++
	a.counters.putBytes += int64(len(p.Key) + len(value))
	before, existed := tx.Put(p.Key, value, id)
	if existed && before.Lease != 0 {
		a.lessor.Detach(p.Key)
	}
	if id != 0 {
		// It was there when it was checked, and in a transaction nothing revokes.
		_ = a.lessor.Attach(lease.ID(id), p.Key)
	}
	return reply, ""
}

// applyDelete deletes a range of keys.
func (a *applier) applyDelete(d api.DeleteRange) api.Body {
	before := a.counters.ops()
	tx := a.store.Write()
	defer tx.End()
	defer a.counters.endTxn(before)
	return a.deleteRange(&tx, d)
}

func (a *applier) deleteRange(tx *mvcc.WriteTxn, d api.DeleteRange) api.Body {
	if d.PrevKV {
		a.counters.ranges++
	}
	a.counters.deletes++
	gone := tx.TakeRange(d.Key, d.End)
	for i := range gone {
		if gone[i].Lease != 0 {
			a.lessor.Detach(gone[i].Key)
		}
	}
	reply := api.DeleteReply{Deleted: int64(len(gone))}
	if d.PrevKV {
		reply.Prev = gone
	}
	return reply
}

// applyTxn carries out a transaction. The revision grows by one if it changed anything.
func (a *applier) applyTxn(t api.Txn) (api.Body, string) {
	before := a.counters.ops()
	path := a.decide(t, nil)
	_, err := a.checkOps(t, path)
	if err == "" && t.ReadOnly() {
		body, _ := a.execute(nil, t, path)
		a.counters.endTxn(before)
		return body, ""
	}
	a.counters.endTxn(before) // of the conditions alone
	if err != "" {
		return nil, err
	}
	before = a.counters.ops()
	tx := a.store.Write()
	defer tx.End()
	body, _ := a.execute(&tx, t, path)
	a.counters.endTxn(before)
	return body, ""
}

// decide appends which way a transaction goes, and those nested in the branch that it takes, in the order in which they
// are met.
func (a *applier) decide(t api.Txn, path []bool) []bool {
	holds := true
	for i := range t.Compare {
		if holds = a.holds(&t.Compare[i]); !holds {
			break
		}
	}
	path = append(path, holds)
	for _, op := range branch(t, holds) {
		if nested, ok := op.(api.Txn); ok {
			path = a.decide(nested, path)
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
func (a *applier) holds(c *api.Compare) bool {
	any := false
	a.counters.ranges++
	for kv := range a.store.All(c.Key, c.End, 0) {
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
func (a *applier) checkOps(t api.Txn, path []bool) ([]bool, string) {
	ops, rest := branch(t, path[0]), path[1:]
	for _, op := range ops {
		err := ""
		switch c := op.(type) {
		case api.Range:
			err = a.checkRevision(c.Revision)
		case api.Put:
			if c.IgnoreValue || c.IgnoreLease {
				a.counters.ranges++
			}
			if _, found, _ := a.store.Get(c.Key, 0); !found && (c.IgnoreValue || c.IgnoreLease) {
				err = api.ErrKeyNotFound
			} else if c.Lease != 0 && !a.hasLease(c.Lease) {
				err = api.ErrLeaseNotFound
			}
		case api.Txn:
			rest, err = a.checkOps(c, rest)
		}
		if err != "" {
			return rest, err
		}
	}
	return rest, ""
}

func (a *applier) checkRevision(rev int64) string {
	switch {
	case rev == 0:
	case rev > a.store.Revision():
		return api.ErrFutureRev
	case rev < a.store.CompactRevision():
		return api.ErrCompacted
	}
	return ""
}

// execute runs the operations of the branch that was decided on; tx is nil if they only read. It returns the rest of
// the path.
func (a *applier) execute(tx *mvcc.WriteTxn, t api.Txn, path []bool) (api.TxnReply, []bool) {
	reply, rest := api.TxnReply{Succeeded: path[0]}, path[1:]
	for _, op := range branch(t, path[0]) {
		var body api.Body
		switch c := op.(type) {
		case api.Range:
			body = a.rangeIn(tx, c)
		case api.Put:
			body, _ = a.put(tx, c)
		case api.DeleteRange:
			body = a.deleteRange(tx, c)
		case api.Txn:
			body, rest = a.execute(tx, c, rest)
		}
		r := api.Reply{Body: body}
		if _, nested := op.(api.Txn); !nested { // whose header is empty in etcd
			r.Header.Revision = a.revisionIn(tx)
		}
		reply.Replies = append(reply.Replies, r)
	}
	return reply, rest
}

func (a *applier) revisionIn(tx *mvcc.WriteTxn) int64 {
	if tx == nil {
		return a.store.Revision()
	}
	return tx.Revision()
}

// rangeIn reads within a transaction. That it can be read was checked before.
func (a *applier) rangeIn(tx *mvcc.WriteTxn, r api.Range) api.Body {
	a.counters.ranges++
	var res mvcc.RangeResult
	if tx == nil {
		res, _ = a.store.Range(r.Key, r.End, r.RangeOptions)
	} else {
		res, _ = tx.Range(r.Key, r.End, r.RangeOptions)
	}
	return api.RangeReply{RangeResult: res}
}
