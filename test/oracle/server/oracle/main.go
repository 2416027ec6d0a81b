// Command oracle asks one of our members and a real etcd server the same things and compares the answers. Its last line
// is "oracle: N operations, M mismatches"; each mismatch is printed before, as short as it could be made.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/test/oracle/server"
)

func main() {
	calls := flag.Int("ops", 5_000, "operations to compare")
	seed := flag.Uint64("seed", 1, "seed of the first run; each run takes the next")
	wire := flag.Int("wire", 30, "percent of the runs that go over a gRPC connection")
	only := flag.String("only", "",
		"kinds of calls, with commas: put,range,delete,txn,compact,hash,status,lease,alarm,member,big,watch")
	most := flag.Int("most", 5, "different mismatches after which to stop")
	self := flag.Bool("self", false, "compare two real servers: whatever differs is no fault of ours")
	members := flag.Int("members", 1, "of the group")
	verbose := flag.Bool("v", false, "tell what was asked and what was refused")
	flag.Parse()

	o := server.Options{Seed: *seed, Calls: *calls, Wire: *wire, Most: *most, Self: *self, Group: *members}
	if *only != "" {
		o.Only = map[string]bool{}
		for _, kind := range strings.Split(*only, ",") {
			o.Only[kind] = true
		}
	}
	rep, err := server.Run(o)
	if *verbose {
		for _, kind := range slices.Sorted(maps.Keys(rep.Kinds)) {
			fmt.Printf("%8d %s\n", rep.Kinds[kind], kind)
		}
	}
	for i := range rep.Found {
		rep.Found[i].Print(os.Stdout)
	}
	for _, once := range rep.Once {
		fmt.Println("seen once, but not when it was repeated:", once)
	}
	if err != nil {
		fmt.Println(err)
	}
	fmt.Printf("oracle: %d operations, %d mismatches\n", rep.Calls, rep.Differ)
	if err != nil || rep.Differ > 0 {
		os.Exit(1)
	}
}
