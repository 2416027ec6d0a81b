// Package metrics holds what our members print for Prometheus against what a real etcd server prints: each family that
// we have is there, with the same type, labels and bounds, and after the same requests the same counters have grown by
// as much.
package metrics
