package drive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// early runs a script in every document before the page's own.
func early(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// Eval returns the value of a script; it waits for a promise.
func Eval[T any](p *Page, script string) T {
	p.t.Helper()
	v, err := eval[T](p, 2*patience, script)
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return v
}

func eval[T any](p *Page, limit time.Duration, script string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// waiting resolves to true when the condition holds and to false when it has not after the time given. It looks at
// every 10 ms and not at every frame: a page that is busy or hidden gets no frames, and that may be what is being
// waited for.
const waiting = `new Promise((done) => {
	const end = performance.now() + %d;
	const look = () => {
		let held = false;
		try { held = Boolean(%s); } catch (e) { }
		if (held) done(true); else if (performance.now() > end) done(false); else setTimeout(look, 10);
	};
	look();
})`

// Wait waits until the script's value is true; what says in words what was waited for.
func (p *Page) Wait(what, script string) {
	p.t.Helper()
	p.WaitFor(patience, what, script)
}

// WaitFor is Wait with its own patience.
func (p *Page) WaitFor(patience time.Duration, what, script string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		left := max(time.Until(end), 0)
		held, err := eval[bool](p, left+patience, fmt.Sprintf(waiting, left.Milliseconds(), script))
		switch {
		case held:
			return
		case err == nil:
			p.t.Fatalf("waited %v for %s; %s", patience, what, p.describe())
		case !leftDocument(err) || left == 0:
			p.t.Fatalf("waiting for %s: %v", what, err)
		}
	}
}

// leftDocument reports whether the page went on to another document, in which the wait has to begin anew.
func leftDocument(err error) bool {
	var answer *cdproto.Error
	return errors.As(err, &answer) && answer.Code == -32000
}

// describe says what the page shows, for the message of a test that failed.
func (p *Page) describe() string {
	text := Eval[string](p, `document.body.innerText.replace(/\s+/g, ' ').slice(0, 1500)`)
	return "the page shows: " + text
}

// finder finds the first visible element for a CSS selector that has the text in its label or content.
const finder = `(() => {
	const text = %s;
	const label = (e) => (e.getAttribute('aria-label') || '') + ' ' + (e.textContent || '') + ' ' + (e.title || '');
	return [...document.querySelectorAll(%s)].find((e) =>
		e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden' && label(e).includes(text));
})()`

func find(selector, text string) string {
	return fmt.Sprintf(finder, quote(text), quote(selector))
}

// quote makes a string of JavaScript; JSON's escapes and Go's agree for what tests contain.
func quote(s string) string { return strconv.Quote(s) }

// See waits until an element is there and visible, with the text in it.
func (p *Page) See(selector, text string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("%q in %s", text, selector), find(selector, text))
}

// Gone waits until no visible element has the text.
func (p *Page) Gone(selector, text string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("no %q in %s", text, selector), "!"+find(selector, text))
}

// Sees reports whether a visible element has the text now.
func (p *Page) Sees(selector, text string) bool {
	p.t.Helper()
	return Eval[bool](p, "Boolean("+find(selector, text)+")")
}

// Text returns the text of the first visible element.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	p.See(selector, "")
	return Eval[string](p, find(selector, "")+".textContent")
}

// Picture writes what is in the window to a PNG file.
func (p *Page) Picture(file string) {
	p.t.Helper()
	if err := p.picture(file); err != nil {
		p.t.Fatalf("picture: %v", err)
	}
}

func (p *Page) picture(file string) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o644)
}
