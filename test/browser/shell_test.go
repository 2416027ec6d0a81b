package browser

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// paste puts a text into the console, as from a clipboard: the field takes all its lines.
func (s scope) paste(text string) {
	s.t.Helper()
	s.Click("#input")
	drive.Eval[bool](s.Page, fmt.Sprintf(`document.execCommand('insertText', false, %s)`, strconv.Quote(text)))
}

// TestConsoleCarriesOutAPastedScript pastes several lines, with variables and a pipe, and sends them with Enter.
func TestConsoleCarriesOutAPastedScript(t *testing.T) {
	s := led(t, three)
	s.speed("real time")
	s.play()
	s.paste("# what everybody does\nx=$(etcdctl put a 1)\netcdctl put b \"$x\" && etcdctl get b | tr A-Z a-z\n")
	if rows := drive.Eval[int](s.Page, `document.getElementById('input').rows`); rows < 3 {
		t.Errorf("the field shows %d rows", rows)
	}
	s.Press("\r")
	s.said("ok")
	if rows := drive.Eval[int](s.Page, `document.getElementById('input').rows`); rows != 1 {
		t.Errorf("the empty field shows %d rows", rows)
	}
}

// TestConsoleAsksForAFile gives the text of a file that a line reads.
func TestConsoleAsksForAFile(t *testing.T) {
	s := led(t, three)
	s.speed("real time")
	s.play()
	s.Click("#input")
	s.Press("put k < config.json && get k --print-value-only | wc -l\r")
	s.Wait("the box to paste into", `document.getElementById('dlg-paste').open && document.activeElement.id === 'paste'`)
	s.See("#h-paste", "config.json")
	drive.Eval[bool](s.Page, `document.execCommand('insertText', false, 'one\ntwo\nthree')`)
	s.ClickText("#dlg-paste button", "Use it")
	s.said("OK")
	s.said("4")
}
