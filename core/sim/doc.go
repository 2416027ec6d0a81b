// Package sim is the world under the machines: virtual time, the queue of what is going to happen, the network and the
// disks.
//
// It knows nothing of etcd. The types are Time (µs), Queue (events as values, never closures, so that a run can be
// cloned at any instant), Host (who is on the network; a Set has 64 of them), Quantiles (how long something takes, as
// a table), Payload (what a packet carries), Network (rules that say what becomes of a packet, and its latency) and
// Disk (one fsync at a time, each as long as the table says).
//
// Chance is noise (core/rng): latency is a function of link and instant, the length of an fsync of member and
// instant. So a cut or a lost packet changes what is said, never how fast the rest of the network is.
//
// Reading order: time.go, queue.go, quantiles.go, host.go, payload.go, network.go, disk.go.
package sim
