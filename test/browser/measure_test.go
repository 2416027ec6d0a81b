package browser

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/etcdscope/etcdscope/test/browser/drive"
)

//go:embed probe.js
var probe string

// full says that the measures take the time that they need, on a machine that does nothing else, and that figures over
// their targets fail the test (make bench-browser). In `make test` they take little time and only report: what they
// come to there tells more of what else the machine does than of the page.
var full = os.Getenv("MEASURE") == "full"

// judge reports the figures. Full measures fail when they are over the target.
func judge(t *testing.T, what string, figures []float64, target float64) {
	t.Helper()
	t.Logf("measure: %s: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, worst %.1f ms of %d (target %.0f ms)", what,
		quantile(figures, 0.5), quantile(figures, 0.95), quantile(figures, 0.99), quantile(figures, 1), len(figures), target)
	if got := quantile(figures, 0.99); full && got > target {
		t.Errorf("%s: %.1f ms, want at most %.0f", what, got, target)
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
	t.Logf("measure: first pictures: %.0f ms", figures)
	judge(t, "first picture from a cold cache, the median", []float64{quantile(figures, 0.5)}, 800)
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
	judge(t, fmt.Sprintf("own work per frame, 5 members under load for %d s", seconds), frames, 8)
	perMinute := float64(len(tasks)) * 60 / float64(seconds)
	t.Logf("measure: long tasks on the main thread: %d (%.0f a minute): %v", len(tasks), perMinute, tasks)
	if full && len(tasks) > 0 {
		t.Errorf("%d tasks of more than 50 ms, want none", len(tasks))
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
	s.WaitFor(25*time.Minute, "the run",
		fmt.Sprintf(`(() => { const m = document.querySelector('#transport .time').textContent.match(/(?:(\d+):)?(\d+)\./); return (m[1] || 0) * 60 + +m[2] >= %f; })()`, minutes*60))
	s.pause()
	most := drive.Eval[int](s.Page, `+document.getElementById('seek').value`) // the end of the run on the slider
	var figures []float64
	for i := range seeks {
		// A fixed walk that jumps far and near, both ways.
		at := (i*7919%97 + 1) * most / 100
		figures = append(figures, drive.Eval[float64](s.Page, fmt.Sprintf(seekOnce, at)))
	}
	s.command("measure seeks")
	const engine = `[...document.querySelectorAll('#lines *')].map((e) => e.textContent).findLast((text) => text.includes('seeks over'))`
	s.WaitFor(2*time.Minute, "the engine's own figure", engine)
	t.Logf("measure: of that, the engine alone: %s", drive.Eval[string](s.Page, engine))
	judge(t, fmt.Sprintf("seek in a run of %.1f minutes under load", minutes), figures, 50)
}

// TestMeasureEngine asks the engine, in its worker, how fast it is.
func TestMeasureEngine(t *testing.T) {
	for _, members := range []int{3, 5} {
		for _, load := range []string{"", " 1000/s"} {
			s := open(t, fmt.Sprintf("#v=1&members=%d&clients=2&preset=etcd&seed=7", members), drive.Setting{})
			s.pause()
			s.command("measure" + load)
			const figure = `[...document.querySelectorAll('#lines *')].map((e) => e.textContent.match(/[0-9]+ events\/s, [0-9]+ times real time$/)).filter(Boolean).at(-1)?.[0]`
			s.Wait("the figure", figure)
			t.Logf("measure: engine in Chromium, %d members%s: %s", members, load, drive.Eval[string](s.Page, figure))
		}
	}
}

// TestMeasureManyKeys looks at the page while the store fills: what it shows is a window of keys, however many there
// are.
func TestMeasureManyKeys(t *testing.T) {
	keys := 20_000
	if full {
		keys = 1_000_000
	}
	s := open(t, "#v=1&members=1&clients=1&preset=etcd&seed=7", drive.Setting{Before: probe})
	s.untilLed()
	s.Click("#tab-keys")
	s.pause()
	s.Click("#speed")
	s.Press(kb.End)
	s.See(".speed output", "as fast as it goes")
	s.command(fmt.Sprintf("load 10000/s --key-space-size %d", keys))
	s.play()
	drive.Eval[bool](s.Page, "(probe.frames.length = 0, probe.tasks.length = 0, true)")
	// An element of its own says how many: the text of the whole panel would run it into the number before it.
	const shown = `+([...document.querySelectorAll('#panel *')].map((e) => e.textContent.replaceAll(/[,\u202f\u00a0 ]/g, '').match(/^(\d+)keys/)).find(Boolean) || [0, 0])[1]`
	s.WaitFor(25*time.Minute, "the keys", fmt.Sprintf("%s >= %d", shown, keys))
	judge(t, fmt.Sprintf("own work per frame while %d keys are written", keys),
		drive.Eval[[]float64](s.Page, "probe.frames"), 8)
	t.Logf("measure: long tasks on the main thread: %d", drive.Eval[int](s.Page, "probe.tasks.length"))
}
