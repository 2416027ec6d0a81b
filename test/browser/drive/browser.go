// Package drive uses the page as a person does: a real Chromium, a real mouse at real coordinates, real keys.
//
// Start starts a Browser, Serve builds and serves the site, and Browser.Open gives a Page with a cold cache in its own
// profile. A Page fails its test on any console error, uncaught exception or failed request. hands.go has what a hand
// does, eyes.go what an eye sees. Nothing sleeps: every wait names its condition.
package drive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/chromedp/chromedp"
)

// Browser is one running Chromium.
type Browser struct {
	ctx     context.Context
	close   []context.CancelFunc
	profile string
}

// Start starts the Chromium that script prints the path of.
func Start(ctx context.Context, script string) (*Browser, error) {
	path, err := findChromium(ctx, script)
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "etcdscope-chromium-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("font-render-hinting", "none"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with its sandbox
	}
	ctx, closeAllocator := chromedp.NewExecAllocator(ctx, options...)
	ctx, closeBrowser := chromedp.NewContext(ctx)
	b := &Browser{ctx: ctx, close: []context.CancelFunc{closeBrowser, closeAllocator}, profile: profile}
	if err := chromedp.Do(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return b, nil
}

// Close stops the browser and removes its profile.
func (b *Browser) Close() {
	for _, f := range b.close {
		f()
	}
	// Chromium may still be writing its last files: what it leaves is in the folder for temporary files.
	_ = os.RemoveAll(b.profile)
}

func findChromium(ctx context.Context, script string) (string, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, script)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", errors.New(strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
