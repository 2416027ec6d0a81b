package tidy

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What documents name must exist: files, targets of make, packages and what they declare. Decided is what can be: a
// word in back-quotes that has the form of a path, of a call of make or go, or of a package with an identifier after
// it; in comments of Go also file names and identifiers that stand without back-quotes.

// inventory is what can be named.
type inventory struct {
	paths   map[string]bool            // files and directories, from the root: "core/raft/node.go", "core/raft"
	bases   map[string]bool            // their last elements: "node.go"
	targets map[string]bool            // of make
	names   map[string]map[string]bool // by package: what it declares, exported or not, methods and fields too
}

// stock reads the whole tree, other modules too: documents speak of them as well.
var stock = sync.OnceValues(func() (inventory, error) {
	in := inventory{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]map[string]bool{}}
	out, err := output("git", "ls-files", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return in, err
	}
	for name := range strings.Lines(out) {
		for name = strings.TrimSpace(name); name != "."; name = path.Dir(name) {
			in.paths[name] = true
			in.bases[path.Base(name)] = true
		}
	}
	rules, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		return in, err
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(rules), -1) {
		in.targets[m[1]] = true
	}
	rooms, err := house()
	for _, r := range rooms {
		in.declare(r)
	}
	return in, err
})

// declare adds what a room declares under the name of its package. Packages of one name share their names: log is one
// of Raft's parts and a word that others use.
func (in *inventory) declare(r *room) {
	for _, f := range r.files {
		names := in.names[f.Name.Name]
		if names == nil {
			names = map[string]bool{}
			in.names[f.Name.Name] = names
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				names[n.Name.Name] = true
			case *ast.TypeSpec:
				names[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			case *ast.Field:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			}
			return true
		})
	}
}

// missing returns why a quoted word names what does not exist; empty: it exists, or it names nothing of this house.
// A file may be named from the root, from the directory of the document, or without a directory.
func (in *inventory) missing(dir, quoted string) string {
	fields := strings.Fields(quoted)
	if len(fields) == 0 {
		return ""
	}
	if fields[0] == "make" && len(fields) > 1 && target.MatchString(fields[1]) && !in.targets[fields[1]] {
		return "the Makefile has no target " + fields[1]
	}
	for _, word := range fields {
		if below, ok := strings.CutPrefix(word, "./"); ok {
			word = below
			if fields[0] == "cd" {
				word = path.Join(fields[1], below)
			}
		}
		word = strings.TrimRight(word, "/:,.)…")
		if why := in.missingFile(dir, word); why != "" {
			return why
		}
	}
	if m := qualified.FindStringSubmatch(quoted); m != nil {
		return in.missingName(m[1], m[2])
	}
	return ""
}

var (
	target    = regexp.MustCompile(`^[a-z-]+$`)
	ourPath   = regexp.MustCompile(`^(core|web|cmd|internal|test|docs|static|wasm)/[a-z0-9_/.-]+$`)
	fileName  = regexp.MustCompile(`^[a-z0-9_]+\.(go|md|sh|css)$`)
	qualified = regexp.MustCompile(`^([a-z]+)\.([A-Z]\w*)`)
)

func (in *inventory) missingFile(dir, word string) string {
	switch {
	case ourPath.MatchString(word):
		if !in.paths[word] && !in.paths[path.Join(dir, word)] {
			return "there is no file " + word
		}
	case fileName.MatchString(word) && !in.bases[word]:
		return "there is no file " + word
	}
	return ""
}

func (in *inventory) missingName(pkg, name string) string {
	if in.names[pkg] != nil && !in.names[pkg][name] {
		return "package " + pkg + " declares no " + name
	}
	return ""
}

var quotes = regexp.MustCompile("`([^`]+)`")

// checkQuotes looks at all that stands in back-quotes in a document.
func checkQuotes(in *inventory, name, src string) []finding {
	var found []finding
	for _, m := range quotes.FindAllStringSubmatchIndex(src, -1) {
		if why := in.missing(path.Dir(name), src[m[2]:m[3]]); why != "" {
			line := 1 + strings.Count(src[:m[0]], "\n")
			found = append(found, finding{token.Position{Filename: name, Line: line}, why + ": name what exists"})
		}
	}
	return found
}

func TestDocumentsNameWhatExists(t *testing.T) {
	in, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	err = walk(func(name string) error {
		// The log of changes and the decisions speak of what was there then.
		if path.Ext(name) != ".md" || name == "CHANGELOG.md" || strings.HasPrefix(name, "docs/adr/") {
			return nil
		}
		src, err := os.ReadFile(filepath.Join(root, name))
		report(t, checkQuotes(&in, name, string(src)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rooms(t) {
		report(t, checkComments(&in, r))
		report(t, checkReadingOrder(r))
	}
}

var (
	// A file's name without a directory in front of it is one of the same room.
	nakedFile = regexp.MustCompile(`(?:^|[\s(])([a-z0-9_]+\.go)\b`)
	// A package with an exported identifier after it, not followed by a word of another language: raft.Node.
	nakedName = regexp.MustCompile(`(?:^|[\s(])([a-z]+)\.([A-Z]\w*)`)
)

// checkComments looks at the comments of a room.
func checkComments(in *inventory, r *room) []finding {
	var found []finding
	for _, f := range r.files {
		for _, group := range f.Comments {
			text := group.Text()
			for _, m := range nakedFile.FindAllStringSubmatch(text, -1) {
				if group == f.Doc && !in.paths[path.Join(r.path, m[1])] {
					found = append(found, r.finding(group, "there is no file "+m[1]+" in this room: name what exists"))
				}
			}
			for _, m := range nakedName.FindAllStringSubmatch(text, -1) {
				if why := in.missingName(m[1], m[2]); why != "" {
					found = append(found, r.finding(group, why+": name what exists"))
				}
			}
			for _, m := range quotes.FindAllStringSubmatch(text, -1) {
				if why := in.missing(r.path, m[1]); why != "" {
					found = append(found, r.finding(group, why+": name what exists"))
				}
			}
		}
	}
	return found
}

// checkReadingOrder finds the files that a room's reading order leaves out.
func checkReadingOrder(r *room) []finding {
	var found []finding
	for _, f := range r.sources() {
		if f.Doc == nil {
			continue
		}
		_, order, ok := strings.Cut(strings.ToLower(f.Doc.Text()), "reading order")
		if !ok {
			continue
		}
		named := regexp.MustCompile(`[a-z0-9_]+\.go`).FindAllString(order, -1)
		for _, g := range r.sources() {
			if base := path.Base(g.path); base != "doc.go" && !slices.Contains(named, base) {
				found = append(found, r.finding(f.Doc, "the reading order leaves out "+base))
			}
		}
	}
	return found
}

func TestNameOffences(t *testing.T) {
	in := inventory{
		paths: map[string]bool{"core/raft": true, "core/raft/node.go": true,
			"test/oracle": true, "test/oracle/store": true},
		bases:   map[string]bool{"node.go": true},
		targets: map[string]bool{"test": true},
		names:   map[string]map[string]bool{"raft": {"Node": true}},
	}
	for quoted, want := range map[string]string{
		"make test": "", "make tests": "no target tests", "make test RUNS=1": "", "make": "",
		"core/raft": "", "core/raft/": "", "core/raft/node.go": "", "core/raft/nodes.go": "no file core/raft/nodes.go",
		"core/NAME.go": "", "node.go": "", "nodes.go": "no file nodes.go", "go test ./core/rafts": "no file core/rafts",
		"raft.Node": "", "raft.Knot": "package raft declares no Knot", "zap.Logger": "",
		"cd test/oracle && go run ./store": "",
		"cd test/oracle && go run ./shop":  "no file test/oracle/shop",
		"cd test/shop":                     "no file test/shop",
	} {
		got := checkQuotes(&in, "docs/a.md", "x\n`"+quoted+"`")
		if (want == "") != (got == nil) || want != "" && !strings.Contains(got[0].String(), want) {
			t.Errorf("%s: want %q, got %v", quoted, want, got)
		}
	}
	for _, o := range []offence{
		{"a name that is not there", "", "// Package sample is raft.Knot.\npackage sample", "declares no Knot"},
		{"a name that is there", "", "// Package sample is raft.Node.\npackage sample", ""},
		{"a file that is not there", "", "// Package sample is old.go.\npackage sample", "no file old.go in this room"},
		{"a file of another house", "", "// Package sample is etcd/old.go.\npackage sample", ""},
	} {
		o.judge(t, func(r *room) []finding { return checkComments(&in, r) })
	}
	const order = "// Package sample is one.\n//\n// Reading order: "
	offence{"a whole order", "", order + "sample.go.\npackage sample", ""}.judge(t, checkReadingOrder)
	offence{"half an order", "", order + "other.go.\npackage sample", "leaves out sample.go"}.judge(t, checkReadingOrder)
}

// retired words were names here for what has a plain word or a term of the field.
var retired = map[string]string{"ambush": "triggered fault", "doubt": "indeterminate", "errand": "internal proposal",
	"humdrum": "routine", "mood": "phase", "scarcity": "quota", "testimony": "history", "weather": "noise"}

// checkWords finds retired words in what a room declares.
func checkWords(r *room) []finding {
	var found []finding
	for _, f := range r.files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			for _, word := range camelWord.FindAllString(id.Name, -1) {
				word = strings.ToLower(word)
				if better := retired[strings.TrimSuffix(word, "s")]; better != "" {
					found = append(found, r.finding(id, id.Name+" has a word that is no longer used here: "+better))
				}
			}
			return true
		})
	}
	return found
}

var camelWord = regexp.MustCompile(`[A-Z]?[a-z]+`)

func TestWords(t *testing.T) {
	for _, r := range rooms(t) {
		report(t, checkWords(r))
	}
	for _, o := range []offence{
		{"an old word", "", "var netWeather = []int{}", "no longer used here: noise"},
		{"several of them", "", "func moods() {}", "no longer used here: phase"},
		{"a word that only looks like it", "", "func moody() { undoubted := 0; _ = undoubted }", ""},
	} {
		o.judge(t, checkWords)
	}
}
