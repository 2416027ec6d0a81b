package drive

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

var browser *Browser

func TestMain(m *testing.M) {
	b, err := Start(context.Background(), "../chromium.sh")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	browser = b
	code := m.Run()
	b.Close()
	os.Exit(code)
}

// serveBody serves one page and a few scripts.
func serveBody(t *testing.T, body string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><body>%s`, body)
	})
	for name, script := range map[string]string{
		"throws.js": `setTimeout(() => { throw new Error('thrown in the worker') })`,
		"panics.js": `console.log('panic: in the worker'); postMessage('said')`,
	} {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, script)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// notebook is a Reporter that writes down.
type notebook struct {
	*testing.T
	notes   []string
	cleanup []func()
}

func (n *notebook) Errorf(format string, args ...any) {
	n.notes = append(n.notes, fmt.Sprintf(format, args...))
}

func (n *notebook) Cleanup(f func()) { n.cleanup = append(n.cleanup, f) }

func (n *notebook) close() {
	for _, f := range slices.Backward(n.cleanup) {
		f()
	}
}

func TestComplaintsFailTheTest(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"console error", `<script>console.error('wrong', 7)</script>`, "wrong 7"},
		{"exception", `<script>throw new Error('thrown')</script>`, "thrown"},
		{"rejection", `<script>Promise.reject(new Error('rejected'))</script>`, "rejected"},
		{"missing file", `<img src="missing.png">`, "missing.png"},
		{"a panic of Go", `<script>console.log('panic: boom')</script>`, "panic: boom"},
		{"exception in a worker", `<script>new Worker('throws.js')</script>`, "thrown in the worker"},
		{"a panic in a worker", `<script>new Worker('panics.js').onmessage = () => { window.said = true }</script>`,
			"panic: in the worker"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &notebook{T: t}
			p := browser.Open(n, serveBody(t, c.body), Setting{})
			p.heard(c.want)
			n.close()
			if !slices.ContainsFunc(n.notes, func(s string) bool { return strings.Contains(s, c.want) }) {
				t.Errorf("noted %q, want %q", n.notes, c.want)
			}
		})
	}
}

func TestExpectedComplaintsDoNot(t *testing.T) {
	n := &notebook{T: t}
	p := browser.Blank(n, Setting{})
	p.Expect("wrong")
	p.Go(serveBody(t, `<script>console.error('wrong'); console.warn('careful'); console.log('fine')</script>`))
	n.close()
	if len(n.notes) > 0 {
		t.Errorf("noted %q", n.notes)
	}
}

func TestHands(t *testing.T) {
	p := browser.Open(t, serveBody(t, `<style>*{margin:0}</style>
		<button onclick="out.value += 'clicked '">Write</button> <button hidden>Write later</button>
		<input aria-label="Key" value="old"> <input id="out">
		<div id="pad" style="width:300px;height:200px"></div>
		<svg width="100" height="100"><g role="button" aria-label="member n1" onclick="out.value += 'n1 '"><circle cx="50" cy="50" r="40"/></g></svg>
		<script>
			const pad = document.getElementById('pad'), out = document.getElementById('out');
			let moves = 0;
			pad.onpointermove = (e) => { if (e.buttons) moves++ };
			pad.onpointerup = () => { out.value += 'dragged' + (moves > 10) };
			document.onkeydown = (e) => { if (e.key === '/') { e.preventDefault(); out.focus(); } if (e.key === 'ArrowRight') out.value += (e.shiftKey ? 'S' : '') + 'right ' };
		</script>`), Setting{})
	p.ClickText("button", "Write")
	p.ClickText("[role=button]", "n1")
	p.Press(kb.ArrowRight)
	p.Press(kb.ArrowRight, kb.ModifierShift)
	p.Type("[aria-label=Key]", "new")
	p.Press("/") // the page takes it to go to the field: it is not typed
	p.Press(kb.End)
	at := p.At("#pad", "")
	p.Drag(Point{at.X - 50, at.Y}, at, Point{at.X + 50, at.Y + 20})
	p.Wait("the drag", `out.value.includes('dragged')`)
	if got, want := Eval[string](p, "out.value"), "clicked n1 right Sright draggedtrue"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Eval[string](p, `document.querySelector('[aria-label=Key]').value`); got != "new" {
		t.Errorf("typed %q", got)
	}
	if p.Sees("button", "later") {
		t.Error("sees what is hidden")
	}
}

func TestSettings(t *testing.T) {
	p := browser.Open(t, serveBody(t, `<meta name="viewport" content="width=device-width">`),
		Setting{Phone: true, Dark: true, ReducedMotion: true, Before: "window.early = document.body === null"})
	for _, script := range []string{
		"innerWidth === 390", "matchMedia('(prefers-color-scheme: dark)').matches",
		"matchMedia('(prefers-reduced-motion: reduce)').matches", "navigator.maxTouchPoints > 0", "early",
	} {
		if !Eval[bool](p, script) {
			t.Errorf("not so: %s", script)
		}
	}
}

// heard waits until the page has complained, or gives up.
func (p *Page) heard(text string) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		p.mu.Lock()
		found := slices.ContainsFunc(p.problems, func(s string) bool { return strings.Contains(s, text) })
		p.mu.Unlock()
		if found {
			return
		}
		Eval[bool](p, "new Promise((done) => setTimeout(done, 10, true))")
	}
}
