// Package founding holds what a new cluster's members are told, and whom they make of themselves, beside etcd's own:
// flags, their errors, and the IDs of members and clusters.
package founding

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
	"go.etcd.io/etcd/client/pkg/v3/types"
	"go.etcd.io/etcd/server/v3/config"
	"go.etcd.io/etcd/server/v3/etcdserver/api/membership"
	"go.uber.org/zap"
)

// theirs does what etcdutl snapshot restore does with the flags before it touches a file (etcdutl/snapshot,
// v3_snapshot.go, Restore).
func theirs(b etcd.Bootstrap, token string) (*membership.RaftCluster, error) {
	urls, err := types.NewURLs(strings.Split(b.AdvertisePeerURLs, ","))
	if err != nil {
		return nil, err
	}
	initial, err := types.NewURLsMap(b.InitialCluster)
	if err != nil {
		return nil, err
	}
	lg := zap.NewNop()
	c := config.ServerConfig{Logger: lg, Name: b.Name, PeerURLs: urls, InitialPeerURLsMap: initial,
		InitialClusterToken: token}
	if err := c.VerifyBootstrap(); err != nil {
		return nil, err
	}
	return membership.NewClusterFromURLsMap(lg, token, initial)
}

// draw makes flags: mostly good ones, with addresses that need no looking up.
func draw(r *rand.Rand) etcd.Bootstrap {
	url := func(n int) string {
		switch r.IntN(40) {
		case 0:
			return fmt.Sprintf("127.0.0.1:%d", 2380+n)
		case 1:
			return fmt.Sprintf("http://127.0.0.1:%d/a", 2380+n)
		case 2:
			return "http://127.0.0.1"
		case 3:
			return ""
		}
		return fmt.Sprintf("http://127.0.0.1:%d", 2380+n)
	}
	b := etcd.Bootstrap{Name: fmt.Sprintf("n%d", 1+r.IntN(4))}
	var cluster, own []string
	for n := 1; n <= 1+r.IntN(3); n++ {
		for k := range 1 + r.IntN(2) {
			u := url(10*k + n + r.IntN(20)/19)
			cluster = append(cluster, fmt.Sprintf("n%d=%s", n, u))
			if b.Name == fmt.Sprintf("n%d", n) && r.IntN(15) > 0 {
				own = append(own, u)
			}
		}
	}
	if len(own) == 0 || r.IntN(15) == 0 {
		own = append(own, url(30))
	}
	b.InitialCluster, b.AdvertisePeerURLs = strings.Join(cluster, ","), strings.Join(own, ",")
	if b.AdvertisePeerURLs == "" {
		b.AdvertisePeerURLs = "foo" // nothing at all stands for the default
	}
	return b
}

// several reports whether an error lists several of a map's keys, whose order is Go's own.
func several(text string) bool {
	head, _, _ := strings.Cut(text, " but missing")
	return strings.HasPrefix(text, "--initial") && strings.Contains(head, ",")
}

// badURL reports whether an error is about how an address is written.
func badURL(text string) bool {
	return strings.HasPrefix(text, "URL") || strings.HasPrefix(text, "parse")
}

// TestFounding draws flags, and compares errors; where there is none, the IDs of the member and of its cluster.
func TestFounding(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	good, bad := 0, map[string]int{}
	for range 4000 {
		b, token := draw(r), []string{"etcd-cluster", "rescue"}[r.IntN(2)]
		f, wrong := b.Founding(token)
		cluster, err := theirs(b, token)
		if err != nil {
			if several(err.Error()) || several(wrong) {
				continue
			}
			if wrong != err.Error() {
				// Of several bad addresses in a map Go picks any.
				if badURL(wrong) && badURL(err.Error()) {
					continue
				}
				t.Fatalf("%+v\n  etcd: %v\n  ours: %s", b, err, wrong)
			}
			bad[strings.Fields(wrong)[0]]++
			continue
		}
		if wrong != "" {
			t.Fatalf("%+v: ours refuses: %s", b, wrong)
		}
		good++
		h, _ := sim.ParseHost(b.Name)
		m := etcd.Join(&etcd.Config{Members: len(f.Members)}, h, nil)
		m.Directory().Swap(etcd.Restored(f, h.Number(), &etcd.Database{Store: mvcc.New()}, 0))
		if id := uint64(cluster.MemberByName(b.Name).ID); m.EtcdID() != id || m.ClusterID() != uint64(cluster.ID()) {
			t.Fatalf("%+v, token %s: member %x of %x, etcd says %x of %v", b, token, m.EtcdID(), m.ClusterID(), id, cluster.ID())
		}
	}
	if good < 500 || len(bad) < 5 {
		t.Errorf("only %d good ones; errors: %v", good, bad)
	}
}
