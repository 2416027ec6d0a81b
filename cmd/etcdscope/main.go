// Command etcdscope runs scripts on simulated etcd clusters, searches for broken rules with random runs, and measures
// the simulator.
//
//	etcdscope run FILE [-json] [-v]     carry out a script ("-": from standard input)
//	etcdscope hash FILE                 the hashes that a script's run comes to
//	etcdscope swarm -runs N -seed S     random runs with faults, all rules checked
//	etcdscope article                   what the article claims, measured
//	etcdscope bench                     how fast the simulator is on this machine
//	etcdscope version                   which version this is
//	etcdscope help [VERB]               the command language
//
// It ends with 0 if all is well, 1 if an expectation or a rule failed, 2 if it was asked wrongly.
package main

import (
	"os"

	"github.com/etcdscope/etcdscope/cmd/etcdscope/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
