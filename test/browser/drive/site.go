package drive

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/etcdscope/etcdscope/cmd/devserver/build"
	"github.com/etcdscope/etcdscope/cmd/devserver/serve"
)

// Site is the page, built from the sources and served on a free port.
type Site struct {
	URL    string // with a slash at the end
	server *http.Server
	built  string
}

// Serve builds the site as visitors get it into a folder of its own and serves it. Call Close.
func Serve(ctx context.Context) (*Site, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return nil, err
	}
	// The folder of this module has a go.mod, too, but no wasm/: FindRoot has gone up to the product's.
	built, err := os.MkdirTemp("", "etcdscope-build-")
	if err != nil {
		return nil, err
	}
	s := &Site{built: built}
	if err := release(ctx, root, built); err != nil {
		s.Close()
		return nil, err
	}
	listener, err := serve.Listen("127.0.0.1:0")
	if err != nil {
		s.Close()
		return nil, err
	}
	handler := http.NewServeMux()
	handler.Handle("/", serve.New(serve.Config{Static: filepath.Join(root, "static"), Build: built,
		Status: serve.NewStatus()}))
	for _, name := range []string{"pair.html", "pair.css"} { // a document with two pages, under the same rules
		handler.Handle("/"+name, serve.New(serve.Config{Static: filepath.Join(root, "test", "browser", "testdata"),
			Build: built, Status: serve.NewStatus()}))
	}
	s.URL = fmt.Sprintf("http://%s/", listener.Addr())
	s.server = &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go s.server.Serve(listener) // returns at Close
	return s, nil
}

// release compiles the browser binary and strips it as `make strip` does.
func release(ctx context.Context, root, out string) error {
	if err := build.Compile(ctx, root, out); err != nil {
		return err
	}
	return wasmstrip(ctx, root, filepath.Join(out, "app.wasm"))
}

func wasmstrip(ctx context.Context, root, name string, flags ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"run", "."}, flags...), "-o", name, name)...)
	cmd.Dir = filepath.Join(root, "internal", "wasmstrip")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("wasmstrip: %w\n%s", err, text)
	}
	return nil
}

// Dist makes of the site what `make dist` makes, compressed with an effort of 1 to 11, and returns the folder. Joined
// leaves the binary as one gets it whose Go wasmstrip does not know. The caller removes the folder.
func (s *Site) Dist(ctx context.Context, effort int, joined bool) (string, error) {
	root, err := build.FindRoot(".")
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "etcdscope-dist-")
	if err != nil {
		return "", err
	}
	for _, from := range []string{filepath.Join(root, "static"), s.built} {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			return dir, err
		}
	}
	if joined {
		if err := build.Compile(ctx, root, dir); err != nil {
			return dir, err
		}
		if err := wasmstrip(ctx, root, filepath.Join(dir, "app.wasm"), "-join"); err != nil {
			return dir, err
		}
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(root, ".ci", "dist.js"), dir, strconv.Itoa(effort))
	if text, err := cmd.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("dist.js: %w\n%s", err, text)
	}
	return dir, nil
}

// Close stops serving and removes what was built.
func (s *Site) Close() {
	if s.server != nil {
		s.server.Close()
	}
	_ = os.RemoveAll(s.built) // a leftover in the folder for temporary files harms nobody
}
