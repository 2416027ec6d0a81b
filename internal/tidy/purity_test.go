package tidy

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// banned are packages that would let the outside world, or chance, into the core.
var banned = []struct{ pattern, instead string }{
	{"time", "use sim.Time"},
	{"sync/...", "the core runs on one goroutine; return values"},
	{"context", "return what is to be done, and let the caller not do it"},
	{"os/...", "take bytes as an argument"},
	{"io/fs", "take bytes as an argument"},
	{"math/rand/...", "take a *rng.Stream"},
	{"crypto/...", "take a *rng.Stream"},
	{"hash/maphash", "its seed is random; use hash/fnv"},
	{"net/...", "send a message to the simulated network"},
	{"syscall/...", "the core knows no operating system"},
	{"runtime/...", "the core knows no operating system"},
	{"log/...", "return an event"},
	{"reflect", "write the cases out"},
	{"unsafe", "write it safely"},
	{"unique", "compare values"},
	{"weak", "keep the value"},
	{"testing/...", "put it into a test file"},
}

// purity are the bans of the core.
var purity = []func(*room) []finding{checkBannedImports, checkPorcupine, checkConcurrency, checkFloats, checkMaps,
	checkVariables}

func TestCoreIsPure(t *testing.T) {
	imports, err := exports("./core/...")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rooms(t) {
		if !strings.HasPrefix(r.path, "core/") || len(r.sources()) == 0 {
			continue
		}
		if err := r.check(imports); err != nil {
			t.Errorf("%s does not compile: %v", r.path, err)
			continue
		}
		for _, rule := range purity {
			report(t, rule(r))
		}
		for _, other := range rooms(t) {
			report(t, checkForeignWrites(other, r))
		}
	}
}

func checkBannedImports(r *room) []finding {
	var found []finding
	for _, f := range r.sources() {
		for i, name := range importsOf(f) {
			for _, b := range banned {
				if matches([]string{b.pattern}, name) {
					found = append(found, r.finding(f.Imports[i], "the core does not import "+name+": "+b.instead))
				}
			}
		}
	}
	return found
}

// checkPorcupine keeps the one foreign library of the core, which runs goroutines against a clock, in one file.
func checkPorcupine(r *room) []finding {
	var found []finding
	for _, f := range r.sources() {
		for i, name := range importsOf(f) {
			foreign := strings.Contains(strings.Split(name, "/")[0], ".") && !strings.HasPrefix(name, module)
			home := f.path == "core/check/linearizable.go" && name == "github.com/anishathalye/porcupine"
			if foreign && !home {
				found = append(found, r.finding(f.Imports[i],
					"the core does not import "+name+
						": only core/check/linearizable.go imports porcupine, and nothing else comes from outside"))
			}
		}
	}
	return found
}

func checkConcurrency(r *room) []finding {
	const instead = ": the core runs on one goroutine; put a value into a queue"
	var found []finding
	r.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, r.finding(n, "go statement"+instead))
		case *ast.SelectStmt:
			found = append(found, r.finding(n, "select statement"+instead))
		case *ast.ChanType:
			found = append(found, r.finding(n, "channel"+instead))
		case *ast.SendStmt:
			found = append(found, r.finding(n, "send to a channel"+instead))
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				found = append(found, r.finding(n, "receive from a channel"+instead))
			}
		}
	})
	return found
}

// checkFloats bans the types, the literals and every expression of such a type: Go may fuse floating-point operations
// on one processor and not on another, and then the same run has two hashes.
func checkFloats(r *room) []finding {
	const instead = ": use integers (microseconds, parts per million)"
	var found []finding
	r.inspect(func(n ast.Node) {
		e, ok := n.(ast.Expr)
		if !ok {
			return
		}
		if lit, ok := e.(*ast.BasicLit); ok && (lit.Kind == token.FLOAT || lit.Kind == token.IMAG) {
			found = append(found, r.finding(n, "floating-point literal "+lit.Value+instead))
			return
		}
		b, ok := r.info.Types[e].Type.(*types.Basic)
		if ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 {
			found = append(found, r.finding(n, b.Name()+instead))
		}
	})
	return found
}

// checkMaps bans loops over maps, whose order changes from run to run, unless a comment says why nobody can see it.
func checkMaps(r *room) []finding {
	const instead = "keep a sorted slice, range over slices.Sorted(maps.Keys(m)), or say //tidy:unordered and why " +
		"nobody sees the order"
	var found []finding
	excused := r.comments("//tidy:unordered ")
	sorted := map[ast.Expr]bool{} // arguments of slices.Sorted and its like
	add := func(n ast.Node, what string) {
		if p := r.fset.Position(n.Pos()); !excused[place{p.Filename, p.Line}] {
			found = append(found, r.finding(n, what+": "+instead))
		}
	}
	r.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if r.isMap(n.X) {
				add(n, "range over a map")
			}
		case *ast.CallExpr:
			name := r.called(n)
			if strings.HasPrefix(name, "slices.Sorted") && len(n.Args) > 0 {
				sorted[n.Args[0]] = true
			}
			if (name == "maps.Keys" || name == "maps.Values" || name == "maps.All") && !sorted[n] {
				add(n, name+" in the order of the map")
			}
		}
	})
	return found
}

func (r *room) isMap(e ast.Expr) bool {
	t := r.info.Types[e].Type
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// comments returns the lines that a comment with the prefix and some reason excuses: its own and the next.
func (r *room) comments(prefix string) map[place]bool {
	out := map[place]bool{}
	for _, f := range r.sources() {
		for _, g := range f.Comments {
			for _, c := range g.List {
				if p := r.fset.Position(c.Pos()); strings.HasPrefix(c.Text, prefix) {
					out[place{p.Filename, p.Line}], out[place{p.Filename, p.Line + 1}] = true, true
				}
			}
		}
	}
	return out
}

// called returns the function that a call names, as "package.Function", or nothing.
func (r *room) called(c *ast.CallExpr) string {
	s, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	f, ok := r.info.Uses[s.Sel].(*types.Func)
	if !ok || f.Pkg() == nil {
		return ""
	}
	return f.Pkg().Path() + "." + f.Name()
}
