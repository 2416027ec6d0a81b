package ctl

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// fields prints a field a line (printer_fields.go).
func (p *printer) fields(call api.Call, reply api.Reply) {
	if _, moves := call.(api.MoveLeader); moves || api.RowOf(call).Conf {
		p.unsupported()
		return
	}
	if !disarms(call) { // etcdctl looks for a header here that is not there, and panics
		p.fieldsHeader(reply.Header)
	}
	switch b := reply.Body.(type) {
	case api.TxnReply:
		p.field("Succeeded", boolean(b.Succeeded))
		for _, r := range b.Replies {
			p.fieldsHeader(r.Header)
			p.fieldsKeys(r)
		}
	case api.LeaseGrantReply:
		p.field("ID", p.lease(b.ID))
		p.field("TTL", decimal(b.TTL))
	case api.LeaseKeepAliveReply:
		p.field("ID", p.lease(b.ID))
		p.field("TTL", decimal(b.TTL))
	case api.LeaseTimeToLiveReply:
		p.field("ID", p.lease(b.ID))
		p.field("TTL", decimal(b.TTL))
		p.field("GrantedTTL", decimal(b.Granted))
		for _, k := range b.Keys {
			p.field("Key", strconv.Quote(k))
		}
	case api.LeaseLeasesReply:
		for _, id := range b.IDs {
			p.field("ID", p.lease(id))
		}
	case api.MembersReply:
		p.fieldsMembers(b)
	case api.AlarmReply:
		for _, a := range b.Alarms {
			p.field("MemberID", p.member(a.MemberID))
			p.field("AlarmType", alarmNames[a.Alarm])
			p.line()
		}
	default:
		p.fieldsKeys(reply)
	}
}

func (p *printer) field(name, value string) { p.line(`"`, name, `" : `, value) }

func (p *printer) member(id uint64) string {
	if p.Hex {
		return memberID(id)
	}
	return unsigned(id)
}

func (p *printer) lease(id int64) string {
	if p.Hex {
		return leaseID(id)
	}
	return decimal(id)
}

func (p *printer) fieldsHeader(h api.Header) {
	p.field("ClusterID", p.member(h.ClusterID))
	p.field("MemberID", p.member(h.MemberID))
	if h.Revision > 0 {
		p.field("Revision", decimal(h.Revision))
	}
	p.field("RaftTerm", unsigned(h.RaftTerm))
}

func (p *printer) fieldsKeys(reply api.Reply) {
	switch b := reply.Body.(type) {
	case api.RangeReply:
		for _, kv := range b.KVs {
			p.fieldsKV("", kv)
		}
		p.field("More", boolean(b.More))
		p.field("Count", decimal(b.Count))
	case api.PutReply:
		if b.Prev != nil {
			p.fieldsKV("Prev", *b.Prev)
		}
	case api.DeleteReply:
		p.field("Deleted", decimal(b.Deleted))
		for _, kv := range b.Prev {
			p.fieldsKV("Prev", kv)
		}
	}
}

func (p *printer) fieldsKV(prefix string, kv mvcc.KeyValue) {
	p.field(prefix+"Key", strconv.Quote(kv.Key))
	p.field(prefix+"CreateRevision", decimal(kv.CreateRevision))
	p.field(prefix+"ModRevision", decimal(kv.ModRevision))
	p.field(prefix+"Version", decimal(kv.Version))
	p.field(prefix+"Value", strconv.Quote(kv.Value))
	p.field(prefix+"Lease", p.lease(kv.Lease))
}

func (p *printer) fieldsMembers(b api.MembersReply) {
	for _, m := range b.Members {
		p.field("ID", p.member(m.ID))
		p.field("Name", strconv.Quote(m.Name))
		for _, url := range addresses(m.PeerURL) {
			p.field("PeerURL", strconv.Quote(url))
		}
		if m.ClientURL != "" {
			p.field("ClientURL", strconv.Quote(m.ClientURL))
		}
		p.field("IsLearner", boolean(m.Learner))
		p.line()
	}
}
