package browser

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/etcdscope/etcdscope/cmd/devserver/serve"
	"github.com/etcdscope/etcdscope/test/browser/drive"
)

func TestDevelopmentServerReloadsAndShowsBuildErrors(t *testing.T) {
	static := t.TempDir()
	write := func(text string) {
		t.Helper()
		page := `<!doctype html><link rel="icon" href="data:,"><body><p>` + text + `</p></body>`
		if err := os.WriteFile(filepath.Join(static, "index.html"), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	status := serve.NewStatus()
	server := httptest.NewServer(serve.New(serve.Config{Static: static, Build: t.TempDir(), Status: status, Reload: true}))
	t.Cleanup(server.CloseClientConnections) // the page's stream of events would keep Close waiting
	p := chromium.Open(t, server.URL, drive.Setting{})
	p.See("p", "one")

	write("two")
	status.Touch()
	p.See("p", "two")

	status.Begin()
	status.End(errors.New("x.go:1:2: undefined: y"))
	p.See("#dev-build", "undefined: y")
	p.See("p", "two")

	write("three")
	status.Begin()
	status.End(nil)
	p.See("p", "three")
	p.Gone("#dev-build", "")
}
