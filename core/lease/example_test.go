package lease_test

import (
	"errors"
	"fmt"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Only the leader, which is promoted, knows when a lease expires. Revoking it names the keys that are to be deleted.
func ExampleLessor() {
	l := lease.New(lease.Config{MinTTL: 1})
	l.Promote(0, 0)
	granted, _ := l.Grant(0, 7, 5)
	_ = l.Attach(7, "session")
	fmt.Println("seconds:", granted.TTL)

	fmt.Println("expired after 4 s:", len(l.Expired(4*sim.Second, 10)))
	fmt.Println("expired after 6 s:", len(l.Expired(6*sim.Second, 10)))
	keys, _ := l.Revoke(7)
	fmt.Println(keys)

	_, err := l.Revoke(7)
	fmt.Println(errors.Is(err, lease.ErrNotFound))
	// Output:
	// seconds: 5
	// expired after 4 s: 0
	// expired after 6 s: 1
	// [session]
	// true
}
