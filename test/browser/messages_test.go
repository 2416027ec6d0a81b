package browser

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// inFlight stands still at a moment with a message on its way, and returns its id.
func inFlight(t *testing.T) (s scope, id string) {
	t.Helper()
	s = led(t, three)
	const first = `document.querySelector('#scene .msg:not([style*=none])')?.dataset.id ?? ''`
	for range 40 {
		if id = drive.Eval[string](s.Page, first); id != "" {
			return s, id
		}
		s.step(1)
	}
	t.Fatal("40 events without a message on its way")
	return s, ""
}

func TestDropAMessage(t *testing.T) {
	s, id := inFlight(t)
	s.ClickAt(s.shape(id))
	s.ClickText("#menu [role=menuitem]", "Drop")
	s.said("drop " + id)
	s.See("#events", "("+id+")")
	s.ClickText("#events button", "lost")
	s.See("#why", id)
}

func TestDelayAMessage(t *testing.T) {
	s, id := inFlight(t)
	s.ClickAt(s.shape(id))
	s.ClickText("#menu [role=menuitem]", "Delay")
	s.said(fmt.Sprintf("delay %s 50ms", id))
}

func TestDuplicateAMessage(t *testing.T) {
	s, id := inFlight(t)
	before := drive.Eval[int](s.Page, `document.querySelectorAll('#scene .msg').length`)
	s.ClickAt(s.shape(id))
	s.ClickText("#menu [role=menuitem]", "Duplicate")
	s.said("duplicate " + id)
	s.Wait("one more on its way", fmt.Sprintf(`document.querySelectorAll('#scene .msg').length > %d`, before))
}

func TestHoldAndDeliverByTheList(t *testing.T) {
	s, id := inFlight(t)
	s.ClickText("#stage button", "in flight")
	s.Click(fmt.Sprintf(`#flight [aria-label^="Hold %s,"]`, id))
	s.said("hold " + id)
	s.See("#flight li", "held")
	s.Click(fmt.Sprintf(`#flight [aria-label^="Deliver %s,"]`, id))
	s.said("deliver " + id)
}

func TestMessageExplainsItself(t *testing.T) {
	s, id := inFlight(t)
	s.ClickAt(s.shape(id))
	s.ClickText("#menu [role=menuitem]", "Explain")
	s.See("#why", id)
	s.See("#why", "because")
}
