// Command wasmstrip makes a browser binary of Go smaller to send; package strip tells how, and what it costs.
// The module of a compiler that it does not know is only joined, with a warning.
//
//	go run . [-join] -o out.wasm in.wasm
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/etcdscope/etcdscope/internal/wasmstrip/strip"
)

func main() {
	out := flag.String("o", "", "file to write")
	join := flag.Bool("join", false, "only join the data segments, whatever the compiler")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: wasmstrip [-join] -o out.wasm in.wasm") }
	flag.Parse()
	if flag.NArg() != 1 || *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *out, *join); err != nil {
		fmt.Fprintln(os.Stderr, "wasmstrip:", err)
		os.Exit(1)
	}
}

func run(in, out string, join bool) error {
	file, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	way := strip.Strip
	if join {
		way = strip.Join
	}
	stripped, err := way(file)
	if errors.Is(err, strip.ErrCompiler) {
		fmt.Fprintf(os.Stderr, "wasmstrip: %s: %v; only its data segments are joined (docs/adr/0005)\n", in, err)
		stripped, err = strip.Join(file)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return os.WriteFile(out, stripped, 0o644)
}
