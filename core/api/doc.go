// Package api is etcd's client API as values: what clients ask for (Call), what members answer (Reply), the error texts
// with their gRPC codes, the table of the methods (Row), and how a call is written into the log.
//
// Names, numbers and rules are those of etcd's api/v3 (etcdserverpb/rpc.proto, raft_internal.proto,
// v3rpc/rpctypes/error.go). A call is immutable once sent. Nothing here carries one out: core/etcd does, core/script
// reads and prints them as etcdctl's commands, core/ctl prints what etcdctl says.
//
// Reading order: call.go, method.go, reply.go, error.go, wire.go, words.go.
package api
