package tidy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/etcdscope/etcdscope/"

// root is the top of the module, seen from this package.
const root = "../.."

// finding is one breach of a rule.
type finding struct {
	pos token.Position
	msg string // what is there, and what to write instead
}

func (f finding) String() string { return f.pos.String() + ": " + f.msg }

// file is a Go file of the module.
type file struct {
	*ast.File
	path  string // from the root: "core/raft/node.go"
	lines int
	test  bool
}

// room is a directory with Go files: a package, without the module's name in front of it.
type room struct {
	path  string
	fset  *token.FileSet
	files []file
	info  types.Info // of the files that are no tests; empty until check fills it
}

func (r *room) finding(n ast.Node, msg string) finding { return finding{r.fset.Position(n.Pos()), msg} }

// sources returns the files that are no tests.
func (r *room) sources() []file {
	return slices.DeleteFunc(slices.Clone(r.files), func(f file) bool { return f.test })
}

// inspect calls visit for each node of the files that are no tests.
func (r *room) inspect(visit func(ast.Node)) {
	for _, f := range r.sources() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}

// report fails the test with all findings.
func report(t *testing.T, found []finding) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

// house loads all rooms of the module once. Files for other systems are among them: no build tag hides a breach.
var house = sync.OnceValues(func() ([]*room, error) {
	var rooms []*room
	err := walk(func(name string) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		src, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		i, found := slices.BinarySearchFunc(rooms, dir, func(r *room, dir string) int { return cmp.Compare(r.path, dir) })
		if !found {
			rooms = slices.Insert(rooms, i, &room{path: dir, fset: token.NewFileSet()})
		}
		return rooms[i].add(name, src)
	})
	return rooms, err
})

func rooms(t *testing.T) []*room {
	t.Helper()
	list, err := house()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (r *room) add(name string, src []byte) error {
	f, err := parser.ParseFile(r.fset, name, src, parser.ParseComments)
	if err != nil {
		return err
	}
	r.files = append(r.files, file{f, name, bytes.Count(src, []byte("\n")), strings.HasSuffix(name, "_test.go")})
	return nil
}

// walk visits the files of this module. A directory with its own go.mod is another module, with its own rules.
func walk(visit func(name string) error) error {
	return fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return visit(name)
		}
		if name == "." {
			return nil
		}
		_, err = os.Stat(filepath.Join(root, name, "go.mod"))
		if err == nil || slices.Contains([]string{".git", "node_modules", "testdata", "build", "dist"}, d.Name()) {
			return fs.SkipDir
		}
		return nil
	})
}

// check fills info. Imports come from the compiler's export data, which the build cache has: type-checking the standard
// library from source would take seconds.
func (r *room) check(imports types.Importer) error {
	r.info = types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{}}
	var files []*ast.File
	for _, f := range r.sources() {
		files = append(files, f.File)
	}
	var first error // a later one often follows from it; what can be known is still recorded
	config := types.Config{Importer: imports, Error: func(err error) { first = cmp.Or(first, err) }}
	_, _ = config.Check(module+r.path, r.fset, files, &r.info)
	return first
}

// exports returns an importer for all that the given packages depend on.
func exports(packages ...string) (types.Importer, error) {
	out, err := goList(nil, append([]string{"-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, packages...)...)
	if err != nil {
		return nil, err
	}
	where := map[string]string{}
	for line := range strings.Lines(out) {
		name, export, _ := strings.Cut(strings.TrimSpace(line), "=")
		where[name] = export
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) {
		if where[name] == "" {
			return nil, errors.New("no export data of " + name)
		}
		return os.Open(where[name])
	}), nil
}

func output(name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Dir = root
	out, err := c.Output()
	return string(out), err
}

func goList(env []string, args ...string) (string, error) {
	c := exec.Command("go", append([]string{"list"}, args...)...)
	c.Dir = root
	c.Env = append(os.Environ(), env...)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w\n%s", err, complaint.String())
	}
	return string(out), nil
}

// importsOf returns the paths that a file imports.
func importsOf(f file) []string {
	list := make([]string, len(f.Imports))
	for i, s := range f.Imports {
		list[i] = strings.Trim(s.Path.Value, "`\"")
	}
	return list
}
