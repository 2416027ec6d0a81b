// Command scripts carries out the scripts that are named and says which of them does not come to what it expects.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/internal/runner"
)

func main() {
	for _, file := range os.Args[1:] {
		if err := carryOut(file); err != nil {
			fmt.Printf("script %s: %v\n", filepath.Base(file), err)
			os.Exit(1)
		}
	}
}

func carryOut(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	list, err := script.ParseScript(string(text))
	if err != nil {
		return err
	}
	r, err := runner.Begin(list, runner.Options{})
	if err != nil {
		return err
	}
	if failed := r.Run().Failed(); len(failed) > 0 {
		return fmt.Errorf("%s: %s", failed[0].Text, failed[0].Seen)
	}
	return nil
}
