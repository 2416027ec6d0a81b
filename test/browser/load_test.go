package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// TestMeasureLoad measures how long a visitor waits for the members on the stage, with a cold cache, over slow lines:
// with the binary that wasmstrip makes and with one that is only joined. It is what wasmstrip earns its place by
// (docs/adr/0005). All of it takes `make bench-load`; in `make test` one page is loaded over one line.
func TestMeasureLoad(t *testing.T) {
	all := os.Getenv("MEASURE") == "load"
	lines := []struct {
		name string
		line drive.Line
	}{
		{"10 Mbit/s and 40 ms", drive.Line{Latency: 40 * time.Millisecond, Rate: 10e6 / 8}},
		{"1.6 Mbit/s and 150 ms", drive.Line{Latency: 150 * time.Millisecond, Rate: 1.6e6 / 8}},
	}
	rounds, effort := 5, 11
	if !all {
		lines, rounds, effort = lines[:1], 1, 1
	}
	for _, name := range []string{"stripped", "joined"} {
		if !all && name == "joined" {
			break
		}
		dir, err := site.Dist(t.Context(), effort, name == "joined")
		if dir != "" {
			defer os.RemoveAll(dir)
		}
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(brotli(t, dir))
		defer server.Close()
		for _, l := range lines {
			var figures []float64
			for range rounds {
				t.Run("", func(t *testing.T) {
					s := scope{chromium.Open(t, server.URL+"/", drive.Setting{Before: probe, Line: l.line}), t}
					s.Wait("the first picture", "probe.first > 0")
					figures = append(figures, drive.Eval[float64](s.Page, "probe.first"))
				})
			}
			t.Logf("measure: the members on the stage over %s, cold, %s: median %.2f s of %d", l.name, name,
				quantile(figures, 0.5)/1000, rounds)
		}
	}
}

// brotli serves what `make dist` makes, each file as the .br beside it.
func brotli(t *testing.T, dir string) http.Handler {
	types := map[string]string{".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css",
		".svg": "image/svg+xml", ".wasm": "application/wasm"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" {
			name = "index.html"
		}
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "br") {
			t.Errorf("%s is asked for without brotli", name)
		}
		w.Header().Set("Content-Encoding", "br")
		w.Header().Set("Content-Type", types[filepath.Ext(name)])
		http.ServeFile(w, r, filepath.Join(dir, name+".br"))
	})
}
