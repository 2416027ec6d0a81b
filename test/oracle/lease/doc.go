// Package lease holds core/lease against etcd's lessor and core/compact against etcd's automatic compactors, with
// random inputs.
//
// Theirs look at the clock of the machine and run goroutines of their own. They do so in a bubble of testing/synctest,
// where time stands still until all have nothing left to do: hours pass in milliseconds, and always the same way.
// Whatever the test does falls between their ticks, so that the order is never left to chance.
//
// There are tests only: lessor_test.go, compactor_test.go.
package lease
