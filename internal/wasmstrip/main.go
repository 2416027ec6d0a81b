// Command wasmstrip makes a browser binary of Go smaller to send; package strip tells how, and what it costs.
//
//	go run ./internal/wasmstrip -o out.wasm in.wasm
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/etcdscope/etcdscope/internal/wasmstrip/strip"
)

func main() {
	out := flag.String("o", "", "file to write")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: wasmstrip -o out.wasm in.wasm") }
	flag.Parse()
	if flag.NArg() != 1 || *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *out); err != nil {
		fmt.Fprintln(os.Stderr, "wasmstrip:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	file, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	stripped, err := strip.Strip(file)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return os.WriteFile(out, stripped, 0o644)
}
