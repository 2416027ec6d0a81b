//go:build measure

package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// TestMeasureFullMemory fills the memory that a run may have: nine members under four loads. The run pauses itself and
// says why; it can still be gone back in, a command is still answered, and the tab lives. It takes an hour or so, so
// only `make bench-browser` compiles it; web/engine tests the pause natively.
func TestMeasureFullMemory(t *testing.T) {
	const load = "load 500/s"
	s := loaded(t, "#v=1&members=9&clients=4&preset=etcd&seed=7&memory=1GiB", load, load, load, load)
	began := time.Now()
	s.play()
	s.WaitFor(2*time.Hour, "the run to pause", `document.getElementById('lines').textContent.includes('The run has paused: it takes ')`)
	took := time.Since(began).Round(time.Second)
	s.Wait("it to stand still", "!"+playing)
	end := time.Duration(drive.Eval[int](s.Page, ended)) * time.Microsecond
	t.Logf("measure: 9 members under 4 loads of 500/s were full after %v of simulated time, which took %v", end, took)
	t.Logf("measure: %s", s.printed("measure memory", "memory: "))
	for _, part := range []int64{1, 2, 3} {
		to := end.Microseconds() * part / 4
		ms := drive.Eval[float64](s.Page, fmt.Sprintf(seekOnce, to))
		t.Logf("measure: going back to %v took %.0f ms until another moment was shown", time.Duration(to)*time.Microsecond, ms)
	}
	s.command("nonsense")
	s.said("unknown command")
}
