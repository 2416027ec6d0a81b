// Package ctl prints what etcdctl prints: to the letter, on standard output and standard error, with its exit code.
//
// Print is for a call that went well, PrintError for one that did not. PrintEndpoints and PrintHealth are for the
// commands that ask several members, PrintWatch for what comes out of a watch, PrintPerf for check perf, PrintFailure
// for what goes wrong between the calls of a command, and PrintStatus for a file. The formats are etcdctl's simple,
// fields, json and table; JSON and tables are written by hand, because the libraries for them are too large for a
// browser.
//
// Nothing here asks a member anything. What etcdctl's logger adds on standard error when it retries is left out.
//
// Facts are from etcdctl/ctlv3/command (printer*.go and a file a command) of etcd 3.6. test/oracle/ctl compares with
// real etcdctl.
//
// Reading order: print.go, simple.go, fields.go, json.go, protobuf.go, table.go, number.go, then endpoint.go, watch.go,
// perf.go, failure.go.
package ctl
