// Command screenshot takes a picture of the running page: three members, a write on its way, and why. `make screenshot` writes
// docs/screenshot.png with it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

func main() {
	out := flag.String("o", "screenshot.png", "`file` to write")
	dark := flag.Bool("dark", false, "in the dark")
	phone := flag.Bool("phone", false, "on a phone")
	fragment := flag.String("run", "#v=1&members=5&clients=2&preset=article&seed=7", "the `link` to open")
	flag.Parse()
	if err := take(*out, *fragment, drive.Setting{Dark: *dark, Phone: *phone}); err != nil {
		fmt.Fprintln(os.Stderr, "screenshot:", err)
		os.Exit(1)
	}
}

func take(out, fragment string, setting drive.Setting) (err error) {
	ctx := context.Background()
	site, err := drive.Serve(ctx)
	if err != nil {
		return err
	}
	defer site.Close()
	browser, err := drive.Start(ctx, "./chromium.sh")
	if err != nil {
		return err
	}
	defer browser.Close()

	var r reporter
	defer r.close(&err)
	p := browser.Open(&r, site.URL+fragment, setting)
	pose(p)
	p.Picture(out)
	return nil
}

// pose brings the page to the moment of the picture.
func pose(p *drive.Page) {
	p.Wait("a leader", `[...document.querySelectorAll('.hit-m')].some((e) => e.getAttribute('aria-label').includes(', leader,'))`)
	p.Press(" ")
	for _, command := range []string{"put /pods/pod1 data1"} {
		p.Click("#input")
		p.Press(command)
		p.Press(kb.Enter)
	}
	p.Press(kb.Escape)
	p.See("#events", "calls")
}

// reporter ends the program where a test would fail.
type reporter struct{ cleanups []func() }

type failure struct{ error }

func (r *reporter) Helper()                        {}
func (r *reporter) Fatalf(format string, a ...any) { panic(failure{fmt.Errorf(format, a...)}) }
func (r *reporter) Errorf(format string, a ...any) { r.Fatalf(format, a...) }
func (r *reporter) Cleanup(f func())               { r.cleanups = append(r.cleanups, f) }

// close runs the cleanups, also after a failure, and turns that into an error.
func (r *reporter) close(err *error) {
	caught := recover()
	defer func() {
		if caught == nil {
			caught = recover() // a cleanup may report a complaint of the page
		}
		if f, ok := caught.(failure); ok {
			*err = f
		} else if caught != nil {
			panic(caught)
		}
	}()
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
}
