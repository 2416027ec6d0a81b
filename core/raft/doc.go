// Package raft is one participant of a Raft group as a pure machine: inputs change its state, and what is to be done about
// it waits in Ready. It behaves as go.etcd.io/raft v3.6 does, message for message.
package raft
