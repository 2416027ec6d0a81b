package fault

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultsFit: each fault has its place in the code as it is. When a line has moved or changed, its fault follows.
func TestFaultsFit(t *testing.T) {
	all, err := Load("../faults", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Errorf("only %d faults", len(all))
	}
	for _, f := range all {
		text, err := os.ReadFile(filepath.Join("../../..", f.File))
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if _, err := f.change(strings.Split(string(text), "\n")); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// TestApply puts a fault into a file and takes it out again.
func TestApply(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.go")
	const text = "one\n\ttwo\n\tthree\nfour\n\tthree\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Parse("f", "What it is.\na.go\n two\n-three\n+drei\n")
	if err != nil {
		t.Fatal(err)
	}
	undo, err := f.Apply(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "one\ntwo\ndrei\nfour\n\tthree\n" {
		t.Errorf("with the fault: %q", got)
	}
	if err := undo(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != text {
		t.Errorf("without it: %q", got)
	}
}

// TestDoesNotFit: a fault that fits nowhere, or in two places, is refused; so is one that says nothing.
func TestDoesNotFit(t *testing.T) {
	for _, text := range []string{"What.\na.go\n-five\n", "What.\na.go\n-three\n+drei\n"} {
		f, err := Parse("f", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.change([]string{"three", "four", "three"}); err == nil {
			t.Errorf("%q was put somewhere", text)
		}
	}
	for _, text := range []string{"", "What.\na.go\n", "What.\na.go\n one\n", "What.\na.go\n*one\n",
		"What.\na.go\n+one\n"} {
		if _, err := Parse("f", text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
