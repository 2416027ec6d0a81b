package tidy

import (
	"cmp"
	"go/token"
	"go/types"
	"strings"
	"sync"
	"testing"
)

// offence is a small source with what the rule must say about it; empty: nothing.
type offence struct {
	name, path, src, want string
}

// judge runs a rule over the source. Declarations stand without the package clause.
func (o offence) judge(t *testing.T, rule func(*room) []finding) {
	t.Helper()
	name := cmp.Or(o.path, "core/sample/sample.go")
	r := newRoom(t, name, o.src)
	var got []string
	for _, f := range rule(r) {
		got = append(got, f.String())
	}
	all := strings.Join(got, "\n")
	switch {
	case o.want == "" && all != "":
		t.Errorf("%s: want no finding, got\n%s", o.name, all)
	case o.want != "" && (!strings.Contains(all, o.want) || !strings.HasPrefix(all, name+":")):
		t.Errorf("%s: want a finding with %q, got %q", o.name, o.want, all)
	}
}

// library is what the samples import of the standard library, loaded once.
var library = sync.OnceValues(func() (types.Importer, error) { return exports("errors", "maps", "slices", "math") })

func newRoom(t *testing.T, name, src string) *room {
	t.Helper()
	if !strings.Contains(src, "package ") {
		src = "// Package sample is a sample.\npackage sample\n" + src
	}
	r := &room{path: name[:strings.LastIndex(name, "/")]}
	r.fset = token.NewFileSet()
	if err := r.add(name, []byte(src)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	imports, err := library()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.check(imports) // some samples import what does not exist here
	return r
}

func TestImportOffences(t *testing.T) {
	list := parsePolicy(policy)
	rule := func(r *room) []finding { return checkImports(list, r) }
	use := func(path string) string { return `import _ "` + path + `"` }
	for _, o := range []offence{
		{"core imports the web", "core/world/a.go", use(module + "web/wire"), "core/world may not import web/wire"},
		{"raft imports the simulation", "core/raft/a.go", use(module + "core/sim"), "core/raft may not import core/sim"},
		{"a part of raft does", "core/raft/log/a.go", use(module + "core/sim"), "core/raft/log may not import core/sim"},
		{"mvcc imports raft", "core/mvcc/a.go", use(module + "core/raft"), "core/mvcc may not import core/raft"},
		{"script imports the world", "core/script/a.go", use(module + "core/world"), "may not import core/world"},
		{"check imports etcd", "core/check/a.go", use(module + "core/etcd"), "may not import core/etcd"},
		{"scene imports the page", "web/scene/a.go", use(module + "web/page"), "may not import web/page"},
		{"scene reaches the browser", "web/scene/a.go", use("syscall/js"), "only web/page, wasm, wasm/edge may"},
		{"the page reaches the network", "web/page/a.go", use("net/http"), "only web/site, cmd/devserver/..., wasm/edge may"},
		{"a module from nowhere", "web/page/a.go", use("example.com/left-pad"), "may not import example.com/left-pad"},
		{"a room without a place", "core/magic/a.go", "", ""},
		{"a room outside the house", "magic/a.go", "", "the import policy does not name magic"},
		{"watch uses the queue", "core/watch/a.go", `import "` + module + `core/sim"` + "\nvar q sim.Queue", "not sim.Queue"},
		{"watch uses the time", "core/watch/a.go", `import "` + module + `core/sim"` + "\nconst t = 5 * sim.Second", ""},
		{"raft uses its log", "core/raft/a.go", use(module + "core/raft/log"), ""},
		{"the page reaches the browser", "web/page/a.go", use("syscall/js"), ""},
		{"the standard library is free", "web/view/a.go", use("slices"), ""},
		{"tests may do more", "core/mvcc/a_test.go", use(module + "core/raft"), ""},
	} {
		o.judge(t, rule)
	}
}

func TestBrowserOffences(t *testing.T) {
	for _, dep := range []string{"net/http", "text/template", "html/template", "encoding/json",
		"google.golang.org/protobuf/proto"} {
		if len(checkBrowser([]string{"fmt", "some/package fmt " + dep})) != 1 {
			t.Errorf("the browser binary may contain %s", dep)
		}
	}
	const porcupine = "github.com/anishathalye/porcupine"
	if found := checkBrowser([]string{"fmt", "some/package net/httpx encoding/jsonx net", porcupine +
		" encoding/json"}); found != nil {
		t.Error(found)
	}
	if found := checkBrowser([]string{porcupine + " net/http"}); found == nil {
		t.Error("porcupine may bring net/http")
	}
}

func TestPurityOffences(t *testing.T) {
	all := func(r *room) []finding {
		var found []finding
		for _, rule := range purity {
			found = append(found, rule(r)...)
		}
		return found
	}
	const porcupine = `import _ "github.com/anishathalye/porcupine"`
	for _, o := range []offence{
		{"a clock", "", `import _ "time"`, "use sim.Time"},
		{"a lock", "", `import _ "sync"`, "return values"},
		{"an atomic", "", `import _ "sync/atomic"`, "return values"},
		{"a file", "", `import _ "os"`, "take bytes"},
		{"chance", "", `import _ "math/rand/v2"`, "take a *rng.Stream"},
		{"real chance", "", `import _ "crypto/rand"`, "take a *rng.Stream"},
		{"a network", "", `import _ "net/netip"`, "simulated network"},
		{"reflection", "", `import _ "reflect"`, "write the cases out"},
		{"porcupine elsewhere", "core/check/record.go", porcupine, "only core/check/linearizable.go imports porcupine"},
		{"porcupine at home", "core/check/linearizable.go", porcupine, ""},

		{"a goroutine", "", "func f() { go f() }", "go statement"},
		{"a channel", "", "type t struct{ c chan int }", "channel"},
		{"a send", "", "func f(c chan<- int) { c <- 1 }", "send to a channel"},
		{"a receive", "", "func f(c <-chan int) { <-c }", "receive from a channel"},
		{"a select", "", "func f() { select {} }", "select statement"},

		{"a float", "", "type t struct{ x float64 }", "float64: use integers"},
		{"a small float", "", "func f(x float32) {}", "float32: use integers"},
		{"a float literal", "", "const half = 0.5", "floating-point literal 0.5"},
		{"a literal that is whole", "", "const n int = 1e6", "floating-point literal 1e6"},
		{"a float that no word names", "", "import \"math\"\nfunc f() int { return int(math.Sqrt(2)) }",
			"float64: use integers"},
		{"a complex", "", "var _ = complex(1, 2)", "complex"},
		{"an alias", "", "type f = float64", "float64: use integers"},

		{"a map", "", "func f(m map[int]int) { for range m {} }", "range over a map"},
		{"a named map", "", "type m map[int]int\nfunc f(x m) { for k := range x { _ = k } }", "range over a map"},
		{"an iterator over a map", "", "import \"maps\"\nfunc f(m map[int]int) { for range maps.Keys(m) {} }",
			"maps.Keys in the order of the map"},
		{"a map, sorted", "",
			"import (\"maps\"; \"slices\")\nfunc f(m map[int]int) { for range slices.Sorted(maps.Keys(m)) {} }", ""},
		{"a map, excused", "",
			"func f(m map[int]int) (n int) {\n\t//tidy:unordered a sum has no order\n\tfor _, v := range m { n += v " +
				"}\n\treturn n\n}", ""},
		{"a map, excused without a reason", "", "func f(m map[int]int) {\n\t//tidy:unordered\n\tfor range m {}\n}",
			"range over a map"},
		{"a slice", "", "func f(s []int) { for range s {} }", ""},

		{"a variable", "", "var n int", "package-level variable n"},
		{"a pointer", "", "type t struct{}\nvar p = &t{}", "package-level variable p"},
		{"a function", "", "var f = func() {}", "package-level variable f"},
		{"a false error", "", "var errorCount = 5", "package-level variable errorCount"},
		{"an error", "", "import \"errors\"\nvar ErrX = errors.New(\"x\")", ""},
		{"an error that changes", "", "import \"errors\"\nvar ErrX = errors.New(\"x\")\nfunc f() { ErrX = nil }",
			"write to the package-level table ErrX"},
		{"tables", "", "var a, b = [...]int{1}, map[string]int{}\nvar c = []struct{ n int }{{1}}\nvar _ = error(nil)", ""},
		{"a table that changes", "", "var a = []int{1}\nfunc f() { a[0] = 2 }", "write to the package-level table a"},
		{"a field that changes", "", "var a = []struct{ n int }{{1}}\nfunc f() { (a)[0].n++ }",
			"write to the package-level table a"},
		{"a map that shrinks", "", "var a = map[int]int{1: 1}\nfunc f() { delete(a, 1) }",
			"write to the package-level table a"},
		{"a loop", "", "var a = [...]int{1}\nfunc f() { for a[0] = range 3 {} }", "write to the package-level table a"},
		{"a local of the same name", "", "var a = [...]int{1}\nfunc f() { a := []int{1}; a[0] = 2 }", ""},
		{"tests are free", "core/sample/a_test.go", "import _ \"time\"\nvar n float64\nfunc f() { go f() }", ""},
	} {
		o.judge(t, all)
	}
}

func TestForeignWriteOffences(t *testing.T) {
	owner := newRoom(t, "core/world/a.go", "var Presets = []int{1}")
	rule := func(r *room) []finding { return checkForeignWrites(r, owner) }
	for _, o := range []offence{
		{"a write", "web/view/a.go", "func f() { world.Presets[0] = 2 }", "write to world.Presets"},
		{"a read", "web/view/a.go", "func f() int { return world.Presets[0] }", ""},
		{"another world", "web/view/a.go", "func f() { var world struct{ Presets []int }; world.Presets[0] = 2 }", ""},
	} {
		o.judge(t, rule)
	}
}

func TestStyleOffences(t *testing.T) {
	long := "func f() {" + strings.Repeat("\n", functionLinesMax) + "}\n"
	for _, o := range []offence{
		{"a long function", "", long, "f has 71 lines"},
		{"a long function with a reason", "", "// f is a table.\n//\n//tidy:long one line per verb\n" + long, ""},
		{"a long function without one", "", "// f is a table.\n//\n//tidy:long\n" + long, "f has 71 lines"},
		{"a function that just fits", "", strings.Replace(long, "\n", "", 1), ""},
	} {
		o.judge(t, checkFunctions)
	}
	offence{"a long file", "", strings.Repeat("\n", fileLinesMax), "at most 800"}.judge(t, checkFiles)
	offence{"a file that fits", "", strings.Repeat("\n", fileLinesMax-10), ""}.judge(t, checkFiles)
	offence{"no package comment", "", "package sample\n", "has no comment"}.judge(t, checkPackageComment)
	offence{"a package comment", "", "// Package sample is one.\npackage sample\n", ""}.judge(t, checkPackageComment)
	for _, src := range []string{"// TO" + "DO: more", "x() // FIX" + "ME", "XX" + "X"} {
		offence{src, "a/b.js", "", "a note for later"}.judge(t,
			func(*room) []finding { return checkLeftovers("a/b.js", src) })
	}
	for _, src := range []string{"context.TO" + "DO()", "// to do it", "TO" + "DOS"} {
		offence{src, "a/b.js", "", ""}.judge(t, func(*room) []finding { return checkLeftovers("a/b.js", src) })
	}
}
