package tidy

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/version"
)

const (
	functionLinesMax = 70
	fileLinesMax     = 800
)

func TestStyle(t *testing.T) {
	for _, r := range rooms(t) {
		report(t, checkFunctions(r))
		report(t, checkFiles(r))
		report(t, checkPackageComment(r))
	}
}

// checkFunctions holds functions to a length that fits one screen. A table literal or one dispatch switch may say why
// it is longer, in its doc comment. Tests may be as long as the story they tell.
func checkFunctions(r *room) []finding {
	var found []finding
	r.inspect(func(n ast.Node) {
		f, ok := n.(*ast.FuncDecl)
		if !ok {
			return
		}
		lines := r.fset.Position(f.End()).Line - r.fset.Position(f.Pos()).Line + 1
		if lines > functionLinesMax && !saysWhy(f.Doc) {
			found = append(found,
				r.finding(f, fmt.Sprintf("%s has %d lines, at most %d are allowed: split it by its steps, or say "+
					"//tidy:long and why in its comment", f.Name.Name, lines, functionLinesMax)))
		}
	})
	return found
}

func saysWhy(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		why, ok := strings.CutPrefix(c.Text, "//tidy:long ")
		return ok && strings.TrimSpace(why) != ""
	})
}

func checkFiles(r *room) []finding {
	var found []finding
	for _, f := range r.files {
		if f.lines > fileLinesMax {
			found = append(found,
				r.finding(f.File, fmt.Sprintf("the file has %d lines, at most %d are allowed: split it by its nouns",
					f.lines, fileLinesMax)))
		}
	}
	return found
}

func checkPackageComment(r *room) []finding {
	sources := r.sources()
	if len(sources) == 0 || slices.ContainsFunc(sources, func(f file) bool { return f.Doc != nil }) {
		return nil
	}
	return []finding{r.finding(sources[0].File, "package "+sources[0].Name.Name+
		" has no comment: say what it is, what it does not do, and what to read first")}
}

// A leftover is a note that something is not done. The pattern is put together so that it does not find itself.
var leftover = regexp.MustCompile(`(^|[^.\w])(TO` + `DO|FIX` + `ME|X` + `XX)\b`)

func TestNothingIsLeftOver(t *testing.T) {
	err := walk(func(name string) error {
		if !slices.Contains([]string{".go", ".js", ".mjs", ".css", ".html", ".sh"}, path.Ext(name)) {
			return nil
		}
		src, err := os.ReadFile(filepath.Join(root, name))
		report(t, checkLeftovers(name, string(src)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkLeftovers(name, src string) []finding {
	var found []finding
	for i, line := range strings.Split(src, "\n") {
		if leftover.MatchString(line) {
			found = append(found,
				finding{token.Position{Filename: name, Line: i + 1}, "a note for later: do it now, or open an issue"})
		}
	}
	return found
}

// TestRulesAreWritten holds that each rule has a name of its own, a sentence and a source, and that the list of
// constants and the list of texts are the same.
func TestRulesAreWritten(t *testing.T) {
	var names []string
	for _, id := range rule.All() {
		text := id.Text()
		if text.Name == "" || text.Ref == "" || !strings.HasSuffix(text.Sentence, ".") {
			t.Errorf("rule %d, %q: want a name, a sentence that ends with a full stop, and where it comes from", id, text.Name)
		}
		if slices.Contains(names, text.Name) {
			t.Errorf("two rules are called %q", text.Name)
		}
		names = append(names, text.Name)
	}
	if constants := ruleConstants(t); len(constants) != len(names) {
		t.Errorf("core/rule has %d constants but %d texts: write a text for each", len(constants), len(names))
	}
}

// TestRulesAreUsed holds that each rule is named by a check or a test, or is the reason of something that happens.
func TestRulesAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, r := range rooms(t) {
		if r.path == "core/rule" {
			continue
		}
		for _, f := range r.files {
			ast.Inspect(f.File, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "rule" {
						used[s.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	for _, name := range ruleConstants(t) {
		if !used[name] {
			t.Errorf("rule.%s is used nowhere: a rule that nothing follows and nothing checks tells a falsehood", name)
		}
	}
}

// TestVersion holds that the changelog begins with the version of the source.
func TestVersion(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n## ")
	if got, _, _ := strings.Cut(rest, ","); strings.TrimSpace(strings.SplitN(got, "\n", 2)[0]) != version.Current {
		t.Errorf("the first heading of CHANGELOG.md is %q, core/version has %s", got, version.Current)
	}
}

// ruleConstants returns the names of the rules, without None.
func ruleConstants(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, r := range rooms(t) {
		if r.path != "core/rule" {
			continue
		}
		for _, f := range r.sources() {
			for _, d := range f.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.CONST {
					continue
				}
				for _, s := range g.Specs {
					for _, n := range s.(*ast.ValueSpec).Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "None" })
}
