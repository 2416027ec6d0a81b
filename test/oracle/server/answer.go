package server

import (
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// answer is what a client hears: a reply, or an error's text and code, or what a stream has told.
type answer struct {
	Told  any
	Reply api.Reply
	Err   string
	Code  api.Code
}

// names is what a side calls its own way. The ids of leases that a server chose itself are called by the order of their
// grants: firstName, firstName+1, … Of a group, terms and indexes are counted from where it began to be asked.
type names struct {
	ids         []int64
	term, index uint64
}

const firstName = 1 << 40

// count begins to count from where a Status says that a group is.
func (n *names) count(a answer) {
	if b, ok := a.Reply.Body.(api.StatusReply); ok {
		n.term, n.index = b.RaftTerm, b.RaftIndex
	}
}

// learn notes the id that a grant without one has led to.
func (n *names) learn(call api.Call, a answer) {
	if g, ok := call.(api.LeaseGrant); ok && g.ID == 0 && a.Err == "" {
		if b, ok := a.Reply.Body.(api.LeaseGrantReply); ok {
			n.ids = append(n.ids, b.ID)
		}
	}
}

func (n *names) id(name int64) int64 {
	if i := name - firstName; i >= 0 && i < int64(len(n.ids)) {
		return n.ids[i]
	}
	return name
}

func (n *names) name(id int64) int64 {
	if i := slices.Index(n.ids, id); i >= 0 {
		return firstName + int64(i)
	}
	return id
}

// real returns a call with ids in place of names.
func (n *names) real(call api.Call) api.Call {
	if len(n.ids) == 0 {
		return call
	}
	switch c := call.(type) {
	case api.Put:
		c.Lease = n.id(c.Lease)
		return c
	case api.LeaseRevoke:
		c.ID = n.id(c.ID)
		return c
	case api.LeaseGrant:
		c.ID = n.id(c.ID)
		return c
	case api.LeaseKeepAlive:
		c.ID = n.id(c.ID)
		return c
	case api.LeaseTimeToLive:
		c.ID = n.id(c.ID)
		return c
	case api.Txn:
		c.Compare, c.Success, c.Failure = slices.Clone(c.Compare), slices.Clone(c.Success), slices.Clone(c.Failure)
		for i := range c.Compare {
			if c.Compare[i].Target == api.CompareLease {
				c.Compare[i].Number = n.id(c.Compare[i].Number)
			}
		}
		for _, ops := range [...][]api.Call{c.Success, c.Failure} {
			for i := range ops {
				ops[i] = n.real(ops[i])
			}
		}
		return c
	}
	return call
}

// plain brings an answer into a form in which equal answers are deeply equal: names for ids, an order where etcd has
// none, and nothing that two servers may tell differently.
func (n *names) plain(call api.Call, a answer) answer {
	if a.Err != "" {
		a.Reply = api.Reply{}
		return a
	}
	if h := &a.Reply.Header; h.RaftTerm != 0 {
		h.RaftTerm -= n.term
	}
	a.Reply = n.plainReply(call, a.Reply)
	return a
}

func (n *names) plainReply(call api.Call, r api.Reply) api.Reply {
	switch b := r.Body.(type) {
	case api.RangeReply:
		if c, ok := call.(api.Range); ok {
			b.KVs = inOrder(&c.RangeOptions, n.plainKVs(b.KVs), b.More)
		}
		r.Body = b
	case api.PutReply:
		if b.Prev != nil {
			r.Body = api.PutReply{Prev: &n.plainKVs([]mvcc.KeyValue{*b.Prev})[0]}
		}
	case api.DeleteReply:
		b.Prev = n.plainKVs(b.Prev)
		r.Body = b
	case api.TxnReply:
		r.Body = n.plainTxn(call, b)
	case api.LeaseGrantReply:
		b.ID = n.name(b.ID)
		r.Body = b
	case api.LeaseKeepAliveReply:
		b.ID = n.name(b.ID)
		r.Body = b
	case api.LeaseTimeToLiveReply:
		b.ID, b.Keys = n.name(b.ID), sorted(b.Keys)
		r.Body = b
	case api.LeaseLeasesReply:
		ids := []int64(nil)
		for _, id := range b.IDs {
			ids = append(ids, n.name(id))
		}
		slices.Sort(ids)
		r.Body = api.LeaseLeasesReply{IDs: ids}
	case api.StatusReply:
		b.RaftTerm, b.RaftIndex, b.RaftAppliedIndex = b.RaftTerm-n.term, b.RaftIndex-n.index, b.RaftAppliedIndex-n.index
		r.Body = plainMember(b)
	default:
		r.Body = plainMember(b)
	}
	return r
}

func sorted(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// plainMember is for answers about the group and about the member itself. How large a file is depends on its pages, and
// the version of its schema is written some seconds after the start.
func plainMember(body api.Body) api.Body {
	switch b := body.(type) {
	case api.AlarmReply:
		if b.Alarms = slices.Clone(b.Alarms); len(b.Alarms) == 0 {
			b.Alarms = nil
		}
		slices.SortFunc(b.Alarms, func(x, y api.AlarmInfo) int {
			return 2*sign(x.MemberID, y.MemberID) + sign(uint64(x.Alarm), uint64(y.Alarm))
		})
		return b
	case api.StatusReply:
		b.DBSize, b.DBSizeInUse, b.StorageVersion, b.Errors = 0, 0, "", sorted(b.Errors)
		return b
	case api.MembersReply:
		b.Members = slices.Clone(b.Members)
		for i := range b.Members {
			plainInfo(&b.Members[i])
		}
		plainInfo(&b.Changed)
		slices.SortFunc(b.Members, func(x, y api.MemberInfo) int { return strings.Compare(x.PeerURL, y.PeerURL) })
		return b
	}
	return body
}

// plainInfo forgets the id of a member that was added later, as a learner: it depends on the time of day.
func plainInfo(m *api.MemberInfo) {
	if m.Learner {
		m.ID = 0
	}
}

func sign(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (n *names) plainKVs(kvs []mvcc.KeyValue) []mvcc.KeyValue {
	if len(kvs) == 0 {
		return nil
	}
	kvs = slices.Clone(kvs)
	for i := range kvs {
		kvs[i].Lease = n.name(kvs[i].Lease)
	}
	return kvs
}

func (n *names) plainTxn(call api.Call, b api.TxnReply) api.Body {
	t, ok := call.(api.Txn)
	if !ok {
		return b
	}
	ops := t.Failure
	if b.Succeeded {
		ops = t.Success
	}
	if b.Replies = slices.Clone(b.Replies); len(b.Replies) == 0 {
		b.Replies = nil
	}
	for i := range b.Replies {
		if i < len(ops) {
			b.Replies[i] = n.plainReply(ops[i], b.Replies[i])
		}
	}
	return b
}

// inOrder puts keys that a sort finds equal into the order of keys: etcd's sort is not stable. If a limit has cut
// through equals, anyone of them may have been kept; of those only the place is left.
func inOrder(o *mvcc.RangeOptions, kvs []mvcc.KeyValue, more bool) []mvcc.KeyValue {
	if o.SortTarget == mvcc.SortByKey {
		return kvs
	}
	sortedBy := func(a, b *mvcc.KeyValue) bool {
		switch o.SortTarget {
		case mvcc.SortByVersion:
			return a.Version == b.Version
		case mvcc.SortByCreate:
			return a.CreateRevision == b.CreateRevision
		case mvcc.SortByMod:
			return a.ModRevision == b.ModRevision
		}
		return a.Value == b.Value // without values, all may be equal
	}
	for from := 0; from < len(kvs); {
		to := from + 1
		for to < len(kvs) && sortedBy(&kvs[from], &kvs[to]) {
			to++
		}
		equals := kvs[from:to]
		if to == len(kvs) && more {
			for i := range equals {
				equals[i] = sortKey(o.SortTarget, &equals[i])
			}
		}
		slices.SortFunc(equals, func(a, b mvcc.KeyValue) int { return strings.Compare(a.Key, b.Key) })
		from = to
	}
	return kvs
}

// sortKey keeps of a key-value only what it was sorted by.
func sortKey(t mvcc.SortTarget, kv *mvcc.KeyValue) mvcc.KeyValue {
	switch t {
	case mvcc.SortByVersion:
		return mvcc.KeyValue{Version: kv.Version}
	case mvcc.SortByCreate:
		return mvcc.KeyValue{CreateRevision: kv.CreateRevision}
	case mvcc.SortByMod:
		return mvcc.KeyValue{ModRevision: kv.ModRevision}
	}
	return mvcc.KeyValue{Value: kv.Value}
}
