// Package build compiles the browser binary for the development server and notices when it has to be compiled again.
//
// Compile is `make build` in Go. Watch polls modification times, because that needs no dependency and a tree of this
// size is walked in a few milliseconds.
package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrNoRoot is returned where no go.mod is found.
var ErrNoRoot = errors.New("no go.mod with a wasm/ folder beside it here or above: run it inside the repository")

// FindRoot returns the nearest folder at or above dir that holds the module of the browser binary.
func FindRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if exists(filepath.Join(dir, "go.mod")) && exists(filepath.Join(dir, "wasm")) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", ErrNoRoot
		}
		dir = up
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Compile builds ./wasm of the module at root into out/app.wasm and puts Go's wasm_exec.js beside it. The error of a
// build that failed is what the compiler said.
func Compile(ctx context.Context, root, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	// Compiled beside the target and renamed, so that nobody is ever served half a binary.
	fresh, err := os.CreateTemp(out, "app-*.wasm")
	if err != nil {
		return err
	}
	fresh.Close()
	defer os.Remove(fresh.Name())
	args := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", fresh.Name()}
	env, flags, err := readConfig(root)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", append(append(args, flags...), "./wasm")...)
	cmd.Dir = root
	cmd.Env = append(append(os.Environ(), "GOOS=js", "GOARCH=wasm"), env...)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the build failed:\n%s", indent(output, err))
	}
	if err := os.Chmod(fresh.Name(), 0o644); err != nil {
		return err
	}
	if err := copyGlue(ctx, out); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), filepath.Join(out, "app.wasm"))
}

// experimentsOf is the version of Go whose experiments wasm/build.txt names. Makefile says it too.
const experimentsOf = "go1.26"

// readConfig reads wasm/build.txt: what to set in the environment, and which packages to compile in which way. A module
// without the file has no wishes.
func readConfig(root string) (env, flags []string, err error) {
	text, err := os.ReadFile(filepath.Join(root, "wasm", "build.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case strings.HasPrefix(line, "GOEXPERIMENT="):
			// Experiments are of one version of Go; the next may refuse to build with them.
			if strings.HasPrefix(runtime.Version(), experimentsOf) {
				env = append(env, line)
			}
		default:
			flags = append(flags, "-gcflags="+line)
		}
	}
	return env, flags, err
}

// copyGlue copies the script that runs Go's binaries. It must be the one of the compiler that built the binary.
func copyGlue(ctx context.Context, out string) error {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "wasm_exec.js"), glue, 0o644)
}

func indent(output []byte, err error) string {
	if len(bytes.TrimSpace(output)) == 0 {
		return "  " + err.Error()
	}
	return "  " + strings.ReplaceAll(strings.TrimSpace(string(output)), "\n", "\n  ")
}
