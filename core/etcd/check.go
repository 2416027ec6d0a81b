package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// What a request must look like, whatever the state of the store (api/v3rpc/key.go). The checks return etcd's error
// text, or nothing.

func (cfg *Config) check(c api.Call) string {
	switch c := c.(type) {
	case api.Range:
		return checkRange(c)
	case api.Put:
		return checkPut(c)
	case api.DeleteRange:
		return checkKey(c.Key)
	case api.Txn:
		if err := checkTxn(c, cfg.maxTxnOps()); err != "" {
			return err
		}
		for _, ops := range [...][]api.Call{c.Success, c.Failure} {
			if _, ok := touches(ops); !ok {
				return api.ErrDuplicateKey
			}
		}
	}
	return ""
}

func checkKey(key string) string {
	if key == "" {
		return api.ErrEmptyKey
	}
	return ""
}

func checkRange(r api.Range) string {
	switch {
	case r.Key == "":
		return api.ErrEmptyKey
	case r.SortOrder > mvcc.SortDescend || r.SortTarget > mvcc.SortByValue:
		return api.ErrSortOption
	}
	return ""
}

func checkPut(p api.Put) string {
	switch {
	case p.Key == "":
		return api.ErrEmptyKey
	case p.IgnoreValue && p.Value != "":
		return api.ErrValueProvided
	case p.IgnoreLease && p.Lease != 0:
		return api.ErrLeaseProvided
	}
	return ""
}

// checkTxn counts operations, and looks at each. A nested transaction may have as many as its parent leaves of the
// limit.
func checkTxn(t api.Txn, most int) string {
	n := max(len(t.Compare), len(t.Success), len(t.Failure))
	if n > most {
		return api.ErrTooManyOps
	}
	for i := range t.Compare {
		if t.Compare[i].Key == "" {
			return api.ErrEmptyKey
		}
	}
	for _, ops := range [...][]api.Call{t.Success, t.Failure} {
		for _, op := range ops {
			if err := checkOp(op, most-n); err != "" {
				return err
			}
		}
	}
	return ""
}

func checkOp(op api.Call, most int) string {
	switch c := op.(type) {
	case api.Range:
		return checkRange(c)
	case api.Put:
		return checkPut(c)
	case api.DeleteRange:
		return checkKey(c.Key)
	case api.Txn:
		return checkTxn(c, most)
	}
	return api.ErrKeyNotFound // an operation that is none
}

// touched is what a list of operations puts and deletes, nested ones included.
type touched struct {
	puts []string
	dels []api.DeleteRange
}

func (t *touched) has(key string) bool {
	for _, k := range t.puts {
		if k == key {
			return true
		}
	}
	return false
}

// deletes reports whether a key lies in a range that is deleted. etcd compares strings here and nothing else: a range
// without an end, which is written "\x00", ends before it begins and holds nothing.
func (t *touched) deletes(key string) bool {
	for _, d := range t.dels {
		if (d.End == "" && key == d.Key) || (d.Key <= key && key < d.End) {
			return true
		}
	}
	return false
}

// touches collects what a list of operations puts and deletes, and reports whether no key is put twice, or both put and
// deleted. Two branches of one nested transaction may put the same key, since only one of them is carried out
// (checkIntervals).
func touches(ops []api.Call) (t touched, ok bool) {
	for _, op := range ops {
		if d, is := op.(api.DeleteRange); is {
			t.dels = append(t.dels, d)
		}
	}
	for _, op := range ops {
		if nested, is := op.(api.Txn); is && !t.nest(nested) {
			return t, false
		}
	}
	for _, op := range ops {
		if p, is := op.(api.Put); is {
			if t.has(p.Key) || t.deletes(p.Key) {
				return t, false
			}
			t.puts = append(t.puts, p.Key)
		}
	}
	return t, true
}

func (t *touched) nest(nested api.Txn) bool {
	then, ok := touches(nested.Success)
	if !ok {
		return false
	}
	other, ok := touches(nested.Failure)
	if !ok {
		return false
	}
	before := *t
	for _, k := range then.puts {
		if before.has(k) || before.deletes(k) {
			return false
		}
	}
	for _, k := range other.puts {
		if before.has(k) || before.deletes(k) {
			return false
		}
	}
	t.puts = append(append(t.puts, then.puts...), other.puts...)
	t.dels = append(append(t.dels, then.dels...), other.dels...)
	return true
}

// overLimit reports whether a proposal is above the limit. Most are so small that they need not be written to know.
func (c *Config) overLimit(req *Request) bool {
	const rest = 64 // what a put has beside its key and value
	if p, ok := req.Call.(api.Put); ok && len(p.Key)+len(p.Value)+rest < c.maxRequest() {
		return false
	}
	return len(api.Encode(req.ID, req.Call)) > c.maxRequest()
}

func (c *Config) maxRequest() int {
	if c.MaxRequestBytes == 0 {
		return DefaultMaxRequestBytes
	}
	return c.MaxRequestBytes
}

// tooLarge reports whether a key or a value is larger than this cluster's limits. etcd has none but that on the
// request.
func (c *Config) tooLarge(call api.Call) bool {
	switch call := call.(type) {
	case api.Put:
		return (c.MaxKeyBytes > 0 && len(call.Key) > c.MaxKeyBytes) ||
			(c.MaxValueBytes > 0 && len(call.Value) > c.MaxValueBytes)
	case api.Txn:
		for _, ops := range [...][]api.Call{call.Success, call.Failure} {
			for _, op := range ops {
				if c.tooLarge(op) {
					return true
				}
			}
		}
	}
	return false
}

func (c *Config) maxTxnOps() int {
	if c.MaxTxnOps == 0 {
		return DefaultMaxTxnOps
	}
	return c.MaxTxnOps
}

func isPromote(c api.Call) bool {
	_, ok := c.(api.MemberPromote)
	return ok
}
