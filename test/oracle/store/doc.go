// Package store compares our multi-version store with etcd's: the same operations on both, every answer compared, and
// the hash over all rows, which tells whether they are the same to the bit.
package store
