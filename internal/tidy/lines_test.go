package tidy

import (
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// lineMax is how many characters a line may have; a tab counts as one.
const lineMax = 120

func TestLinesAreShort(t *testing.T) {
	err := walk(func(name string) error {
		if !slices.Contains([]string{".go", ".md", ".js", ".css", ".html", ".sh"}, path.Ext(name)) {
			return nil
		}
		src, err := os.ReadFile(filepath.Join(root, name))
		report(t, checkLines(name, string(src)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkLines finds long lines. What cannot be broken may be long: raw strings of Go; table rows and links of Markdown.
func checkLines(name, src string) []finding {
	var found []finding
	raw := map[int]bool{}
	if path.Ext(name) == ".go" {
		raw = rawLines(src)
	}
	for i, line := range strings.Split(src, "\n") {
		markdown := path.Ext(name) == ".md" && (strings.HasPrefix(line, "|") || strings.Contains(line, "]("))
		if n := utf8.RuneCountInString(line); n > lineMax && !raw[i+1] && !markdown {
			found = append(found, finding{token.Position{Filename: name, Line: i + 1},
				fmt.Sprintf("the line has %d characters, at most %d are allowed: wrap it", n, lineMax)})
		}
	}
	return found
}

// rawLines returns the lines on which a raw string stands, or a part of one.
func rawLines(src string) map[int]bool {
	lines := map[int]bool{}
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), nil, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return lines
		}
		if tok == token.STRING && strings.HasPrefix(text, "`") {
			first := file.Line(pos)
			for n := range strings.Count(text, "\n") + 1 {
				lines[first+n] = true
			}
		}
	}
}

func TestLineOffences(t *testing.T) {
	long := strings.Repeat("é", lineMax)
	for _, o := range []offence{
		{"a long comment", "a/b.go", "package b\n\n// " + long, "the line has 123 characters"},
		{"a long string", "a/b.go", "package b\n\nvar x = \"" + long + "\"", "at most 120"},
		{"a long raw string", "a/b.go", "package b\n\nvar x = `" + long + "\n" + long + "x`", ""},
		{"a line that just fits", "a/b.css", long, ""},
		{"a long rule", "a/b.css", long + "}", "at most 120"},
		{"a long sentence", "a/b.md", long + ".", "at most 120"},
		{"a long row", "a/b.md", "| " + long + " |", ""},
		{"a long link", "a/b.md", "[x](" + long + ")", ""},
	} {
		got := checkLines(o.path, o.src)
		switch {
		case o.want == "" && got != nil:
			t.Errorf("%s: want no finding, got %v", o.name, got)
		case o.want != "" && (len(got) != 1 || !strings.Contains(got[0].String(), o.want)):
			t.Errorf("%s: want a finding with %q, got %v", o.name, o.want, got)
		}
	}
}
