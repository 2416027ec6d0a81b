package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// step presses one event forward (1) or back (-1) and waits until it is shown.
func (s scope) step(by int) {
	s.t.Helper()
	before := drive.Eval[string](s.Page, shown)
	s.Click(fmt.Sprintf(`#transport [data-a="step %d"]`, by))
	s.Wait("another event", fmt.Sprintf("%s !== %q", shown, before))
}

// lastEvent is the newest line of the list of events.
const lastEvent = `(document.querySelector('#events [role=listitem]:last-child')?.innerText ?? '').replace(/\s+/g, ' ')`

// picture is what a step back has to bring back: the newest event, and who is on his way.
const picture = lastEvent + ` + [...document.querySelectorAll('#scene .msg')].map((e) => e.dataset.id)`

// shown changes with every step. Heartbeats are not in the list of events, but the moment to the µs is on the slider.
const shown = picture + ` + document.getElementById('seek').value`

func TestStepForwardAndBack(t *testing.T) {
	s := led(t, three)
	s.command("put a 1")
	var forth []string
	for range 6 {
		s.step(1)
		forth = append(forth, drive.Eval[string](s.Page, picture))
	}
	for i := len(forth) - 2; i >= 0; i-- {
		s.step(-1)
		if got := drive.Eval[string](s.Page, picture); got != forth[i] {
			t.Fatalf("back to %q, want %q", got, forth[i])
		}
	}
}

func TestSpeedChangesHowFastTimeGoes(t *testing.T) {
	s := open(t, three, drive.Setting{})
	s.speed("1/40 of real time")
	s.play()
	slow := s.rate(1000)
	s.speed("real time")
	fast := 0.0
	for range 40 { // a machine with much else to do may let nothing pass for a while
		if fast = max(fast, s.rate(300)); fast > 5*slow {
			return
		}
	}
	t.Errorf("in a second of wall time %.0f ms passed at 1/40, %.0f ms in real time", 1000*slow, 1000*fast)
}

func TestSlowestAndFastestSpeed(t *testing.T) {
	s := open(t, three, drive.Setting{})
	s.Click("#speed")
	s.Press(kb.Home)
	s.See(".speed output", "1/1000 of real time")
	s.Press(kb.End)
	s.See(".speed output", "as fast as it goes")
	s.Wait("the slider at its end", `document.getElementById('speed').value === document.getElementById('speed').max`)
	s.Press(kb.ArrowLeft)
	s.See(".speed output", "60× real time")
}

// rate is how much simulated time passes in a ms of wall time, measured over so many ms of that or more.
func (s scope) rate(wall int) float64 {
	s.t.Helper()
	const clock = `document.querySelector('#transport .time').textContent`
	got := drive.Eval[struct {
		From, To string
		Took     float64
	}](s.Page, fmt.Sprintf(`new Promise((done) => {
		const From = %[2]s, began = performance.now();
		setTimeout(() => done({ From, To: %[2]s, Took: performance.now() - began }), %[1]d);
	})`, wall, clock))
	return float64(s.moment(got.To)-s.moment(got.From)) / got.Took
}

func TestTimelineIsDraggedAndThePastIsTheSame(t *testing.T) {
	s := led(t, three)
	s.command("put a 1")
	s.happened("acknowledged")
	end := s.now()
	before := s.member(s.leader())
	bar := s.rect("#timeline")
	s.Drag(drive.Point{X: bar.X + bar.W*0.2, Y: bar.Y + 18}, drive.Point{X: bar.X + 1, Y: bar.Y + 18})
	s.Wait("the beginning", `document.querySelector('#transport .time').textContent.startsWith('0.0')`)
	if n := drive.Eval[int](s.Page, leaders+".length"); n != 0 {
		t.Errorf("%d leaders at the beginning", n)
	}
	s.Click("#transport [data-a=live]")
	s.Wait("the end", fmt.Sprintf(`document.querySelector('#transport .time').textContent.includes('%d.%03d')`, end/1000,
		end%1000))
	if after := s.member(s.leader()); after != before {
		t.Errorf("at the end again: %q, before %q", after, before)
	}
}

type rect struct{ X, Y, W, H float64 }

func (s scope) rect(selector string) rect {
	s.t.Helper()
	return drive.Eval[rect](s.Page,
		fmt.Sprintf(`(() => { const r = document.querySelector('%s').getBoundingClientRect(); return { X: r.x, Y: r.y, W: r.width, H: r.height }; })()`, selector))
}

func TestActingInThePastMakesABranch(t *testing.T) {
	s := led(t, three)
	s.command("put a 1")
	s.happened("acknowledged")
	leader := s.leader()

	s.Press("[") // to the mark before: the write's command, or the election
	s.command("crash " + leader)
	s.becomes(leader, "down")
	s.Click("#tab-tape")
	s.See("#panel button", "branch 2")

	s.ClickText("#panel button", "branch 1")
	s.Click("#transport [data-a=live]")
	s.isNot(leader, "down")
	s.Click("#tab-clients")
	s.See("#panel", "acknowledged")
}

func TestUndoTakesTheLastCommandBack(t *testing.T) {
	s := led(t, three)
	name := s.follower()
	s.command("crash " + name)
	s.becomes(name, "down")
	s.ClickText("#transport button", "Undo")
	s.isNot(name, "down")
}
