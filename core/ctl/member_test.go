package ctl

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
)

// TestAddedWithSeveralURLs holds that a member's addresses are printed one by one: in the order in which etcd keeps
// them, but for the line that repeats what was typed.
func TestAddedWithSeveralURLs(t *testing.T) {
	urls := "http://n3:12380,http://n3:2380"
	n3 := api.MemberInfo{ID: 0xab, PeerURL: urls}
	list := api.MembersReply{Changed: n3, Members: []api.MemberInfo{n3,
		{ID: 0xcd, Name: "n1", PeerURL: "http://n1:2380", ClientURL: "http://n1:2379"}}}
	reply := api.Reply{Header: api.Header{ClusterID: 0xef}, Body: list}
	for format, want := range map[script.Format]string{
		script.Simple: `Member               ab added to cluster               ef

ETCD_NAME="n3"
ETCD_INITIAL_CLUSTER="n3=http://n3:12380,n3=http://n3:2380,n1=http://n1:2380"
ETCD_INITIAL_ADVERTISE_PEER_URLS="http://n3:2380,http://n3:12380"
ETCD_INITIAL_CLUSTER_STATE="existing"
`,
		script.JSON: `{"header":{"cluster_id":239},"member":{"ID":171,"peerURLs":["http://n3:12380","http://n3:2380"]},` +
			`"members":[{"ID":171,"peerURLs":["http://n3:12380","http://n3:2380"]},{"ID":205,"name":"n1","peerURLs":["http://n1:2380"],"clientURLs":["http://n1:2379"]}]}` + "\n",
	} {
		out, _, exit := Print(api.MemberAdd{Member: 3, PeerURL: "http://n3:2380,http://n3:12380"}, reply,
			Options{Format: format})
		if out != want || exit != 0 {
			t.Errorf("%v: exit %d\n%s\nwant\n%s", format, exit, out, want)
		}
	}
}
