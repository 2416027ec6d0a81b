// Package cobra reads the arguments of etcd's tools as the libraries do that those are built with, cobra and pflag:
// which command is meant, what its flags and arguments are, and to the letter what a tool prints when it does not
// understand, or when it is asked for help.
//
// The types are Program (etcdctl, etcdutl), Command, Flag, Parsed (a line that was understood), and Refusal (what is
// printed otherwise). Nothing here knows what a command does: that is core/script's.
//
// Facts are from github.com/spf13/cobra v1.10.2 (cobra/command.go), github.com/spf13/pflag v1.0.10 (pflag/flag.go)
// and etcd's pkg/cobrautl/help.go; the names and texts of commands and flags from etcdctl/ctlv3 and etcdutl of etcd
// 3.6.16. test/oracle/ctl compares with the real tools.
//
// Reading order: cobra.go, find.go, parse.go, value.go, usage.go, plainusage.go; etcdctl.go, etcdctlrest.go and
// etcdutl.go are tables.
package cobra
