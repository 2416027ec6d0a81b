package build

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// Change says what has changed: code asks for a build, anything else only for a reload.
type Change struct{ Code bool }

// sources are the folders and files of which the page is made.
var sources = []string{"core", "web", "wasm", "static", "go.mod", "go.sum"}

// Watch looks at the sources at each tick and calls changed when they differ from the last time and have held still for
// one tick: an editor or a checkout writes many files, and one build for all is enough. It returns when ctx ends.
func Watch(ctx context.Context, root string, ticks <-chan time.Time, changed func(Change)) {
	known := look(root)
	last := known
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		now := look(root)
		if now == last && now != known {
			change := Change{Code: now.code != known.code}
			known = now
			changed(change)
		}
		last = now
	}
}

// fingerprint identifies a state of the sources.
type fingerprint struct{ code, static uint64 }

func look(root string) fingerprint {
	code, static := fnv.New64a(), fnv.New64a()
	for _, name := range sources {
		// A file that vanishes during the walk is a change that the next tick sees.
		_ = filepath.WalkDir(filepath.Join(root, name), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return nil
			}
			sum := static
			if name != "static" {
				if !isCode(path) {
					return nil
				}
				sum = code
			}
			fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano())
			return nil
		})
	}
	return fingerprint{code.Sum64(), static.Sum64()}
}

// isCode reports whether the file can change the binary. Tests cannot; text files can, because code embeds them.
func isCode(path string) bool {
	return !strings.HasSuffix(path, "_test.go") && !strings.Contains(filepath.ToSlash(path), "/testdata/")
}
