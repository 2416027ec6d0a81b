package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// TestDist serves what `make dist` makes from a plain file server under a path: the page works there, every name but
// the page's own holds a hash, and nothing that is missing is asked for.
func TestDist(t *testing.T) {
	dir, err := site.Dist(t.Context(), 1, false)
	if dir != "" {
		defer os.RemoveAll(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	hashed := regexp.MustCompile(`\.[0-9a-f]{10}\.\w+(\.br|\.gz)?$`)
	for _, name := range files {
		if !hashed.MatchString(name) && !strings.HasPrefix(filepath.Base(name), "index.html") {
			t.Errorf("%s has no hash in its name", filepath.Base(name))
		}
	}
	var asked []string
	plain := http.StripPrefix("/docs/sim/", http.FileServer(http.Dir(dir)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		plain.ServeHTTP(w, r)
	}))
	defer server.Close()
	s := scope{chromium.Open(t, server.URL+"/docs/sim/", drive.Setting{}), t}
	s.awaitCluster()
	s.untilLed()
	for _, path := range asked {
		name, ok := strings.CutPrefix(path, "/docs/sim/")
		if !ok || name != "" && !hashed.MatchString(name) {
			t.Errorf("the page asks for %s", path)
		}
	}
}
