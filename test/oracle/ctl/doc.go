// Package ctl compares core/ctl with real etcdctl. A real etcd is started in the test; its gRPC server notes every
// request and answer. The test binary is etcdctl, too: it calls itself with an argument list. Each command is read by
// core/script and carried out by etcdctl; then the request must be the one that core/script read, and what etcdctl
// prints must be what core/ctl prints for the answer.
//
// Only what time decides is made alike: package await has the list.
package ctl
