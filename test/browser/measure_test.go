package browser

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

//go:embed probe.js
var probe string

// full says that the measures take the time that they need, on a machine that does nothing else (make bench-browser). In `make test`
// they take little time, beside whatever else runs, and fail only where something is broken.
var full = os.Getenv("MEASURE") == "full"

// limit is the target of a measure, and in a short run ten times as much.
func limit(target float64) float64 {
	if full {
		return target
	}
	return 10 * target
}

// judge reports a figure, and fails when it is over its limit.
func judge(t *testing.T, what string, got, target float64, unit string) {
	t.Helper()
	t.Logf("measure: %s: %.1f %s (target %.0f)", what, got, unit, target)
	if got > limit(target) {
		t.Errorf("%s: %.1f %s, limit %.0f", what, got, unit, limit(target))
	}
}

// quantile returns the value below which a share of the figures lies.
func quantile(figures []float64, share float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func TestMeasureFirstPicture(t *testing.T) {
	rounds := 3
	if full {
		rounds = 15
	}
	var figures []float64
	for range rounds {
		// Each page has a profile of its own, so its cache is cold; a test of its own, so that it is gone before the next.
		t.Run("", func(t *testing.T) {
			s := open(t, three, drive.Setting{Before: probe})
			s.Wait("the first picture", "probe.first > 0")
			figures = append(figures, drive.Eval[float64](s.Page, "probe.first"))
		})
	}
	judge(t, "first picture from a cold cache", quantile(figures, 0.5), 800, "ms")
	t.Logf("measure: all: %.0f", figures)
}

func TestMeasureFrames(t *testing.T) {
	seconds := 5
	if full {
		seconds = 60
	}
	s := open(t, five, drive.Setting{Before: probe})
	s.speed("real time")
	s.play()
	s.Wait("a leader", leaders+".length > 0")
	s.command("load 100/s")
	drive.Eval[bool](s.Page, "(probe.since = performance.now(), probe.frames.length = 0, probe.tasks.length = 0, true)")
	s.WaitFor(2*time.Minute, "the time", fmt.Sprintf("performance.now() - probe.since > %d", seconds*1000))

	frames := drive.Eval[[]float64](s.Page, "probe.frames")
	tasks := drive.Eval[[]struct{ At, Took float64 }](s.Page, "probe.tasks")
	t.Logf("measure: %d frames in %d s with 5 members under load; own work p50 %.1f ms, p95 %.1f ms, worst %.1f ms",
		len(frames), seconds, quantile(frames, 0.5), quantile(frames, 0.95), quantile(frames, 1))
	judge(t, "own work per frame, p99", quantile(frames, 0.99), 8, "ms")
	perMinute := float64(len(tasks)) * 60 / float64(seconds)
	t.Logf("measure: long tasks on the main thread: %d (%.0f a minute): %v", len(tasks), perMinute, tasks)
	if full && len(tasks) > 0 {
		t.Errorf("%d tasks of more than 50 ms, want none", len(tasks))
	}
	if len(frames) < 20*seconds {
		t.Errorf("%d frames in %d s", len(frames), seconds)
	}
}

// seekOnce moves the slider to a place and resolves to the time until the moment shown is another one.
const seekOnce = `new Promise((done) => {
	const bar = document.getElementById('seek'), clock = document.querySelector('#transport .time');
	const before = clock.textContent, start = performance.now();
	const look = new MutationObserver(() => {
		const now = document.querySelector('#transport .time').textContent;
		if (now === before) return;
		look.disconnect();
		done(performance.now() - start);
	});
	look.observe(document.getElementById('transport'), { characterData: true, childList: true, subtree: true });
	bar.value = %d;
	bar.dispatchEvent(new Event('input', { bubbles: true }));
	bar.dispatchEvent(new Event('change', { bubbles: true }));
})`

func TestMeasureSeek(t *testing.T) {
	minutes, seeks := 0.5, 40
	if full {
		minutes, seeks = 10, 300
	}
	s := open(t, three, drive.Setting{})
	s.untilLed()
	s.command("load 100/s")
	s.speed("60× real time")
	s.WaitFor(drive.Blink*100, "the run", fmt.Sprintf(`(() => { const m = document.querySelector('#transport .time').textContent.match(/(?:(\d+):)?(\d+)\./); return (m[1] || 0) * 60 + +m[2] >= %f; })()`, minutes*60))
	s.pause()
	most := drive.Eval[int](s.Page, `+document.getElementById('seek').value`) // the end of the run on the slider
	var figures []float64
	for i := range seeks {
		// A fixed walk that jumps far and near, both ways.
		at := (i*7919%97 + 1) * most / 100
		figures = append(figures, drive.Eval[float64](s.Page, fmt.Sprintf(seekOnce, at)))
	}
	t.Logf("measure: %d seeks in a run of %.1f minutes under load: p50 %.1f ms, worst %.1f ms", seeks, minutes, quantile(figures, 0.5), quantile(figures, 1))
	s.command("measure seeks")
	const engine = `[...document.querySelectorAll('#lines *')].map((e) => e.textContent).findLast((text) => text.includes('seeks over'))`
	s.WaitFor(2*time.Minute, "the engine's own figure", engine)
	t.Logf("measure: of that, the engine alone: %s", drive.Eval[string](s.Page, engine))
	judge(t, "seek, p99", quantile(figures, 0.99), 50, "ms")
}

// TestMeasureEngine asks the engine, in its worker, how fast it is.
func TestMeasureEngine(t *testing.T) {
	s := open(t, five, drive.Setting{})
	s.pause()
	for _, load := range []string{"", " 1000/s"} {
		s.command("measure" + load)
		const figure = `[...document.querySelectorAll('#lines *')].map((e) => e.textContent.match(/([0-9]+) events\/s/)).filter(Boolean).at(-1)?.[1]`
		s.Wait("the figure", figure)
		rate := drive.Eval[string](s.Page, figure)
		t.Logf("measure: engine in Chromium, 5 members%s: %s events/s", load, rate)
		s.Reload()
		s.awaitCluster()
	}
}
