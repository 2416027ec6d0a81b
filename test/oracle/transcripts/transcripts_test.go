// Package transcripts runs the interaction tests of go.etcd.io/raft on our machine: their files, read where the module
// cache keeps them, their commands, and their answers but for the lines that their logger wrote.
package transcripts

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// theirModule returns the directory of go.etcd.io/raft in the module cache.
func theirModule(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "go.etcd.io/raft/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestTranscripts: our machine says what theirs said, in each of their transcripts.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(theirModule(t), "testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts found", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			e := &env{}
			datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
				got := e.handle(t, d)
				if withoutLog(d.Expected) == got {
					return d.Expected
				}
				return got
			})
		})
	}
	t.Logf("all of their %d transcripts", len(files))
}

// withoutLog removes what their logger wrote. If nothing else was answered, the answer is ok.
func withoutLog(s string) string {
	var kept []string
	for line := range strings.Lines(s) {
		switch level, _, _ := strings.Cut(strings.TrimSpace(line), " "); level {
		case "DEBUG", "INFO", "WARN", "ERROR":
		default:
			kept = append(kept, line)
		}
	}
	if len(kept) == 0 {
		return "ok\n"
	}
	return strings.Join(kept, "")
}
