package ctl

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
)

// simple prints for people (printer_simple.go).
func (p *printer) simple(call api.Call, reply api.Reply) {
	switch c := call.(type) {
	case api.Range, api.Put, api.DeleteRange:
		p.simpleKeys(reply)
	case api.Txn:
		p.simpleTxn(reply.Body.(api.TxnReply))
	case api.Compaction:
		p.line("compacted revision ", decimal(c.Revision))
	case api.LeaseRevoke:
		p.line("lease ", leaseID(c.ID), " revoked")
	case api.LeaseTimeToLive:
		p.simpleTimeToLive(reply.Body.(api.LeaseTimeToLiveReply), c.Keys)
	case api.MemberAdd:
		p.simpleAdd(c, reply)
	case api.MemberRemove:
		p.changed(p.Member, "removed from", reply)
	case api.MemberUpdate:
		p.changed(p.Member, "updated in", reply)
	case api.MemberPromote:
		p.changed(p.Member, "promoted in", reply)
	case api.MoveLeader:
		p.line("Leadership transferred from ", memberID(p.Leader), " to ", memberID(p.Member))
	case api.Snapshot:
		p.line("Snapshot saved at ", c.File)
		if s := reply.Body.(api.SnapshotReply); s.Version != "" {
			p.line("Server version ", s.Version)
		}
	default:
		p.simpleList(reply)
	}
}

// simpleKeys prints the answers that hold key-values.
func (p *printer) simpleKeys(reply api.Reply) {
	switch b := reply.Body.(type) {
	case api.RangeReply:
		for _, kv := range b.KVs {
			p.simpleKV(kv)
		}
	case api.PutReply:
		p.line("OK")
		if b.Prev != nil {
			p.simpleKV(*b.Prev)
		}
	case api.DeleteReply:
		p.line(decimal(b.Deleted))
		for _, kv := range b.Prev {
			p.simpleKV(kv)
		}
	}
}

// simpleKV prints a key-value on two lines (util.go, printKV).
func (p *printer) simpleKV(kv mvcc.KeyValue) {
	key, value := kv.Key, kv.Value
	if p.Hex {
		key, value = hexBytes(key), hexBytes(value)
	}
	if !p.ValueOnly {
		p.line(key)
	}
	p.line(value)
}

// hexBytes prints each byte as \x and two digits.
func hexBytes(s string) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 4*len(s))
	for _, c := range []byte(s) {
		out = append(out, '\\', 'x', digits[c>>4], digits[c&15])
	}
	return string(out)
}

func (p *printer) simpleTxn(t api.TxnReply) {
	if t.Succeeded {
		p.line("SUCCESS")
	} else {
		p.line("FAILURE")
	}
	for _, r := range t.Replies {
		p.line()
		p.simpleKeys(r)
	}
}

func (p *printer) simpleTimeToLive(t api.LeaseTimeToLiveReply, keys bool) {
	if t.Granted == 0 && t.TTL == -1 {
		p.line("lease ", leaseID(t.ID), " already expired")
		return
	}
	attached := ""
	if keys {
		attached = ", attached keys([" + strings.Join(t.Keys, " ") + "])"
	}
	p.line("lease ", leaseID(t.ID), " granted with TTL(", decimal(t.Granted), "s), remaining(", decimal(t.TTL), "s)",
		attached)
}

// simpleAdd also prints how the new member is to be started (member_command.go).
func (p *printer) simpleAdd(c api.MemberAdd, reply api.Reply) {
	b := reply.Body.(api.MembersReply)
	how := "added to"
	if b.Changed.Learner {
		how = "added as learner to"
	}
	p.changed(b.Changed.ID, how, reply)
	name := string(script.MemberName(int(c.Member)))
	var cluster []string
	for _, m := range b.Members {
		as := m.Name
		if m.ID == b.Changed.ID {
			as = name
		}
		for url := range strings.SplitSeq(m.PeerURL, ",") {
			cluster = append(cluster, as+"="+url)
		}
	}
	p.line()
	p.line("ETCD_NAME=", strconv.Quote(name))
	p.line("ETCD_INITIAL_CLUSTER=", strconv.Quote(strings.Join(cluster, ",")))
	p.line("ETCD_INITIAL_ADVERTISE_PEER_URLS=", strconv.Quote(cmp.Or(c.PeerURL, b.Changed.PeerURL))) // as they were typed
	p.line(`ETCD_INITIAL_CLUSTER_STATE="existing"`)
}

// changed tells what happened to a member.
func (p *printer) changed(id uint64, how string, reply api.Reply) {
	p.line("Member ", padded(memberID(id), " "), " ", how, " cluster ", padded(memberID(reply.Header.ClusterID), " "))
}

// simpleList prints the answers that need nothing from the call.
func (p *printer) simpleList(reply api.Reply) {
	switch b := reply.Body.(type) {
	case api.LeaseGrantReply:
		p.line("lease ", leaseID(b.ID), " granted with TTL(", decimal(b.TTL), "s)")
	case api.LeaseKeepAliveReply:
		p.line("lease ", leaseID(b.ID), " keepalived with TTL(", decimal(b.TTL), ")")
	case api.LeaseLeasesReply:
		p.line("found ", strconv.Itoa(len(b.IDs)), " leases")
		for _, id := range b.IDs {
			p.line(leaseID(id))
		}
	case api.MembersReply:
		for _, row := range memberRows(b) {
			p.line(strings.Join(row, ", "))
		}
	case api.AlarmReply:
		for _, a := range b.Alarms {
			p.line(alarmText(a))
		}
	}
}

// alarmNames are etcd's names of the alarms.
var alarmNames = [...]string{api.AlarmNone: "NONE", api.AlarmNoSpace: "NOSPACE", api.AlarmCorrupt: "CORRUPT"}

// alarmText prints an alarm as protobuf's text format does, which leaves out what is zero.
func alarmText(a api.AlarmInfo) string {
	s := ""
	if a.MemberID != 0 {
		s = "memberID:" + unsigned(a.MemberID) + " "
	}
	if a.Alarm != api.AlarmNone {
		s += "alarm:" + alarmNames[a.Alarm] + " "
	}
	return s
}

var memberHeader = []string{"ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner"}

// memberRows makes the rows of a list of members (printer.go, makeMemberListTable).
func memberRows(b api.MembersReply) [][]string {
	var rows [][]string
	for _, m := range b.Members {
		status := "started"
		if m.Name == "" {
			status = "unstarted"
		}
		rows = append(rows, []string{memberID(m.ID), status, m.Name, m.PeerURL, m.ClientURL, boolean(m.Learner)})
	}
	return rows
}
