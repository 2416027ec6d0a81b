package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// tabTo presses Tab until the element has the focus.
func (s scope) tabTo(selector string) {
	s.t.Helper()
	for range 60 {
		if drive.Eval[bool](s.Page, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		s.Press(kb.Tab)
	}
	s.t.Fatalf("60 times Tab did not reach %s", selector)
}

func TestKeyboardAlone(t *testing.T) {
	s := open(t, three, drive.Setting{})
	s.Press(" ")
	s.Wait("it to play", playing)
	for _, text := range []string{"1/10 of", "1/5 of", "1/2 of", "real time"} {
		s.Press("+")
		s.See(".speed output", text)
	}
	s.Wait("a leader", leaders+".length > 0")
	s.Press(" ")
	s.Wait("it to stand still", "!"+playing)

	s.tabTo(".hit-m")
	s.Press(kb.ArrowRight)
	s.Wait("the focus on n2", `document.activeElement.dataset.m === 'n2'`)
	s.memberKeys("n2")

	// A write by the console, then time.
	s.Press("/")
	s.Press("put a 1")
	s.Press(kb.Enter)
	s.Wait("the command to be taken", lastEvent+".includes('put')")
	s.Press(kb.Escape)
	before, was := drive.Eval[string](s.Page, picture), drive.Eval[string](s.Page, shown)
	s.Press(".")
	s.Wait("an event forward", fmt.Sprintf("%s !== %q", shown, was))
	s.Press(",")
	s.Wait("an event back", fmt.Sprintf("%s === %q", picture, before))
	s.Press("0")
	s.Wait("the beginning", `document.getElementById('seek').value === '0'`)
	s.Press("l")
	s.Wait("the end", `document.querySelector('#transport [data-a=live]').getAttribute('aria-pressed') === 'true'`)
	s.Press("?")
	s.See("#dlg-help", "one event forward")
	s.Press(kb.Escape)
	s.Wait("the help to close", "!document.getElementById('dlg-help').open")
}

// memberKeys goes through the keys of a member that has the focus: each of them, and what takes it back.
func (s scope) memberKeys(name string) {
	s.t.Helper()
	const split = `document.querySelectorAll('#scene .arrow.split').length > 0`
	s.Press("x")
	s.becomes(name, "down")
	s.Press("x")
	s.becomes(name, "starts in") // it reads its disk first
	for strings.Contains(s.member(name), "down") {
		was := drive.Eval[string](s.Page, shown)
		s.Press(".")
		s.Wait("an event forward", fmt.Sprintf("%s !== %q", shown, was))
	}
	s.Press("p")
	s.becomes(name, "paused")
	s.Press("p")
	s.isNot(name, "paused")
	s.Press("c")
	s.Wait("a split", split)
	s.Press("c")
	s.Wait("no split", "!("+split+")")
	s.Press(kb.F10, chromedp.ModifierShift)
	s.See("#menu [role=menuitem]", "Crash")
	s.Press(kb.Escape)
	s.Gone("#menu [role=menuitem]", "")
}

func TestEverythingInTheTabOrderHasANameAndAVisibleFocus(t *testing.T) {
	s := open(t, three, drive.Setting{})
	s.pause()
	drive.Eval[bool](s.Page, "document.body.focus() || true")
	const nameless = `(() => { const e = document.activeElement;
		const name = e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent || (e.getAttribute('aria-labelledby') && document.getElementById(e.getAttribute('aria-labelledby').split(' ')[0])?.textContent);
		return name ? '' : e.outerHTML.slice(0, 120); })()`
	first := ""
	for range 80 {
		s.Press(kb.Tab)
		if html := drive.Eval[string](s.Page, nameless); html != "" {
			t.Errorf("without a name: %s", html)
		}
		at := drive.Eval[string](s.Page, `document.activeElement === document.body ? 'body' : ''`)
		if at == "body" && first != "" {
			return // once round
		}
		first = "started"
	}
}
