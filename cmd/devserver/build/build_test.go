package build

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module is a folder with a browser program in it.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.com/page\n\ngo 1.26\n")
	write(t, dir, "wasm/main.go", "package main\n\nfunc main() {}\n")
	write(t, dir, "static/index.html", "<p>")
	write(t, dir, "core/x.go", "package core\n")
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCompile(t *testing.T) {
	root := module(t)
	out := filepath.Join(root, "build")
	if err := Compile(t.Context(), root, out); err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(filepath.Join(out, "app.wasm"))
	if err != nil || !strings.HasPrefix(string(binary), "\x00asm") {
		t.Errorf("app.wasm: %v", err)
	}
	glue, err := os.ReadFile(filepath.Join(out, "wasm_exec.js"))
	if err != nil || !strings.Contains(string(glue), "Go = class") {
		t.Errorf("wasm_exec.js: %v", err)
	}

	write(t, root, "wasm/main.go", "package main\n\nfunc main() { undefinedThing() }\n")
	err = Compile(t.Context(), root, out)
	if err == nil || !strings.Contains(err.Error(), "main.go:3:15: undefined: undefinedThing") {
		t.Errorf("error %v: want what the compiler says", err)
	}
	after, _ := os.ReadFile(filepath.Join(out, "app.wasm"))
	if string(after) != string(binary) {
		t.Error("a failed build changed the binary")
	}
	write(t, root, "wasm/main.go", "package main\n\nfunc main() {}\n")
	write(t, root, "wasm/build.txt", "# all packages\nall=-unknown\n")
	if err = Compile(t.Context(), root, out); err == nil || !strings.Contains(err.Error(), "-unknown") {
		t.Errorf("error %v: want a complaint about the flag of build.txt", err)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "app-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFindRoot(t *testing.T) {
	root := module(t)
	got, err := FindRoot(filepath.Join(root, "static"))
	if err != nil || got != root {
		t.Errorf("got %q, %v; want %q", got, err, root)
	}
	if _, err := FindRoot(filepath.VolumeName(root) + string(filepath.Separator)); !errors.Is(err, ErrNoRoot) {
		t.Errorf("at the top: %v", err)
	}
}

func TestWatch(t *testing.T) {
	root := module(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ticks := make(chan time.Time)
	changes := make(chan Change, 1)
	go Watch(ctx, root, ticks, func(c Change) { changes <- c })

	// Two ticks are one look that sees a change and one that sees it hold still; the third proves that the second was
	// worked off, as the channel has no buffer.
	step := func() {
		for range 3 {
			ticks <- time.Time{}
		}
	}
	expect := func(what string, want *Change) {
		t.Helper()
		step()
		select {
		case got := <-changes:
			if want == nil || got != *want {
				t.Errorf("%s: %+v, want %+v", what, got, want)
			}
		default:
			if want != nil {
				t.Errorf("%s: nothing, want %+v", what, *want)
			}
		}
	}
	expect("at rest", nil)
	write(t, root, "static/index.html", "<p>changed")
	expect("a page", &Change{})
	write(t, root, "core/x.go", "package core // changed\n")
	expect("code", &Change{Code: true})
	write(t, root, "core/x_test.go", "package core\n")
	expect("a test", nil)
	write(t, root, "core/testdata/x.txt", "x")
	expect("a test's data", nil)
	write(t, root, "notes.txt", "x")
	expect("something else", nil)
	if err := os.Remove(filepath.Join(root, "static", "index.html")); err != nil {
		t.Fatal(err)
	}
	expect("a page that is gone", &Change{})
}
