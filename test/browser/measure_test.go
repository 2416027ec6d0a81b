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

// ended is where a run that is played live is, in µs.
const ended = `+document.getElementById('seek').value`

// printed is the newest line of the console with a text.
func (s scope) printed(command, text string) string {
	s.t.Helper()
	s.command(command)
	line := fmt.Sprintf(`[...document.querySelectorAll('#lines *')].map((e) => e.textContent).findLast((text) => text.includes(%q))`, text)
	s.WaitFor(5*time.Minute, command, line)
	return drive.Eval[string](s.Page, line)
}

// loaded opens a run that has a leader, and gives it loads while it stands still, at the highest speed.
func loaded(t *testing.T, fragment string, loads ...string) scope {
	t.Helper()
	s := open(t, fragment, drive.Setting{Before: probe})
	s.untilLed()
	s.pause()
	s.Click("#speed")
	s.Press(kb.End)
	s.See(".speed output", "as fast as it goes")
	for _, load := range loads {
		s.command(load)
	}
	return s
}

// until lets a run go on to an instant of simulated time, and stops it there.
func (s scope) until(at time.Duration, patience time.Duration) {
	s.t.Helper()
	s.play()
	s.WaitFor(patience, "the run", fmt.Sprintf("%s >= %d", ended, at.Microseconds()))
	s.pause()
}

// seeks goes to many moments of the run. What is judged is the page's time, from the slider to the new picture; the
// engine's own, whole seeks without a page, is told beside it.
func (s scope) seeks(what string, n int) {
	s.t.Helper()
	most := drive.Eval[int](s.Page, `+document.getElementById('seek').value`) // the end of the run on the slider
	var figures []float64
	for i := range n {
		// A fixed walk that jumps far and near, both ways.
		at := (i*7919%97 + 1) * most / 100
		figures = append(figures, drive.Eval[float64](s.Page, fmt.Sprintf(seekOnce, at)))
	}
	s.t.Logf("measure: %s, the engine alone: %s", what, s.printed("measure seeks", "seeks over"))
	judge(s.t, what+", the page, from the slider to the new picture", figures, 50)
	if got := quantile(figures, 0.5); full && got > 15 {
		s.t.Errorf("%s: the median is %.1f ms, want at most 15", what, got)
	}
}

func TestMeasureSeek(t *testing.T) {
	end, n := 30*time.Second, 40
	if full {
		end, n = 10*time.Minute, 300
	}
	s := loaded(t, three, "load 100/s")
	s.until(end, 25*time.Minute)
	s.seeks(fmt.Sprintf("seek in a run of %v under load", end), n)
}

// TestMeasureHour is an hour of five members under 100 writes/s: what it takes of memory, and how long the way back is.
func TestMeasureHour(t *testing.T) {
	end, n := 20*time.Second, 20
	if full {
		end, n = time.Hour, 300
	}
	s := loaded(t, "#v=1&members=5&clients=2&preset=etcd&seed=7", "load 100/s")
	began := time.Now()
	s.until(end, 2*time.Hour)
	t.Logf("measure: %v of 5 members at 100 writes/s took %v", end, time.Since(began).Round(time.Second))
	memory := s.printed("measure memory", "memory: ")
	t.Logf("measure: %s", memory)
	var taken int
	if _, err := fmt.Sscanf(memory, "memory: %d MB", &taken); err != nil {
		t.Fatal(err)
	}
	if full && taken > 300 {
		t.Errorf("it takes %d MB, want at most 300", taken)
	}
	s.seeks(fmt.Sprintf("seek in %v of 5 members at 100 writes/s", end), n)
	t.Logf("measure: after the seeks: %s", s.printed("measure memory", "memory: "))
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
	s := loaded(t, "#v=1&members=1&clients=1&preset=etcd&seed=7", fmt.Sprintf("load 10000/s --key-space-size %d", keys))
	s.Click("#tab-keys")
	s.play()
	drive.Eval[bool](s.Page, "(probe.frames.length = 0, probe.tasks.length = 0, true)")
	// An element of its own says how many: the text of the whole panel would run it into the number before it.
	const shown = `+([...document.querySelectorAll('#panel *')].map((e) => e.textContent.replaceAll(/[,\u202f\u00a0 ]/g, '').match(/^(\d+)keys/)).find(Boolean) || [0, 0])[1]`
	s.WaitFor(25*time.Minute, "the keys", fmt.Sprintf("%s >= %d", shown, keys))
	judge(t, fmt.Sprintf("own work per frame while %d keys are written", keys),
		drive.Eval[[]float64](s.Page, "probe.frames"), 8)
	t.Logf("measure: long tasks on the main thread: %d", drive.Eval[int](s.Page, "probe.tasks.length"))
}
