//go:build !js

package main

import (
	"fmt"
	"os"
)

// main, outside a browser, says how to make the binary.
func main() {
	fmt.Fprintln(os.Stderr, "this is for a browser: GOOS=js GOARCH=wasm go build -o build/app.wasm ./wasm")
	os.Exit(2)
}
