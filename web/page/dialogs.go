package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Limits of a fresh run, as the form offers them.
const (
	maxMembers = 9
	maxClients = 4
)

// freshForm asks what a new run shall be. Its first button is the one that Enter means; the style sheet shows it last.
func freshForm(c *wire.Catalog, r *wire.Run, seed uint64) []Node {
	presets := h("div", class("choices"))
	for _, p := range c.Presets {
		presets.add(h("label", class("choice"), h("input", attr("type", "radio"), attr("name", "preset"),
			attr("value", p.Name), when(p.Name == r.Preset, attr("checked", ""))),
			h("b", p.Name), h("span", p.Text)))
	}
	return []Node{
		h("fieldset", h("legend", "Members"), numbers("members", maxMembers, r.Members)),
		h("fieldset", h("legend", "Clients"), numbers("clients", maxClients, r.Clients)),
		h("fieldset", h("legend", "Latencies and timeouts"), presets),
		h("fieldset", h("legend", "Entries between two snapshots / entries kept behind one"), snapshots()),
		switches(c, r),
		h("div", class("fields"), h("label", "Seed", h("input", attr("type", "text"), attr("id", "fresh-seed"),
			attr("inputmode", "numeric"), attr("pattern", "[0-9]*"), attr("value", strconv.FormatUint(seed, 10)))),
			button("reseed", "New seed")),
		h("p", class("note"), "The same seed and settings give the same run, event for event."),
		h("div", class("foot"), h("button", attr("value", "ok"), class("primary"), "Start"),
			h("button", attr("value", "cancel"), "Cancel")),
	}
}

// snapshotChoices are how often a member takes a snapshot and how much of its log it keeps behind it.
var snapshotChoices = [...]struct{ text, settings string }{
	{"etcd's 10,000 / 5,000", ""},
	{"20 / 5, to watch it happen", "snapshot-count=20 catch-up=5"},
}

func snapshots() Node {
	row := h("div", class("row"))
	for _, c := range snapshotChoices {
		row.add(h("label", class("check"),
			h("input", attr("type", "radio"), attr("name", "snapshots"), attr("value", c.settings),
				when(c.settings == "", attr("checked", ""))), c.text))
	}
	return row
}

// switches are the rules that a run can be without. They are folded away: what runs then is no longer Raft.
func switches(c *wire.Catalog, r *wire.Run) Node {
	list := h("div", class("choices"), h("p", class("note"), noteSwitches))
	for _, s := range c.Switches {
		list.add(h("label", class("choice"), h("input", attr("type", "checkbox"), attr("name", "off"), attr("value", s.Name),
			when(slices.Contains(r.Modified, s.Name), attr("checked", ""))), h("b", s.Name), h("span", s.Sentence)))
	}
	return h("details", when(len(r.Modified) > 0, attr("open", "")), h("summary", labelSwitches), list)
}

func numbers(name string, most, chosen int) Node {
	row := h("div", class("number"))
	for i := 1; i <= most; i++ {
		n := strconv.Itoa(i)
		row.add(h("label", class("check"), h("input", attr("type", "radio"), attr("name", name), attr("value", n),
			when(i == chosen, attr("checked", "")), when(i == chosen, attr("autofocus", ""))), n))
	}
	return row
}

// freshText is what the form says, as the engine wants it; off are the rules to do without, snapshots is one of
// snapshotChoices.
func freshText(members, clients, preset, seed, snapshots string, off []string) string {
	var words []string
	for _, w := range [][2]string{{"members", members}, {"clients", clients}, {"preset", preset}, {"seed", seed},
		{"off", strings.Join(off, ",")}} {
		if w[1] != "" {
			words = append(words, w[0]+"="+w[1])
		}
	}
	if snapshots != "" {
		words = append(words, snapshots)
	}
	return strings.Join(words, " ")
}

// shareForm shows the link of this moment.
func shareForm(link string, f *wire.Frame) []Node {
	return []Node{
		h("p", class("note"), linkHolds),
		h("div", class("linkbox"), h("input", attr("type", "text"), attr("id", "share-link"), attr("readonly", ""),
			attr("aria-label", "Link"), attr("value", link)),
			button("copy", class("primary"), "Copy")),
		h("p", class("note"), "It stops at "+text.Clock(f.Playback.Now)+". ",
			h("span", class("m"), strconv.Itoa(len(link))+" characters."), " ",
			h("span", attr("id", "copied"), attr("role", "status"))),
		h("div", class("foot"), h("button", attr("value", "ok"), "Done"), button("still", "Save the picture (SVG)")),
	}
}

// helpPage is what the keys and the shapes mean.
func helpPage(lettersOff bool) []Node {
	page := []Node{h("h3", "How to read the picture"), h("div", class("shapes"), legend()),
		h("p", class("note"),
			"The number in a member is its term; the colour goes with it. The ring around a member is its election timer: "+
				"when it is full, the member asks for votes. "+
				"Pills on the lines are messages; click one to drop, delay, hold or duplicate it. The little arrows on the "+
				"lines cut one direction.")}
	for _, part := range []struct {
		title  string
		member bool
	}{{"Keys", false}, {"Keys while a member has the focus", true}} {
		list := h("ul", class("keys"))
		for _, b := range Bindings {
			if b.Member == part.member {
				list.add(h("li", h("span", h("kbd", b.Show)), b.Text))
			}
		}
		page = append(page, h("h3", part.title), list)
	}
	return append(page,
		h("p", h("label", class("check"), h("input", attr("type", "checkbox"), attr("id", "letters"),
			when(!lettersOff, attr("checked", ""))), lettersOn)),
		h("p", class("note"),
			"The console at the bottom takes the same commands as the buttons; type help there, or Tab for what fits."),
		h("div", class("foot"), h("button", attr("value", "ok"), class("primary"), "Close")))
}

// legend draws one member of each kind, with the drawing of the stage.
func legend() []Node {
	var out []Node
	for _, m := range []struct {
		text string
		m    wire.Member
	}{
		{"leader", wire.Member{Role: wire.RoleLeader, Term: 4, Up: true}},
		{"follower", wire.Member{Role: wire.RoleFollower, Term: 4, Up: true, Timer: wire.Timer{Elapsed: 60, Timeout: 100}}},
		{"candidate", wire.Member{Role: wire.RoleCandidate, Term: 5, Up: true, Votes: "1 of 3"}},
		{"pre-candidate", wire.Member{Role: wire.RolePreCandidate, Term: 4, Up: true}},
		{"learner", wire.Member{Role: wire.RoleLearner, Term: 4, Up: true}},
		{"leads in its own belief only", wire.Member{Role: wire.RoleLeader, Term: 3, Up: true, Believes: true}},
		{"down", wire.Member{Role: wire.RoleDown, Term: 4}},
		{"paused", wire.Member{Role: wire.RoleFollower, Term: 4, Up: true, Paused: true}},
		{"entries not yet on disk", wire.Member{Role: wire.RoleFollower, Term: 4, Up: true, Disk: wire.Disk{Entries: 2}}},
		{"proposals that wait for a leader", wire.Member{Role: wire.RoleFollower, Term: 4, Up: true, Queue: 3}},
	} {
		m.m.Name = "x"
		drawn := scene.Portrait(&m.m, 26)
		out = append(out, h("div", h("svg", attr("viewBox", "-47 -42 94 84"), attr("aria-hidden", "true"), shapeNode(&drawn)),
			m.text))
	}
	return out
}
