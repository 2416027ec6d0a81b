// Command devserver shows etcdscope on this machine: it compiles the browser binary, serves it with static/, and when a
// file changes compiles again and tells the open pages to reload. A build error is printed here and shown on the page.
//
//	devserver [-addr 127.0.0.1:8080] [-no-watch] [-build=false]
//
// It listens on the loopback interface only. Package build compiles and watches, package serve answers requests; here
// is only the wiring.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/etcdscope/etcdscope/cmd/devserver/build"
	"github.com/etcdscope/etcdscope/cmd/devserver/serve"
)

func main() {
	addr := flag.String("addr", "", "loopback `address` to listen on (default 127.0.0.1:8080, or any free port)")
	noWatch := flag.Bool("no-watch", false, "neither rebuild nor reload when a file changes")
	compile := flag.Bool("build", true, "compile first; -build=false serves build/ as it is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *compile, !*noWatch); err != nil {
		fmt.Fprintln(os.Stderr, "devserver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string, compile, watch bool) error {
	root, err := build.FindRoot(".")
	if err != nil {
		return err
	}
	listener, err := serve.Listen(addr)
	if err != nil {
		return err
	}
	out := filepath.Join(root, "build")
	status := serve.NewStatus()
	work := worker{root: root, out: out, status: status}
	fmt.Printf("etcdscope is at http://%s/\n", listener.Addr())
	if compile {
		status.Begin()
		go work.start(ctx, watch)
	}
	handler := serve.New(serve.Config{
		Static: filepath.Join(root, "static"), Build: out, Status: status, Reload: watch,
	})
	return serveUntil(ctx, listener, handler)
}

// serveUntil ends at once with ctx: pages hold an event stream open, so waiting for idle connections would never end.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// worker builds, now and whenever a file changes.
type worker struct {
	root, out string
	status    *serve.Status
}

func (w worker) start(ctx context.Context, watch bool) {
	w.build(ctx)
	if !watch {
		return
	}
	ticker := time.NewTicker(300 * time.Millisecond)
	defer ticker.Stop()
	build.Watch(ctx, w.root, ticker.C, func(c build.Change) {
		if !c.Code {
			w.status.Touch()
			return
		}
		w.status.Begin()
		w.build(ctx)
	})
}

func (w worker) build(ctx context.Context) {
	began := time.Now()
	err := build.Compile(ctx, w.root, w.out)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "\n%v\n\n", err)
	} else {
		fmt.Printf("built in %.1f s\n", time.Since(began).Seconds())
	}
	w.status.End(err)
}
