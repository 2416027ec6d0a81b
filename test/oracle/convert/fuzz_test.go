package convert

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
	pb "go.etcd.io/raft/v3/raftpb"
)

// FuzzConfChange gives the same bytes to core/raft and to etcd's own protobuf code. What etcd refuses, core/raft
// refuses; what core/raft reads, etcd reads.
func FuzzConfChange(f *testing.F) {
	for _, c := range []raft.ConfChange{
		{V1: true, Changes: []raft.Change{{Type: raft.AddLearner, ID: 1 << 60}}, Context: []byte("url"), Tag: 1 << 63},
		{Transition: 2, Changes: []raft.Change{{Type: raft.AddNode, ID: 4}, {Type: raft.RemoveNode, ID: 300}},
			Context: []byte("x")},
	} {
		e := c.Encode()
		f.Add(c.V1, e.Data)
	}
	f.Fuzz(func(t *testing.T, v1 bool, data []byte) {
		var first pb.ConfChange
		var second pb.ConfChangeV2
		e, refused := raft.Entry{Type: raft.EntryConfChangeV2, Data: data}, error(nil)
		if v1 {
			e.Type, refused = raft.EntryConfChange, first.Unmarshal(data)
		} else {
			refused = second.Unmarshal(data)
		}
		c, err := raft.DecodeConfChange(&e)
		switch {
		case err != nil:
			return
		case refused != nil:
			t.Fatalf("etcd refuses %x (%v), ours reads %v", data, refused, c)
		}
		text := second.String()
		if v1 {
			text = first.String()
		}
		var ours string
		switch m := Change(c).(type) {
		case pb.ConfChange:
			ours = m.String()
		case pb.ConfChangeV2:
			ours = m.String()
		}
		if ours != text {
			t.Errorf("etcd reads\n%s\nours reads\n%s", text, ours)
		}
	})
}
