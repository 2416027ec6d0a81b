package client_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// A client that has no connection yet asks to connect first; when the time is up nobody knows what became of the call.
func ExampleClient() {
	c := client.New(sim.Client(1), 3, 7)
	var out client.Output
	put := api.Put{Key: "a", Value: "1"}
	c.Call(0, &etcd.Request{ID: 1, Client: sim.Client(1), Call: put}, client.Ask{Call: put}, &out)
	fmt.Println("open:", len(c.Open()), "sent:", len(out.Send), "connects:", len(out.Signals) > 0)
	// Output: open: 1 sent: 0 connects: true
}
