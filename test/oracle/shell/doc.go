// Package shell holds core/shell to real shells and programs: programs that a generator makes are carried out by sh, or
// by bash where it alone knows them, with a stand-in for etcdctl, and here; filters get the same arguments and the same
// input as the machine's grep, cut, head, tail, wc, sort, tr, awk and jq; and mvdan.cc/sh must be able to read all that
// we read.
//
// There are tests only.
package shell
