package robustness

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/tests/v3/robustness/model"
	"go.etcd.io/etcd/tests/v3/robustness/report"
	"go.etcd.io/etcd/tests/v3/robustness/validate"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

var (
	runs  = flag.Int("runs", 5, "how many runs are judged")
	seed  = flag.Uint64("seed", 1, "of the first run; each run takes the next")
	every = flag.Bool("every", false, "tell about each run")
)

// patience is how long the validators may search for an order of one run's operations.
const patience = 10 * time.Minute

// judge asks the validators. It returns what they complain about; empty if nothing.
func judge(t *testing.T, reports []report.ClientReport, persisted []model.EtcdRequest) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "complaints"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	logged := zapcore.NewCore(zapcore.NewConsoleEncoder(zapcore.EncoderConfig{MessageKey: "what"}), out, zap.ErrorLevel)
	verdict := func(t *testing.T) {
		validate.ValidateAndReturnVisualize(t, zap.New(logged), validate.Config{}, reports, persisted, patience)
	}
	// They fail the test that they are given: it must not be this one, which may want them to.
	stdout := os.Stdout
	os.Stdout = out
	all := func(_, _ string) (bool, error) { return true, nil }
	ok := testing.RunTests(all, []testing.InternalTest{{Name: "validate", F: verdict}})
	os.Stdout = stdout
	if ok {
		return ""
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMain prints its line last, for whoever reads only that.
func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Printf("robustness: %d runs, %d violations\n", judged, violations)
	os.Exit(code)
}

var judged, violations int

// TestHistories judges runs.
func TestHistories(t *testing.T) {
	for s := *seed; s < *seed+uint64(*runs); s++ {
		r, err := Make(s)
		judged++
		complaint := ""
		if err != nil {
			complaint = err.Error()
		} else {
			complaint = judge(t, r.Reports(), r.Persisted())
		}
		if *every && r != nil {
			fmt.Printf("seed %d: %s\n", s, r.Summary())
		}
		if complaint != "" {
			violations++
			t.Errorf("seed %d: %s\n%s", s, strings.TrimSpace(complaint), again(t, s, r))
		}
	}
}

// again says how to see a violation again; the run may not have come into being.
func again(t *testing.T, s uint64, r *Run) string {
	text := fmt.Sprintf("  again: make robustness RUNS=1 SEED=%d", s)
	if r == nil {
		return text
	}
	file := filepath.Join(os.TempDir(), fmt.Sprintf("robustness-%d.etcd", s))
	if err := os.WriteFile(file, []byte(r.Script()), 0o644); err != nil {
		t.Error(err)
	}
	return text + "\n  as a script: " + file
}
