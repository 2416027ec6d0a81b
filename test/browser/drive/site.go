package drive

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
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
	if err := build.Release(ctx, root, built); err != nil {
		s.Close()
		return nil, err
	}
	listener, err := serve.Listen("127.0.0.1:0")
	if err != nil {
		s.Close()
		return nil, err
	}
	handler := serve.New(serve.Config{Static: filepath.Join(root, "static"), Build: built, Status: serve.NewStatus()})
	s.URL = fmt.Sprintf("http://%s/", listener.Addr())
	s.server = &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go s.server.Serve(listener) // returns at Close
	return s, nil
}

// Close stops serving and removes what was built.
func (s *Site) Close() {
	if s.server != nil {
		s.server.Close()
	}
	_ = os.RemoveAll(s.built) // a leftover in the folder for temporary files harms nobody
}
