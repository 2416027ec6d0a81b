package api_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
)

// The row of a method is what machines go by.
func ExampleRowOf() {
	row := api.RowOf(api.Put{Key: "a", Value: "1"})
	fmt.Println(row.Name, row.RPC, row.Mutates)
	// Output: put Put true
}

// A call that goes through Raft's log is etcd's bytes there.
func ExampleEncode() {
	call := api.Put{Key: "a", Value: "1"}
	entry := api.Encode(42, call)
	id, back, err := api.Decode(entry)
	fmt.Println(id, back == api.Call(call), err)
	// Output: 42 true <nil>
}

// Errors are etcd's texts; the code of gRPC follows from them.
func ExampleCodeOf() {
	fmt.Println(api.ErrCompacted)
	fmt.Println(api.CodeOf(api.ErrCompacted) == api.OutOfRange)
	// Output:
	// etcdserver: mvcc: required revision has been compacted
	// true
}
