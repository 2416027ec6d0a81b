package world_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/runner"
)

const (
	scriptsDir = "../../test/scripts"
	goldenFile = "testdata/hashes.txt"
)

var rehash = flag.Bool("rehash", false, "rewrite the golden hashes: every link made before then shows another run")

// runScript carries out a script in which every expectation must hold.
func runScript(t *testing.T, file string) *world.World {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list, err := script.ParseScript(string(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	r, err := runner.Begin(list, runner.Options{})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	result := r.Run()
	for _, c := range result.Failed() {
		t.Errorf("%s:%d: %s: %s", file, c.Pos.Line, c.Text, c.Seen)
	}
	return result.World
}

// hashes are what a run is recognised by.
func hashes(w *world.World) string {
	return "journal " + runner.Hash(w.Journal().Hash()) + "  state " + runner.Hash(w.Hash())
}

// scripts returns the example scripts, by name.
func scripts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(scriptsDir + "/*.etcd")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d scripts in %s: %v", len(files), scriptsDir, err)
	}
	return files
}

// TestGoldenHashes holds the example scripts to what they promise, and their runs to the hashes that they came to
// before: natively and in Node alike. A change that moves them makes old links show another run, and has to be meant.
func TestGoldenHashes(t *testing.T) {
	var got strings.Builder
	for _, file := range scripts(t) {
		got.WriteString(hashes(runScript(t, file)) + "  " + filepath.Base(file) + "\n")
	}
	if *rehash {
		if err := os.WriteFile(goldenFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("hashes have changed; if that is meant: go test ./core/world -run Golden -rehash\ngot\n%swant\n%s",
			got.String(), want)
	}
}

// TestDeterminism runs each script twice, and then its config, seed and tape without the script: all three are the same
// run.
func TestDeterminism(t *testing.T) {
	for _, file := range scripts(t) {
		first, second := runScript(t, file), runScript(t, file)
		if a, b := hashes(first), hashes(second); a != b {
			t.Errorf("%s: two runs differ:\n%s\n%s", file, a, b)
		}
		again, err := world.New(first.Config(), first.Commanded())
		if err != nil {
			t.Fatal(err)
		}
		again.Advance(first.Now(), 1<<40)
		if a, b := hashes(first), hashes(again); a != b {
			t.Errorf("%s: the run and the replay of its tape differ:\n%s\n%s", file, a, b)
		}
	}
}
