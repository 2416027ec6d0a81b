package fault

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// parts are what the judges need of the tree.
var parts = []string{"go.mod", "go.sum", "core", "internal", "web", "test/oracle", "test/mutants", "test/scripts"}

// CopyTree copies these parts, as they are in the working directory, to another one. What git ignores stays behind.
func CopyTree(from, to string) error {
	c := exec.Command("git",
		append([]string{"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}, parts...)...)
	c.Dir = from
	var complaint bytes.Buffer
	c.Stderr = &complaint
	list, err := c.Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w\n%s", err, &complaint)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); err != nil && !os.IsNotExist(err) {
			return err // a file that git knows but that was removed is no error
		}
	}
	return nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}
