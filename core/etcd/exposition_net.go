package etcd

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
)

// others returns the members that this one has connections to, in the order in which labels are printed.
func (p *page) others(m *process) (list []raft.ID) {
	for _, info := range byLabel(m) {
		if id := raft.ID(info.Member); id != p.self.id {
			list = append(list, id)
		}
	}
	return list
}

// byLabel returns the members in the order of their ids as text.
func byLabel(m *process) []api.MemberInfo {
	list := m.applier.cluster.roster(m.loop.node.Conf())
	for i := 1; i < len(list); i++ {
		for k := i; k > 0 && hex(list[k].ID) < hex(list[k-1].ID); k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
	return list
}

func hex(id uint64) string { return strconv.FormatUint(id, 16) }

// each adds a value for each other member.
func (p *page) each(m *process, name, kind, label, help string, value func(*peer) int64) {
	p.begin(name, kind, help)
	for _, id := range p.others(m) {
		p.value("", label+`="`+m.applier.cluster.hexID(id)+`"`, value(m.peers.peer(id)), 0)
	}
}

func (p *page) peerFamilies(m *process) {
	const net = "etcd_network_"
	p.begin(net+"known_peers", gauge, "Members that this one knows, itself included.")
	for _, info := range byLabel(m) {
		p.value("", `Local="`+m.applier.cluster.hexID(p.self.id)+`",Remote="`+hex(info.ID)+`"`, 1, 0)
	}
	p.each(m, net+"peer_sent_bytes_total", counter, "To", "Bytes of messages to other members.",
		func(x *peer) int64 { return int64(x.sent) })
	p.each(m, net+"peer_received_bytes_total", counter, "From", "Bytes of messages from other members.",
		func(x *peer) int64 { return int64(x.received) })
	p.each(m, net+"peer_sent_failures_total", counter, "To", "Messages that nobody was there to take.",
		func(x *peer) int64 { return int64(x.failures) })
	p.each(m, net+"snapshot_send_success", counter, "To", "Snapshots that arrived.",
		func(x *peer) int64 { return int64(x.snapsSent) })
	p.each(m, net+"snapshot_send_failures", counter, "To", "Snapshots that did not arrive.",
		func(x *peer) int64 { return int64(x.snapsFailed) })
	p.each(m, net+"snapshot_send_inflights_total", gauge, "To", "Snapshots on their way.",
		func(x *peer) int64 { return int64(x.sending) })
	p.each(m, net+"snapshot_receive_success", counter, "From", "Snapshots that came.",
		func(x *peer) int64 { return int64(x.snapsReceived) })
	p.begin(net+"peer_round_trip_time_seconds", "histogram", "How long it takes to another member and back.")
	for _, id := range p.others(m) {
		if h := m.peers.peer(id).trips; h != nil {
			p.histogram(`To="`+m.applier.cluster.hexID(id)+`"`, timeTrip, h.counts[:], h.sum)
		}
	}
}

func (p *page) grpcFamilies(m *process) {
	t, rpcByName := &m.server.requests.calls, byText(func(r *api.Row) string { return r.RPC })
	p.begin("grpc_server_started_total", counter, "Requests that came in.")
	for _, i := range rpcByName {
		if t.started[i] > 0 {
			p.value("", labels(i), int64(t.started[i]), 0)
		}
	}
	p.begin("grpc_server_handled_total", counter, "Requests that were answered, by the answer's code.")
	for _, k := range codeByName {
		for _, i := range rpcByName {
			if n := t.countOf(i, k); n > 0 {
				p.value("", `grpc_code="`+string(codeNames[k])+`",`+labels(i), int64(n), 0)
			}
		}
	}
}

func labels(m api.Method) string {
	row := m.Row()
	return `grpc_method="` + row.RPC + `",grpc_service="etcdserverpb.` + row.Service + `",grpc_type="` +
		string(row.Stream) + `"`
}

// codeByName has the places of the codes in the order of the alphabet.
var codeByName = [...]int{1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10}
