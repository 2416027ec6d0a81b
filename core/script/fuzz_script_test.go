package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzScript holds that a whole script can be written again from its statements, and that each mistake has its place in
// the text.
func FuzzScript(f *testing.F) {
	files, err := filepath.Glob("../../test/scripts/*.etcd")
	if err != nil || len(files) == 0 {
		f.Fatal("no scripts", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, seed := range []string{
		"config members=3\r\nrun 1s\n\n# nothing\nat 5s put a \"\\n\"\nexpect leader == none\n", "run 1s\nconfig a=b",
		"at 1s at 2s heal", "expect (n1.up or",
		"run until quiet within 0s\nrun until", strings.Repeat("heal\n", 30), "put a 'b\nc'", "\ufeffrun 1s",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseScript(text)
		lines := strings.Count(text, "\n") + 1
		if errs, ok := err.(Errors); err != nil && (!ok || len(errs) == 0) {
			t.Fatalf("%q: %v is no list of mistakes", text, err)
		} else {
			for _, e := range errs {
				if e.Line < 1 || e.Line > lines || e.Col < 1 || e.Msg == "" {
					t.Fatalf("%q has a mistake in line %d, column %d: %v", text, e.Line, e.Col, e)
				}
			}
		}
		written := make([]string, len(list))
		for i, s := range list {
			written[i] = s.String()
		}
		whole := strings.Join(written, "\n")
		if len(whole) > ScriptBytesMax {
			return // escapes that are written out are longer
		}
		again, err := ParseScript(whole)
		if err != nil || len(again) != len(list) {
			t.Fatalf("%q is written as %q, which has %d statements of %d, %v", text, whole, len(again), len(list), err)
		}
		for i, s := range again {
			if s.String() != written[i] {
				t.Fatalf("%q is read again as %q", written[i], s)
			}
		}
	})
}

// FuzzExpr holds that an expectation is read again from what it prints.
func FuzzExpr(f *testing.F) {
	for _, seed := range []string{"n1.up", "leader == none and n1.term >= 2", "value a == \"b c\"",
		"c1.output contains \"x\"", "n1.value 'b c' != none", "not", "a == b == c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseExpr(text)
		if err != nil {
			return
		}
		if again, err := ParseExpr(e.String()); err != nil || again.String() != e.String() {
			t.Fatalf("%q prints as %q, which is read as %q, %v", text, e, again, err)
		}
	})
}
