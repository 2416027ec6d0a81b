// Command screenshot takes a picture of the running page at the moment of a link. `make screenshot` writes
// docs/screenshot.png with it: the leader of five members was cut off, the majority has just elected another, and the
// card says why a write at the old one is not committed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// moment is the run that is shown. The simulator may have changed since it was chosen: look at the picture.
const moment = "#v=1&members=5&clients=2&preset=article&seed=7&a=225000+put+a+1;315000+put+/pods/pod1+data1;" +
	"425000+split+n5+%7C+n1,n2,n3,n4;430000+put+/pods/pod1+lost+--client+c1+--endpoint+n5;" +
	"435000+put+/pods/pod2+data2+--client+c2+--endpoint+n1&t=600000&panel=log&select=l5.14"

func main() {
	out := flag.String("o", "screenshot.png", "`file` to write")
	dark := flag.Bool("dark", false, "in the dark")
	phone := flag.Bool("phone", false, "on a phone")
	fragment := flag.String("run", moment, "the `link` to open")
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
	p.Wait("the moment of the link",
		`document.querySelector('#transport .time').textContent !== '0.000 s' && !document.querySelector('#transport .work')`)
	p.See("#why", "")
	p.Picture(out)
	return nil
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
