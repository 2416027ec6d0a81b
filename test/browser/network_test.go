package browser

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

func TestSplitByLine(t *testing.T) {
	s := led(t, three)
	s.ClickText("#tools button", "Split")
	s.Drag(s.lineAround("n1")...)
	s.said("split")
	s.splitStands(t)

	s.ClickText("#tools button", "Heal")
	s.said("heal")
	s.Wait("no cut link", `document.querySelectorAll('#scene .arrow.split').length === 0`)
}

func TestSplitByForm(t *testing.T) {
	s := led(t, three)
	s.ClickText("#tools button", "Split")
	s.Click("#split-form input[value=n3]")
	s.See("#stage", "split n1,n2 | n3")
	s.Click("#split-form button[type=submit]")
	s.said("split n1,n2 | n3")
	s.splitStands(t)
}

func TestSplitByCommandAndHeal(t *testing.T) {
	s := led(t, five)
	old := s.leader()
	rest := ""
	for i := 1; i <= 5; i++ {
		if name := fmt.Sprintf("n%d", i); name != old {
			rest += "," + name
		}
	}
	s.command("split " + old + " | " + rest[1:])
	s.splitStands(t)
	// The majority elects; the old leader believes in itself until its quorum check fails.
	s.speed("1/10 of real time")
	s.play()
	s.Wait(old+" to believe, and a warning of it", fmt.Sprintf(`%s.includes('leader in its own belief') &&
		[...document.querySelectorAll('#pills .bad')].some((e) => e.textContent.includes('%s still believes'))`,
		memberLabel(old), old))
	s.isNot(old, "belief")
	s.command("heal")
	s.speed("real time")
	s.Wait("all in one term",
		`new Set([...document.querySelectorAll('.hit-m')].map((e) => e.getAttribute('aria-label').match(/term (\d+)/)[1])).size === 1`)
	s.pause()
	if s.leader() == old {
		t.Errorf("%s leads again", old)
	}
}

// splitStands checks that the picture shows the split, and a minority that cannot write.
func (s scope) splitStands(t *testing.T) {
	t.Helper()
	s.Wait("cut links", `document.querySelectorAll('#scene .arrow.split').length > 0`)
	s.Wait("the split on the picture", `document.querySelector('#scene').textContent.includes('split')`)
}

// lineAround is a stroke that parts a member from all others: across the middle between it and them.
func (s scope) lineAround(name string) []drive.Point {
	s.t.Helper()
	const middle = `(() => {
		const c = (e) => { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; };
		const one = c(document.querySelector('[data-m=%[1]s]'));
		const others = [...document.querySelectorAll('.hit-m:not([data-m=%[1]s])')].map(c);
		const far = [0, 1].map((k) => others.reduce((sum, p) => sum + p[k], 0) / others.length);
		const m = [(one[0] + far[0]) / 2, (one[1] + far[1]) / 2];
		const d = [far[0] - one[0], far[1] - one[1]], length = Math.hypot(...d);
		return [-1, 0, 1].map((k) => ({ X: m[0] - d[1] / length * 170 * k, Y: m[1] + d[0] / length * 170 * k }));
	})()`
	return drive.Eval[[]drive.Point](s.Page, fmt.Sprintf(middle, name))
}

func TestCutOneDirectionByItsArrow(t *testing.T) {
	s := led(t, three)
	s.ClickAt(s.shape("n1>n2"))
	s.said("cut n1 > n2")
	s.Wait("the cut arrow", `document.querySelectorAll('#scene .arrow.cut').length === 1`)
	s.ClickAt(s.shape("n1>n2"))
	s.said("mend n1 > n2")
	s.Wait("no cut arrow", `document.querySelectorAll('#scene .arrow.cut').length === 0`)
}

func TestCutOneDirectionByMenu(t *testing.T) {
	s := led(t, three)
	s.Click("[data-m=n1]")
	s.Click(`#menu [aria-label="Cut n1 to n3"]`)
	s.said("cut n1 > n3")
	s.Wait("the cut arrow", `document.querySelectorAll('#scene .arrow.cut').length === 1`)
}

// shape is the middle of a shape of the picture.
func (s scope) shape(id string) drive.Point {
	s.t.Helper()
	return s.At(fmt.Sprintf(`#scene [data-id="%s"]`, id), "")
}
