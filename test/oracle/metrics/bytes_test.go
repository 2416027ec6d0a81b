package metrics

import (
	"strconv"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/test/oracle/convert"
)

// TestMessageBytes adds up the sizes that the messages between members have in etcd's encoding, and compares what the
// members have counted.
func TestMessageBytes(t *testing.T) {
	o := startOurs(t, 3)
	before, first := o.page(t), o.Journal().Next()
	o.does(t, script.Load{PerSecond: 100})
	o.does(t, script.Campaign{Member: "n1"})
	after := o.page(t)
	ids := map[uint64]uint64{}
	for _, m := range o.Members()[0].Roster() {
		ids[uint64(m.Member)] = m.ID
	}
	sums, messages := map[string]float64{}, 0
	for seq := first; seq < o.Journal().Next(); seq++ {
		r := o.Journal().At(seq)
		if r == nil {
			t.Fatal("the journal does not reach back far enough")
		}
		if r.Packet == nil || r.Packet.Raft() == nil || (r.Kind != world.Sent && r.Kind != world.Received) {
			continue
		}
		m := convert.Message(r.Packet.Raft())
		m.From, m.To = ids[m.From], ids[m.To]
		switch n1 := sim.Member(1); {
		case r.Kind == world.Sent && r.Packet.From == n1:
			sums[`etcd_network_peer_sent_bytes_total{To="`+strconv.FormatUint(m.To, 16)+`"}`] += float64(m.Size())
			messages++
		case r.Kind == world.Received && r.Packet.To == n1:
			sums[`etcd_network_peer_received_bytes_total{From="`+strconv.FormatUint(m.From, 16)+`"}`] += float64(m.Size())
		}
	}
	for name, want := range sums {
		if got := grown(before, after, name); got != want {
			t.Errorf("%s has grown by %v; etcd's encoding of the messages has %v bytes", name, got, want)
		}
	}
	if len(sums) < 3 || messages < 100 {
		t.Errorf("only %d messages were compared, in %d directions", messages, len(sums))
	}
}
