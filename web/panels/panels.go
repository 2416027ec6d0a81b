// Package panels is the list of the page's panels: each is one entry of All.
//
// An entry joins two functions of the same panel that must not know each other: web/view's, from a run to what is
// shown, which runs beside the simulator, and web/page's, from that to nodes, which runs beside the document. In
// between the value is encoded (wire.Content), so that nothing else on the way has to know its type.
package panels

import (
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/page"
	"github.com/etcdscope/etcdscope/web/view"
	"github.com/etcdscope/etcdscope/web/wire"
)

// All is the panels in the order of their tabs. The first is shown at the beginning.
var All = []Panel{
	entry("log", "Log", view.Log, page.LogPanel),
	entry("keys", "Keys", view.Keys, page.KeysPanel),
	entry("watches", "Watches", view.Watches, page.WatchesPanel),
	entry("leases", "Leases", view.Leases, page.LeasesPanel),
	entry("stores", "Database", view.Databases, page.DatabasesPanel),
	entry("clients", "Clients", view.Clients, page.ClientsPanel),
	entry("metrics", "Metrics", view.Metrics, page.MetricsPanel),
	entry("checks", "Checks", view.Checks, page.ChecksPanel),
	entry("tape", "Tape", view.Tape, page.TapePanel),
}

// Panel is one panel. Its ID stands in links.
type Panel struct {
	ID, Title string
	project   func(*world.Run, view.Lens) *wire.Content
	render    func(*wire.Content, *wire.Frame) []page.Node
}

func entry[T any](id, title string, project func(*world.Run, view.Lens) *T,
	render func(*T, *wire.Frame) []page.Node) Panel {
	return Panel{id, title,
		func(run *world.Run, lens view.Lens) *wire.Content {
			shown := project(run, lens)
			if shown == nil {
				return nil
			}
			data, err := wire.Encode(shown)
			if err != nil {
				panic(err) // no panel's type holds what msgpack cannot: held by a test
			}
			return &wire.Content{Data: data}
		},
		func(c *wire.Content, f *wire.Frame) []page.Node {
			var shown T
			if err := wire.Decode(c.Data, &shown); err != nil {
				panic(err) // both sides are one binary
			}
			return render(&shown, f)
		}}
}

// Views is what the engine needs of them.
func Views() (list []view.Panel) {
	for _, p := range All {
		list = append(list, view.Panel{ID: p.ID, Project: p.project})
	}
	return list
}

// Pages is what the page needs of them.
func Pages() (list []page.Panel) {
	for _, p := range All {
		list = append(list, page.Panel{ID: p.ID, Title: p.Title, Render: p.render})
	}
	return list
}
