// Package server asks one of our members and a real etcd server (go.etcd.io/etcd/server/v3, embedded) the same things,
// one after the other, and compares the answers: bodies, headers, error texts, gRPC codes.
//
// A run is a list of calls. The generator listens to the answers to draw the next call, but a call is a plain value, so
// a run can be repeated without the generator and made shorter: shrink removes calls as long as the two still differ,
// and starts both sides anew for each try.
//
// Our member lives in virtual time, theirs in real time, in memory and without fsync. What depends on that is not
// compared: the size of the database file, a second of a lease's remaining life, the order of keys that a sort finds
// equal. See answer.go.
//
// A run of a group asks any of its members, and waits after each call until all have applied what it led to. Watches
// are compared when all of their streams have told everything (Gather).
//
// Reading order: theirs.go, ours.go (the two sides), group.go, convert.go, generate.go, answer.go, compare.go,
// watch.go, run.go, shrink.go.
package server
