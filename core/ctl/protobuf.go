package ctl

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/pb"
)

// message is a protobuf message under way: fields in the order of their numbers, none that is zero
// (api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto).
type message []byte

// uint writes a number as a field.
func (m *message) uint(field int, n uint64) {
	if n != 0 {
		*m = pb.AppendNumber(*m, field, n)
	}
}

func (m *message) int(field int, n int64) { m.uint(field, uint64(n)) }

func (m *message) bool(field int, b bool) {
	if b {
		m.uint(field, 1)
	}
}

// string writes a text, unless it is empty.
func (m *message) string(field int, s string) {
	if s != "" {
		m.message(field, message(s))
	}
}

// message writes a message, even an empty one.
func (m *message) message(field int, inner message) {
	*m = pb.AppendBytes(*m, field, []byte(inner))
}

func headerMessage(h api.Header) (m message) {
	m.uint(1, h.ClusterID)
	m.uint(2, h.MemberID)
	m.int(3, h.Revision)
	m.uint(4, h.RaftTerm)
	return m
}

func keyMessage(kv mvcc.KeyValue) (m message) {
	m.string(1, kv.Key)
	m.int(2, kv.CreateRevision)
	m.int(3, kv.ModRevision)
	m.int(4, kv.Version)
	m.string(5, kv.Value)
	m.int(6, kv.Lease)
	return m
}

func memberMessage(info api.MemberInfo) (m message) {
	m.uint(1, info.ID)
	m.string(2, info.Name)
	for i, urls := range [...]string{info.PeerURL, info.ClientURL} {
		for url := range strings.SplitSeq(urls, ",") {
			m.string(3+i, url)
		}
	}
	m.bool(5, info.Learner)
	return m
}

// protobuf prints the bytes of an answer. Of the answers about leases that etcdctl wraps, only the header can be
// marshalled, and of a revocation nothing (printer_protobuf.go; client/v3 lease.go).
func (p *printer) protobuf(call api.Call, reply api.Reply) {
	if _, ok := call.(api.MoveLeader); ok {
		return // its answer has no header, and nothing else
	}
	var m message
	switch b := reply.Body.(type) {
	case api.LeaseGrantReply, api.LeaseKeepAliveReply, api.LeaseTimeToLiveReply, api.LeaseLeasesReply:
		m = headerMessage(reply.Header)
	case api.MembersReply:
		m.message(1, headerMessage(reply.Header))
		if _, added := call.(api.MemberAdd); added {
			m.message(2, memberMessage(b.Changed))
			m.members(3, b)
		} else {
			m.members(2, b)
		}
	case api.AlarmReply:
		if !disarms(call) { // that answer has no header
			m.message(1, headerMessage(reply.Header))
		}
		for _, a := range b.Alarms {
			var one message
			one.uint(1, a.MemberID)
			one.uint(2, uint64(a.Alarm))
			m.message(2, one)
		}
	default:
		if _, revoked := call.(api.LeaseRevoke); revoked {
			h := reply.Header
			p.fail(ExitBadFeature, "marshal unsupported for type clientv3.LeaseRevokeResponse ({cluster_id:"+
				unsigned(h.ClusterID)+" member_id:"+
				unsigned(h.MemberID)+" revision:"+decimal(h.Revision)+" raft_term:"+unsigned(h.RaftTerm)+"  {} [] 0})")
			return
		}
		m = keysMessage(reply)
	}
	p.out.Write(m)
}

func (m *message) members(field int, b api.MembersReply) {
	for _, info := range b.Members {
		m.message(field, memberMessage(info))
	}
}

// keysMessage makes the message of an answer about keys, or of one that has but a header.
func keysMessage(reply api.Reply) (m message) {
	m.message(1, headerMessage(reply.Header))
	switch b := reply.Body.(type) {
	case api.RangeReply:
		for _, kv := range b.KVs {
			m.message(2, keyMessage(kv))
		}
		m.bool(3, b.More)
		m.int(4, b.Count)
	case api.PutReply:
		if b.Prev != nil {
			m.message(2, keyMessage(*b.Prev))
		}
	case api.DeleteReply:
		m.int(2, b.Deleted)
		for _, kv := range b.Prev {
			m.message(3, keyMessage(kv))
		}
	case api.TxnReply:
		m.bool(2, b.Succeeded)
		for _, r := range b.Replies {
			m.message(3, operationMessage(r))
		}
	}
	return m
}

func operationMessage(r api.Reply) (m message) {
	field := 1
	switch r.Body.(type) {
	case api.PutReply:
		field = 2
	case api.DeleteReply:
		field = 3
	case api.TxnReply:
		field = 4
	}
	m.message(field, keysMessage(r))
	return m
}

// protobufWatch prints what came out of a watch.
func (p *printer) protobufWatch(w WatchAnswer) {
	var m message
	m.message(1, headerMessage(w.Header))
	m.bool(4, w.Canceled)
	m.int(5, w.CompactRevision)
	for _, e := range w.Events {
		var one message
		one.bool(1, e.Deleted)
		one.message(2, keyMessage(e.KV))
		if e.Prev != nil {
			one.message(3, keyMessage(*e.Prev))
		}
		const events = 11
		m.message(events, one)
	}
	p.out.Write(m)
}
