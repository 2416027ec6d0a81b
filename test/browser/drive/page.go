package drive

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long a condition may take to come true before the test fails: only a page that hangs needs it, on
// whatever machine.
const patience = 2 * time.Minute

// Reporter is what a Page needs of a test.
type Reporter interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Cleanup(func())
}

// Setting is the device and the person's preferences. The zero value is a desktop of 1440×900, light, with motion.
type Setting struct {
	Phone         bool // 390×844 with touch
	Dark          bool
	ReducedMotion bool
	Before        string // script that runs before the page's own
	Line          Line
}

// Line is how slow the connection is; the zero value is as fast as it goes.
type Line struct {
	Latency time.Duration // from a request to the first byte of its answer
	Rate    float64       // bytes a second
}

var pages atomic.Int64

// Page is one tab.
type Page struct {
	t      Reporter
	ctx    context.Context
	number int64 // of all pages of this process

	mu       sync.Mutex
	problems []string
	expected []string
}

// Open opens url in a fresh profile and waits until it is loaded.
func (b *Browser) Open(t Reporter, url string, s Setting) *Page {
	t.Helper()
	p := b.Blank(t, s)
	p.Go(url)
	return p
}

// Blank opens an empty tab in a fresh profile.
func (b *Browser) Blank(t Reporter, s Setting) *Page {
	t.Helper()
	p := &Page{t: t, number: pages.Add(1)}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx = ctx
	t.Cleanup(cancel)
	t.Cleanup(p.report)
	// The tab lives as long as the context of its first action, so that one has no deadline.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	p.do(p.setting(s))
	return p
}

func (p *Page) setting(s Setting) chromedp.Action[chromedp.Void] {
	size := chromedp.EmulateViewport(1440, 900)
	if s.Phone {
		size = chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	scheme, motion := "light", "no-preference"
	if s.Dark {
		scheme = "dark"
	}
	if s.ReducedMotion {
		motion = "reduce"
	}
	steps := []chromedp.Action[chromedp.Void]{size, media(scheme, motion)}
	if s.Before != "" {
		steps = append(steps, early(s.Before))
	}
	if s.Line != (Line{}) {
		steps = append(steps, slow(s.Line))
	}
	return chromedp.Steps(steps...)
}

func slow(l Line) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Latency: float64(l.Latency.Milliseconds()),
				DownloadThroughput: l.Rate, UploadThroughput: l.Rate}},
		})
		return err
	})
}

func media(scheme, motion string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: scheme},
				{Name: "prefers-reduced-motion", Value: motion},
			},
		})
		return err
	})
}

// Go goes to url.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.t.Helper()
	p.do(chromedp.Reload())
}

// listen hears what the page and its workers complain about.
func (p *Page) listen(event any) {
	switch e := event.(type) {
	case *target.EventAttachedToTarget:
		if e.TargetInfo.Type == "worker" {
			go p.join(e.TargetInfo.TargetID)
		}
	case *runtime.EventConsoleAPICalled:
		text := console(e)
		// Go's runtime prints a panic with console.log.
		bad := e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert ||
			strings.HasPrefix(text, "panic:") || strings.HasPrefix(text, "fatal error:")
		if bad {
			p.complain("console: " + text)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.complain("exception: " + text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.complain(fmt.Sprintf("log: %s %s", e.Entry.Text, e.Entry.URL))
		}
	}
}

// join listens to a worker, too. What it said before is heard as well, as the browser repeats it. A worker that is gone
// already has nothing more to say, and what it threw the page has heard: so an error is no loss.
func (p *Page) join(id target.ID) {
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id), chromedp.WithListener(p.listen))
	if err := chromedp.Do(ctx); err != nil {
		cancel()
	}
}

func console(e *runtime.EventConsoleAPICalled) string {
	var words []string
	for _, a := range e.Args {
		word := a.Description
		if word == "" {
			word = string(a.Value)
			if s, err := strconv.Unquote(word); err == nil {
				word = s
			}
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func (p *Page) complain(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
}

// Expect says that a complaint with this text in it is no failure of this test.
func (p *Page) Expect(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, text)
}

// report fails the test if the page has complained, and leaves a picture of a page that failed one.
func (p *Page) report() {
	p.t.Helper()
	defer p.keepPicture()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.problems {
		if !containsAny(text, p.expected) {
			p.t.Errorf("the page complained: %s", text)
		}
	}
}

// keepPicture writes what the page shows to the test's artifacts (go test -artifacts keeps them).
func (p *Page) keepPicture() {
	p.t.Helper()
	if t, ok := p.t.(*testing.T); ok && t.Failed() {
		file := filepath.Join(t.ArtifactDir(), fmt.Sprintf("page-%d.png", p.number))
		if err := p.picture(file); err != nil {
			t.Logf("no picture: %v", err)
			return
		}
		t.Logf("picture: %s", file)
	}
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func (p *Page) do(step chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*patience)
	defer cancel()
	if err := chromedp.Do(ctx, step); err != nil {
		p.t.Fatalf("%v", err)
	}
}
