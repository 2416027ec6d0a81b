package etcd

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/sim"
)

// TestAddresses holds that each machine has an address in the table, and is found at it.
func TestAddresses(t *testing.T) {
	for n := 1; n <= sim.MaxMembers; n++ {
		h := sim.Member(n)
		if url := PeerURL(h); url != "http://"+h.String()+":2380" || hostAt("http://elsewhere:2380,"+url) != h {
			t.Errorf("%v has the address %q, at which %v listens", h, url, hostAt(url))
		}
	}
}
