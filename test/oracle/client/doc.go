// Package client compares core/client with the real Go client (go.etcd.io/etcd/client/v3 on grpc-go) in the same
// situations: a member whose process is stopped, one that is cut off, one whose port refuses connections, one that
// accepts them and never answers, members that come and go, one that is removed under a watch and a keep-alive. The
// real client talks to real etcd servers, which are processes of this very test binary, over proxies that can be made
// to swallow everything or to refuse; ours is asked in a world of core/world.
//
// What is compared is what a user is told: an answer, or which error. How long it takes is a matter of the machine;
// only this is held: what ends by a timer does not end before that timer of ours can. An answer that load keeps from
// coming in time is asked for again, since the situation stays as it is.
package client
