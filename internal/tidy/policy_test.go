package tidy

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// policy is the plan of the house: "a, b < c, d" lets c and d import a and b. "x/..." is x and all below it.
//
// Do not change it to make a build pass. A wall that stands in the wrong place is moved by an ADR first (docs/adr),
// then here.
//
// Inside the module, what no line allows is forbidden, and a package that no line names does not belong to the house.
// Of the packages outside, those that stand on the left of some line are only for those on its right; other modules
// are only for those that a line lets in; the rest of the standard library is free, but see the bans of the core.
// "core/sim.Time" is core/sim for those who need its time, and none of its machinery.
const policy = `
# The ground: rules, random streams, shared lists, protobuf. They know nothing of each other's users.
core/rule, core/rng, core/chunk, core/pb < core/...
# Times as a person reads them.
core/text < web/page
# What marks are of: the world makes them, the page draws them (docs/adr/0012).
core/mark < core/world, web/engine, web/wire, web/page
core/version < cmd/etcdscope/..., internal/runner, internal/swarm, internal/tidy, web/engine

# The machines of the protocol and of the store know neither each other nor the simulation.
core/raft/... < core/raft/...
core/mvcc     < core/watch, core/compact
# etcd's API as values: whoever asks, answers, reads or prints speaks it (docs/adr/0006).
core/mvcc     < core/api, core/script, core/ctl
core/api      < core/etcd, core/client, core/kube, core/world, core/script, core/ctl, core/lesson
core/sim.Time < core/watch, core/lease, core/compact, core/kube, core/ctl, core/shell

# A member of the cluster puts them together, on the simulated network and disk. Clients talk to members.
core/raft/..., core/mvcc, core/watch, core/lease, core/compact, core/sim < core/etcd
core/etcd, core/mvcc, core/watch, core/sim                               < core/client
core/etcd, core/mvcc, core/watch, core/client                            < core/kube

# How etcd's tools read a line, which is not the language's (docs/adr/0009).
core/cobra < core/script

# The language knows time only. The checkers judge records: they must not believe what raft, mvcc or etcd believe.
core/sim < core/script, core/check
github.com/anishathalye/porcupine < core/check

# What etcdctl prints for a command of the language. A shell reads lines of its commands, and waits in simulated time.
core/script < core/ctl, core/shell
core/ctl    < core/world, web/engine
core/shell  < core/world, web/engine

# The monitor keeps what members have counted and how long operations took; it knows no world.
core/raft/..., core/sim, core/etcd, core/client < core/monitor
core/monitor                                    < core/world, cmd/etcdscope/...

# What works beside a client takes inputs and returns outputs; the world carries them out and names none of them.
core/api, core/mvcc, core/compact, core/sim, core/etcd, core/client, core/script, core/ctl < core/workload
core/workload                                                                              < core/world

# The judge shows the checkers what machines did and said; which of them counts is the world's to say.
core/raft/..., core/api, core/mvcc, core/watch, core/sim, core/etcd, core/client, core/check < core/judge
core/judge                                                                                   < core/world

# The world puts the core together; lessons are run on it.
core/raft/..., core/mvcc, core/watch, core/lease, core/compact, core/sim, core/etcd, core/kube, core/client < core/world
core/script, core/check            < core/world, core/lesson
core/sim, core/world               < core/lesson

# The web: page - wire - engine - view - core in one direction, scene beside it without a browser.
core/...                                                               < web/view
core/world, core/lesson, core/script, core/check, core/sim, core/rule  < web/engine, web/site
core/client, core/rng                                                  < web/engine
core/script, core/sim, core/rule                                       < web/link, web/wire, web/scene, web/page
# The pace of the play is found in the journal, as what is drawn is (docs/adr/0011).
core/...                                                           < web/pace
web/pace                                                           < web/view, web/engine
web/wire                                                           < web/view, web/scene, web/engine, web/page, web/site
web/link                                                               < web/engine, web/page, web/site
web/view                                                               < web/engine, web/site
web/scene                                                              < web/engine, web/page, web/site
web/engine                                                             < web/site
# A panel joins both sides.
core/world, web/view, web/page, web/wire                               < web/panels
web/panels                                                             < wasm
github.com/vmihailenco/msgpack/v5                                      < web/wire, web/link, web/engine, web/page

# Programs: wiring only.
web/wire, web/link, web/engine, web/page < wasm
web/wire, web/link, web/site             < wasm/edge
web/wire, web/link, web/engine, web/site < cmd/devserver/...
cmd/devserver/...                        < cmd/devserver/...
core/...                                 < internal/runner, internal/swarm
internal/runner                          < internal/swarm, internal/runner/document
core/script, github.com/cockroachdb/datadriven < internal/runner/document
cmd/etcdscope/...                        < cmd/etcdscope/...
core/..., internal/runner, internal/swarm, web/wire, web/link, web/view, web/scene, web/engine < cmd/etcdscope/...
core/rule                                < internal/tidy
core/..., test/ablation/...              < test/ablation/...
core/..., internal/runner, internal/swarm, test/mutants/... < test/mutants/...

# The browser, the network and the database are reached through these doors only.
syscall/js, honnef.co/go/js/dom/v2       < web/page, wasm, wasm/edge
net/http                                 < web/site, cmd/devserver/..., wasm/edge
database/sql                             < web/site, cmd/devserver/..., wasm/edge
github.com/syumai/workers/...            < wasm/edge
`

// timeNames are what "core/sim.Time" stands for.
var timeNames = []string{"Time", "ParseTime", "ErrTime", "Microsecond", "Millisecond", "Second", "Minute", "Hour"}

// browser are the packages that end up in the binary for the page and the worker.
var browser = []string{"wasm", "web/page", "web/engine", "web/view", "web/scene", "web/wire", "web/link",
	"web/panels"}

// heavy are packages that this binary must not contain, not even through others. One importer is let through:
// porcupine writes JSON in a function that nothing here calls, and the linker drops it (measured: 2 KB remain).
var heavy = []struct{ pattern, except, why string }{
	{"net/http", "", "it adds a megabyte; the page asks the browser to fetch"},
	{"text/template", "", "it makes the linker keep every method of every type; concatenate strings"},
	{"html/template", "", "it makes the linker keep every method of every type; set text content"},
	{"encoding/json", "github.com/anishathalye/porcupine", "the page and the engine speak msgpack"},
	{"google.golang.org/protobuf/...", "", "it makes the linker keep every method of every type; speak msgpack"},
	{"github.com/golang/protobuf/...", "", "it makes the linker keep every method of every type; speak msgpack"},
	{"github.com/gogo/protobuf/...", "", "it makes the linker keep every method of every type; speak msgpack"},
}

// grant is one line of the policy, cut at its commas.
type grant struct{ what, whom []string }

func parsePolicy(text string) []grant {
	var list []grant
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if what, whom, ok := strings.Cut(line, "<"); ok {
			list = append(list, grant{commas(what), commas(whom)})
		}
	}
	return list
}

func commas(s string) []string {
	list := strings.Split(s, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// matches reports whether one of the patterns covers the package.
func matches(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		above, tree := strings.CutSuffix(p, "/...")
		return pkg == above || (tree && strings.HasPrefix(pkg, above+"/"))
	})
}

// allowed reports whether whom may import what.
func allowed(list []grant, what, whom string) bool {
	return slices.ContainsFunc(list, func(g grant) bool { return matches(g.what, what) && matches(g.whom, whom) })
}

// checkImports holds a room to the policy. Tests may import more: they are never part of a product.
func checkImports(list []grant, r *room) []finding {
	var found []finding
	sources := r.sources()
	if len(sources) > 0 && !slices.ContainsFunc(list,
		func(g grant) bool { return matches(g.what, r.path) || matches(g.whom, r.path) }) {
		found = append(found, r.finding(sources[0].File, "the import policy does not name "+r.path+
			": give it a room in internal/tidy, by an ADR"))
	}
	for _, f := range sources {
		for i, name := range importsOf(f) {
			if msg := checkImport(list, r, f, name); msg != "" {
				found = append(found, r.finding(f.Imports[i], msg))
			}
		}
	}
	return found
}

func checkImport(list []grant, r *room, f file, name string) string {
	what, inside := strings.CutPrefix(name, module)
	guarded := inside || strings.Contains(strings.Split(name, "/")[0], ".") ||
		slices.ContainsFunc(list, func(g grant) bool { return matches(g.what, name) })
	if !guarded || allowed(list, what, r.path) {
		return ""
	}
	if allowed(list, what+".Time", r.path) {
		return checkTimeOnly(f, name)
	}
	for _, g := range list {
		if !inside && matches(g.what, what) {
			return r.path + " may not import " + what + ": only " + strings.Join(g.whom, ", ") +
				" may; pass values to one of them"
		}
	}
	return r.path + " may not import " + what +
		": pass values up instead, or move the wall by an ADR and internal/tidy's policy"
}

// checkTimeOnly looks at what a file uses of a package that it may import for its time.
func checkTimeOnly(f file, name string) string {
	base := name[strings.LastIndex(name, "/")+1:]
	msg := ""
	ast.Inspect(f.File, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == base && !slices.Contains(timeNames, s.Sel.Name) {
			msg = "here only the time of " + base + " may be used, not " + base + "." + s.Sel.Name + ": return it in the output"
		}
		return true
	})
	return msg
}

func TestImportPolicy(t *testing.T) {
	list := parsePolicy(policy)
	for _, r := range rooms(t) {
		report(t, checkImports(list, r))
	}
}

// TestWalls asks the policy about the directions that the design promises, so that no generous line opens them.
func TestWalls(t *testing.T) {
	list := parsePolicy(policy)
	for _, c := range []struct{ what, whom string }{
		{"web/wire", "core/world"}, {"web/view", "core/lesson"}, {"web/link", "core/script"},
		{"core/sim", "core/raft"}, {"core/sim", "core/raft/log"}, {"core/sim", "core/mvcc"}, {"core/sim", "core/watch"},
		{"core/sim", "core/lease"}, {"core/sim", "core/compact"}, {"core/sim", "core/kube"},
		{"core/sim.Time", "core/raft"}, {"core/sim.Time", "core/mvcc"}, {"core/raft", "core/mvcc"},
		{"core/mvcc", "core/raft"},
		{"core/world", "core/script"}, {"web/page", "web/scene"}, {"web/page", "web/view"}, {"core/world", "web/page"},
		{"core/raft", "core/check"}, {"core/mvcc", "core/check"}, {"core/etcd", "core/check"},
		{"syscall/js", "web/scene"}, {"syscall/js", "web/engine"}, {"syscall/js", "core/world"},
		{"net/http", "web/page"}, {"net/http", "wasm"}, {"net/http", "web/engine"}, {"net/http", "cmd/etcdscope"},
		{"github.com/anishathalye/porcupine", "core/world"},
	} {
		if allowed(list, c.what, c.whom) {
			t.Errorf("the policy lets %s import %s", c.whom, c.what)
		}
	}
}

// checkBrowser looks through dependencies, each a line of a package and what it imports.
func checkBrowser(deps []string) []string {
	var found []string
	for _, line := range deps {
		list := strings.Fields(line)
		for _, h := range heavy {
			for _, name := range list[1:] {
				if matches([]string{h.pattern}, name) && list[0] != h.except {
					found = append(found, "the browser binary contains "+name+", which "+list[0]+" imports: "+h.why)
				}
			}
		}
	}
	return found
}

func TestBrowserDependencies(t *testing.T) {
	args := []string{"-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}"}
	for _, r := range rooms(t) {
		if slices.Contains(browser, r.path) && len(r.sources()) > 0 {
			args = append(args, "./"+r.path)
		}
	}
	out, err := goList([]string{"GOOS=js", "GOARCH=wasm"}, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, msg := range checkBrowser(strings.Split(strings.TrimSpace(out), "\n")) {
		t.Error(msg)
	}
}
