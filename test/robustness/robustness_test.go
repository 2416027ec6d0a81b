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
const patience = time.Minute

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

// TestHistories judges runs. Its last line is for whoever reads only that.
func TestHistories(t *testing.T) {
	violations := 0
	for s := *seed; s < *seed+uint64(*runs); s++ {
		r, err := Make(s)
		complaint := ""
		if err != nil {
			complaint = err.Error()
		} else {
			complaint = judge(t, r.Reports(), r.Persisted())
		}
		if *every && r != nil {
			fmt.Printf("seed %d: %s\n", s, r.Summary())
		}
		if complaint == "" {
			continue
		}
		violations++
		t.Errorf("seed %d: %s\n  again: make robustness RUNS=1 SEED=%d", s, strings.TrimSpace(complaint), s)
		if r != nil {
			file := filepath.Join(os.TempDir(), fmt.Sprintf("robustness-%d.etcd", s))
			if err := os.WriteFile(file, []byte(r.Script()), 0o644); err != nil {
				t.Error(err)
			}
			t.Logf("as a script: %s", file)
		}
	}
	fmt.Printf("robustness: %d runs, %d violations\n", *runs, violations)
}
