package browser

import (
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

func TestPhone(t *testing.T) {
	s := open(t, three, drive.Setting{Phone: true})
	if wide := drive.Eval[int](s.Page, "document.documentElement.scrollWidth"); wide > 390 {
		t.Errorf("the page is %d px wide on a phone of 390", wide)
	}
	s.untilLed()
	s.Tap(".hit-m[data-m=n1]", "")
	s.See("#menu [role=menuitem]", "Crash")
	s.Tap("#menu [role=menuitem]", "Crash")
	s.becomes("n1", "down")
}

func TestDarkByPreferenceAndByHand(t *testing.T) {
	const dark = `(() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number); return r + g + b < 200; })()`
	s := open(t, three, drive.Setting{Dark: true})
	s.Wait("a dark page", dark)
	s.Click("header [data-a=theme]")
	s.Wait("a light page", "!"+dark)
	s.Reload()
	s.awaitCluster()
	s.Wait("a light page still", "!"+dark)
}

func TestReducedMotion(t *testing.T) {
	s := open(t, three, drive.Setting{ReducedMotion: true})
	s.untilLed()
	running := drive.Eval[[]string](s.Page,
		`document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getComputedTiming().duration > 100).map((a) => a.effect.target.className)`)
	if len(running) > 0 {
		t.Errorf("still moves: %v", running)
	}
}

func TestReducedMotionStandsStillUntilAsked(t *testing.T) {
	s := open(t, "", drive.Setting{ReducedMotion: true})
	if s.rate(400) != 0 {
		t.Error("time passes although nobody pressed play")
	}
	s.play()
	s.Wait("a leader", leaders+".length > 0")
}

func TestNothingOverlapsTheWindow(t *testing.T) {
	for name, setting := range map[string]drive.Setting{"desktop": {}, "phone": {Phone: true}, "dark": {Dark: true}} {
		t.Run(name, func(t *testing.T) {
			s := open(t, three, setting)
			s.untilLed()
			const outside = `[...document.querySelectorAll('button, input, select')].filter((e) => e.getClientRects().length && e.checkVisibility()).filter((e) => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.left < -1; }).filter((e) => !e.closest('.tools, .tabs, .transport, .pills, .newest-right')).map((e) => e.outerHTML.slice(0, 80))`
			if list := drive.Eval[[]string](s.Page, outside); len(list) > 0 {
				t.Errorf("outside the window: %v", list)
			}
		})
	}
}
