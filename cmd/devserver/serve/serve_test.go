package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site is a folder with a page, and a build.
func site(t *testing.T, reload bool) (http.Handler, *Status) {
	t.Helper()
	static, built := t.TempDir(), t.TempDir()
	write(t, static, "index.html", "<!doctype html><body><p>hello</p></body>")
	write(t, static, "embed.html", "<!doctype html><p>embedded")
	write(t, static, "style.css", "p{}")
	write(t, static, "lessons/one.txtar", "-- script --")
	write(t, built, "app.wasm", "\x00asm")
	write(t, built, "wasm_exec.js", "class Go {}")
	status := NewStatus()
	return New(Config{Static: static, Build: built, Status: status, Reload: reload}), status
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTypesAndCodes(t *testing.T) {
	h, _ := site(t, false)
	for _, c := range []struct {
		path string
		code int
		kind string
	}{
		{"/", 200, "text/html; charset=utf-8"},
		{"/index.html", 200, "text/html; charset=utf-8"},
		{"/app.wasm", 200, "application/wasm"},
		{"/wasm_exec.js", 200, "text/javascript; charset=utf-8"},
		{"/style.css", 200, "text/css; charset=utf-8"},
		{"/lessons/one.txtar", 200, "text/plain; charset=utf-8"},
		{"/lessons", 301, ""},
		{"/lessons/", 404, ""},
		{"/nothing", 404, ""},
		{"/../serve_test.go", 404, ""},
		{"/_dev/reload.js", 404, ""},
		{"/_dev/events", 404, ""},
	} {
		w := get(h, c.path)
		if w.Code != c.code {
			t.Errorf("%s: code %d, want %d", c.path, w.Code, c.code)
		}
		if got := w.Header().Get("Content-Type"); c.kind != "" && got != c.kind {
			t.Errorf("%s: type %q, want %q", c.path, got, c.kind)
		}
	}
}

func TestOnlyReadsAreAnswered(t *testing.T) {
	h, _ := site(t, false)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: %d %v", w.Code, w.Header())
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	h, _ := site(t, false)
	first := get(h, "/app.wasm")
	tag := first.Header().Get("ETag")
	if tag == "" || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("headers %v", first.Header())
	}
	if again := get(h, "/app.wasm", "If-None-Match", tag); again.Code != http.StatusNotModified {
		t.Errorf("with the tag: %d, want 304", again.Code)
	}
	if other := get(h, "/app.wasm", "If-None-Match", `"other"`); other.Code != http.StatusOK {
		t.Errorf("with another tag: %d, want 200", other.Code)
	}
}

func TestSecurityHeaders(t *testing.T) {
	h, _ := site(t, false)
	policy := get(h, "/").Header().Get("Content-Security-Policy")
	for _, want := range []string{"script-src 'self' 'wasm-unsafe-eval'", "object-src 'none'", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if embed := get(h, "/embed.html").Header().Get("Content-Security-Policy"); !strings.Contains(embed,
		"frame-ancestors *") {
		t.Errorf("embed.html cannot be framed: %q", embed)
	}
	if get(h, "/").Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error("no nosniff")
	}
}

func TestReloadScriptIsAddedOnlyWhenAsked(t *testing.T) {
	for _, reload := range []bool{true, false} {
		h, status := site(t, reload)
		state, _ := status.Now()
		for _, page := range []string{"/", "/embed.html"} {
			body := get(h, page).Body.String()
			tag := `<script src="/_dev/reload.js" data-version="` + state.Version + `" defer></script>`
			if strings.Contains(body, tag) != reload {
				t.Errorf("reload %v, %s: %s", reload, page, body)
			}
		}
	}
	h, _ := site(t, true)
	if body := get(h, "/").Body.String(); !strings.HasSuffix(body, "</script></body>") {
		t.Errorf("not at the end of the body: %s", body)
	}
	if w := get(h, "/_dev/reload.js"); w.Code != 200 || !strings.Contains(w.Body.String(), "EventSource") {
		t.Errorf("reload.js: %d", w.Code)
	}
}

func TestRequestWaitsForTheBuild(t *testing.T) {
	h, status := site(t, true)
	status.Begin()
	answered := make(chan int)
	go func() { answered <- get(h, "/app.wasm").Code }()
	// The page's own files are served meanwhile.
	if code := get(h, "/").Code; code != 200 {
		t.Errorf("page: %d", code)
	}
	select {
	case code := <-answered:
		t.Fatalf("answered %d before the build was done", code)
	default:
	}
	status.End(nil)
	if code := <-answered; code != 200 {
		t.Errorf("after the build: %d", code)
	}
}

func TestMissingBuildSaysWhy(t *testing.T) {
	status := NewStatus()
	h := New(Config{Static: t.TempDir(), Build: t.TempDir(), Status: status})
	if w := get(h, "/app.wasm"); w.Code != 503 || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	status.Begin()
	status.End(errors.New("x.go:1:2: undefined: y"))
	if w := get(h, "/app.wasm"); w.Code != 503 || !strings.Contains(w.Body.String(), "undefined: y") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEventsTellOfEachBuild(t *testing.T) {
	h, status := site(t, true)
	server := httptest.NewServer(h)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel() // or Close would wait for the stream
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/_dev/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)

	first := nextState(t, lines)
	status.Touch()
	touched := nextState(t, lines)
	if touched.Version == first.Version || touched.Error != "" {
		t.Errorf("after a change: %+v, was %+v", touched, first)
	}
	status.Begin()
	building := nextState(t, lines)
	if !building.Building || building.Version == touched.Version {
		t.Errorf("while building: %+v", building)
	}
	status.End(errors.New("no good"))
	failed := nextState(t, lines)
	if failed.Building || failed.Error != "no good" {
		t.Errorf("after a failed build: %+v", failed)
	}
	status.Touch()
	if still := nextState(t, lines); still.Error != "no good" {
		t.Errorf("a change of the page's files hid the error: %+v", still)
	}
}

func nextState(t *testing.T, lines *bufio.Scanner) State {
	t.Helper()
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var s State
			if err := json.Unmarshal([]byte(data), &s); err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return State{}
}

func TestListen(t *testing.T) {
	one, err := Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	two, err := Listen("") // the default address is taken now, if it was not before
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	if one.Addr().String() == two.Addr().String() {
		t.Errorf("both at %s", one.Addr())
	}
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:80", "[::]:0", "example.com:80"} {
		if l, err := Listen(addr); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v %v, want ErrNotLoopback", addr, l, err)
		}
	}
	if _, err := Listen("nonsense"); err == nil {
		t.Error("an address without a port was accepted")
	}
}
