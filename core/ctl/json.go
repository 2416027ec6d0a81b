package ctl

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// json prints an answer as encoding/json prints etcd's structs: the fields in the order of the struct, most of them
// left out if they are zero, and bytes in base64 (printer_json.go, api/v3/etcdserverpb/rpc.pb.go).
func (p *printer) json(call api.Call, reply api.Reply) {
	b, members := reply.Body.(api.MembersReply)
	if _, list := call.(api.MemberList); list && members && p.Hex {
		p.hexMembers(reply.Header, b)
		return
	}
	if _, ok := call.(api.MoveLeader); ok {
		p.line("{}") // its answer has no header (api/v3rpc/maintenance.go)
		return
	}
	var j text
	switch b := reply.Body.(type) {
	case api.LeaseGrantReply, api.LeaseKeepAliveReply, api.LeaseTimeToLiveReply, api.LeaseLeasesReply:
		j.lease(reply)
	case api.MembersReply:
		_, added := call.(api.MemberAdd)
		j.members(reply.Header, b, added)
	case api.AlarmReply:
		j.alarms(call, reply.Header, b)
	default:
		j.keys(reply)
	}
	p.line(string(j))
}

// text is JSON under construction. The methods named after a kind of value leave a field out if it is zero.
type text []byte

// open begins an object or a list; close ends it.
func (j *text) open(bracket byte) {
	j.comma()
	*j = append(*j, bracket)
}

func (j *text) close(bracket byte) { *j = append(*j, bracket) }

// comma separates what follows from what stands before it, if something does.
func (j *text) comma() {
	if n := len(*j); n > 0 {
		switch (*j)[n-1] {
		case '{', '[', ':':
		default:
			*j = append(*j, ',')
		}
	}
}

func (j *text) name(s string) {
	j.comma()
	*j = append(append(append(*j, '"'), s...), '"', ':')
}

// field prints a field whatever its value, which is JSON already.
func (j *text) field(name, value string) {
	j.name(name)
	*j = append(*j, value...)
}

func (j *text) int(name string, n int64) {
	if n != 0 {
		j.field(name, decimal(n))
	}
}

func (j *text) uint(name string, n uint64) {
	if n != 0 {
		j.field(name, unsigned(n))
	}
}

func (j *text) bool(name string, b bool) {
	if b {
		j.field(name, "true")
	}
}

func (j *text) string(name, s string) {
	if s != "" {
		j.field(name, quoted(s))
	}
}

func (j *text) bytes(name, s string) {
	if s != "" {
		j.field(name, `"`+base64.StdEncoding.EncodeToString([]byte(s))+`"`)
	}
}

// strings prints a list of strings; none is left out if there are none.
func (j *text) strings(name string, list []string) {
	if len(list) == 0 {
		return
	}
	j.name(name)
	j.open('[')
	for _, s := range list {
		j.comma()
		*j = append(*j, quoted(s)...)
	}
	j.close(']')
}

// quoted prints a string as encoding/json does: what HTML might read and what no text holds is escaped.
func quoted(s string) string {
	const digits = "0123456789abcdef"
	b := []byte{'"'}
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r == '\b':
			b = append(b, '\\', 'b')
		case r == '\f':
			b = append(b, '\\', 'f')
		case r < ' ' || r == '<' || r == '>' || r == '&':
			b = append(b, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
		case r == '\u2028' || r == '\u2029':
			b = append(b, '\\', 'u', '2', '0', '2', digits[r&15])
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}

// header prints the header as an object.
func (j *text) header(h api.Header) {
	j.name("header")
	j.open('{')
	j.headerFields(h)
	j.close('}')
}

func (j *text) headerFields(h api.Header) {
	j.uint("cluster_id", h.ClusterID)
	j.uint("member_id", h.MemberID)
	j.int("revision", h.Revision)
	j.uint("raft_term", h.RaftTerm)
}

// keys prints the answers about keys, and those that have a header only.
func (j *text) keys(reply api.Reply) {
	j.open('{')
	j.header(reply.Header)
	switch b := reply.Body.(type) {
	case api.RangeReply:
		j.kvs("kvs", b.KVs)
		j.bool("more", b.More)
		j.int("count", b.Count)
	case api.PutReply:
		if b.Prev != nil {
			j.name("prev_kv")
			j.kv(*b.Prev)
		}
	case api.DeleteReply:
		j.int("deleted", b.Deleted)
		j.kvs("prev_kvs", b.Prev)
	case api.TxnReply:
		j.txn(b)
	}
	j.close('}')
}

func (j *text) kvs(name string, list []mvcc.KeyValue) {
	if len(list) == 0 {
		return
	}
	j.name(name)
	j.open('[')
	for _, kv := range list {
		j.kv(kv)
	}
	j.close(']')
}

func (j *text) kv(kv mvcc.KeyValue) {
	j.open('{')
	j.bytes("key", kv.Key)
	j.int("create_revision", kv.CreateRevision)
	j.int("mod_revision", kv.ModRevision)
	j.int("version", kv.Version)
	j.bytes("value", kv.Value)
	j.int("lease", kv.Lease)
	j.close('}')
}

func (j *text) txn(b api.TxnReply) {
	j.bool("succeeded", b.Succeeded)
	if len(b.Replies) == 0 {
		return
	}
	j.name("responses")
	j.open('[')
	for _, r := range b.Replies {
		j.open('{')
		j.name("Response")
		j.open('{')
		switch r.Body.(type) {
		case api.RangeReply:
			j.name("response_range")
		case api.PutReply:
			j.name("response_put")
		case api.DeleteReply:
			j.name("response_delete_range")
		case api.TxnReply:
			j.name("response_txn")
		}
		j.keys(r)
		j.close('}')
		j.close('}')
	}
	j.close(']')
}

// lease prints the answers about leases: the header's fields stand among the others (client/v3 lease.go).
func (j *text) lease(reply api.Reply) {
	j.open('{')
	j.headerFields(reply.Header)
	switch b := reply.Body.(type) {
	case api.LeaseGrantReply:
		j.field("ID", decimal(b.ID))
		j.field("TTL", decimal(b.TTL))
		j.field("Error", `""`)
	case api.LeaseKeepAliveReply:
		j.field("ID", decimal(b.ID))
		j.field("TTL", decimal(b.TTL))
	case api.LeaseTimeToLiveReply:
		j.field("id", decimal(b.ID))
		j.field("ttl", decimal(b.TTL))
		j.field("granted-ttl", decimal(b.Granted))
		j.attached(b.Keys)
	case api.LeaseLeasesReply:
		j.name("leases")
		j.open('[')
		for _, id := range b.IDs {
			j.open('{')
			j.field("id", decimal(id))
			j.close('}')
		}
		j.close(']')
	}
	j.close('}')
}

func (j *text) attached(keys []string) {
	if keys == nil {
		j.field("keys", "null")
		return
	}
	j.name("keys")
	j.open('[')
	for _, k := range keys {
		j.comma()
		*j = append(*j, `"`+base64.StdEncoding.EncodeToString([]byte(k))+`"`...)
	}
	j.close(']')
}

// members prints the answers about members; only that to an addition names the new one.
func (j *text) members(h api.Header, b api.MembersReply, added bool) {
	j.open('{')
	j.header(h)
	if added {
		j.name("member")
		j.member(b.Changed)
	}
	if len(b.Members) > 0 {
		j.name("members")
		j.open('[')
		for _, m := range b.Members {
			j.member(m)
		}
		j.close(']')
	}
	j.close('}')
}

func (j *text) member(m api.MemberInfo) {
	j.open('{')
	j.uint("ID", m.ID)
	j.string("name", m.Name)
	j.strings("peerURLs", addresses(m.PeerURL))
	j.strings("clientURLs", addresses(m.ClientURL))
	j.bool("isLearner", m.Learner)
	j.close('}')
}

// addresses returns a member's addresses; none if it has not told them.
func addresses(urls string) []string {
	if urls == "" {
		return nil
	}
	return strings.Split(urls, ",")
}

// hexMembers prints a list of members with IDs in hexadecimal. etcdctl puts that text together by hand, with fewer
// fields.
func (p *printer) hexMembers(h api.Header, b api.MembersReply) {
	var j text
	j.open('{')
	j.name("header")
	j.open('{')
	j.field("cluster_id", strconv.Quote(memberID(h.ClusterID)))
	j.field("member_id", strconv.Quote(memberID(h.MemberID)))
	j.field("raft_term", unsigned(h.RaftTerm))
	j.close('}')
	if len(b.Members) > 0 {
		j.name("members")
		j.open('[')
		for _, m := range b.Members {
			j.open('{')
			j.field("ID", strconv.Quote(memberID(m.ID)))
			j.field("name", `"`+m.Name+`"`)
			j.strings("peerURLs", addresses(m.PeerURL))
			if m.ClientURL == "" {
				j.field("clientURLs", "null")
			} else {
				j.strings("clientURLs", addresses(m.ClientURL))
			}
			j.close('}')
		}
		j.close(']')
	}
	j.close('}')
	p.line(string(j))
}

// alarms leaves the header out if alarms were cleared: the client puts that answer together from several (client/v3
// maintenance.go).
func (j *text) alarms(call api.Call, h api.Header, b api.AlarmReply) {
	j.open('{')
	if !disarms(call) {
		j.header(h)
	}
	if len(b.Alarms) > 0 {
		j.name("alarms")
		j.open('[')
		for _, a := range b.Alarms {
			j.open('{')
			j.uint("memberID", a.MemberID)
			j.int("alarm", int64(a.Alarm))
			j.close('}')
		}
		j.close(']')
	}
	j.close('}')
}

func disarms(call api.Call) bool {
	a, ok := call.(api.Alarm)
	return ok && a.Action == api.AlarmDeactivate
}
