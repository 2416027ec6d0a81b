package page

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/web/wire"
)

// watchesPanel is what the clients watch, and what they were told.
func watchesPanel(w *wire.Watches) []Node {
	out := []Node{h("div", key("acts"), class("facts"), button("op watch", icon("watch"), "Watch …"))}
	if len(w.Rows) == 0 {
		return append(out, empty(emptyWatches)...)
	}
	var rows []Node
	for i := range w.Rows {
		rows = append(rows, watchRow(&w.Rows[i]))
	}
	out = append(out, table("watches", []string{"watch", "at", "state", "#next", "#behind", "#told"}, rows))
	if w.More > 0 {
		out = append(out, more(w.More, "watches"))
	}
	list := h("div", key("told"), class("told"), attr("role", "log"), attr("aria-label", "What watches were told"))
	for i := range w.Told {
		t := &w.Told[i]
		list.add(h("div", h("span", class("quiet-text"), stamp(t.At)), button("select "+t.Select, class("link"), t.Watch),
			h("pre", t.Text)))
	}
	return append(out, list)
}

func watchRow(x *wire.Watch) Node {
	state := h("td", h("span", class(x.Tone), x.State))
	if x.Err != "" {
		state.add(h("div", class("m quiet-text"), x.Err))
	}
	if x.Resumes > 0 {
		state.add(h("div", class("quiet-text"), "resumed "+strconv.Itoa(x.Resumes)+"×"))
	}
	behind := h("td", class("n"), decimal(x.Behind))
	if x.Queued > 0 {
		behind.add(h("div", class("bad"), strconv.Itoa(x.Queued)+" queued"))
	}
	return h("tr", key(x.Name), h("td", button("select "+x.Select, class("link nowrap"),
		attr("title", "Explain this watch"), x.Name), h("div", class("m"), x.Range)),
		h("td", x.Member), state, number(x.Next), behind, h("td", class("n"), strconv.Itoa(x.Events)))
}

func more(n int, what string) Node {
	return h("p", key("more"), class("empty"), strconv.Itoa(n)+" more "+what)
}

// leasesPanel is the leases, with the time that they have by the clock of the member that counts.
func leasesPanel(l *wire.Leases) []Node {
	who := "counts their time"
	if !l.Counts {
		who = "keeps them forever: it does not lead"
	}
	facts := h("div", key("facts"), class("facts"), button("op lease", icon("time"), "Grant …"))
	if len(l.Rows) == 0 {
		return append([]Node{facts}, empty(emptyLeases)...)
	}
	facts.add(h("span", class("pill"), h("b", l.Member), " "+who))
	var rows []Node
	for i := range l.Rows {
		rows = append(rows, leaseRow(l, &l.Rows[i]))
	}
	out := []Node{facts, table("leases", []string{"lease", "#granted", "left", "keys", ""}, rows)}
	if l.More > 0 {
		out = append(out, more(l.More, "leases"))
	}
	return out
}

func leaseRow(l *wire.Leases, x *wire.Lease) Node {
	left := h("td", class("left"), "forever")
	switch {
	case l.Counts && x.Left <= 0:
		left = h("td", class("left"), h("span", class("bad"), "expired, on its way out"))
	case l.Counts:
		left = h("td", class("left"), bar("Time left of lease "+x.ID, x.Left/1000, x.TTL*1000), span(x.Left))
	}
	return h("tr", key(x.ID),
		h("td", class("m"), button("select "+x.Select, class("link"), attr("title", "Explain this lease"), x.ID)),
		h("td", class("n"), decimal(x.TTL)+" s"), left, h("td", class("m"), strings.Join(x.Keys, " ")),
		h("td", button("op put . . "+x.ID, class("small"), attr("title", "Write a key with this lease"), "Write")))
}

// bar shows a share, as text beside it says, too.
func bar(name string, value, of int64) Node {
	return h("progress", attr("aria-label", name), attr("max", decimal(max(of, 1))), attr("value", decimal(value)))
}

// storesPanel is the members' database files.
func storesPanel(d *wire.Databases) []Node {
	facts := h("div", key("facts"), class("facts"), button("op compaction", icon("compact"), "Compact …"),
		button("do defrag --cluster", "Defragment all"))
	for _, a := range d.Alarms {
		facts.add(h("span", class("pill bad"), h("b", "alarm "+a)))
	}
	if len(d.Alarms) > 0 {
		facts.add(button("do alarm disarm", "Disarm"))
	}
	var rows []Node
	for i := range d.Rows {
		rows = append(rows, storeRow(&d.Rows[i]))
	}
	return []Node{facts,
		table("databases", []string{"member", "in use of the file", "file of the quota", "#rows", ""}, rows)}
}

func storeRow(x *wire.Database) Node {
	if !x.Up {
		return h("tr", key(x.Name), h("td", x.Name), h("td", attr("colspan", "4"), class("quiet-text"), "down"))
	}
	quota := h("td", "no quota")
	if x.Max > 0 {
		quota = h("td", class("left"), bar("File of "+x.Name+" of its quota", x.Size, x.Max), size(x.Size)+" of "+size(x.Max))
	}
	use := h("td", class("left"), bar("In use of the file of "+x.Name, x.InUse, x.Size), size(x.InUse)+" of "+size(x.Size),
		h("div", class("quiet-text"), "free pages: "+strconv.Itoa(x.Free)))
	rows := h("td", class("n"), strconv.Itoa(x.Rows))
	if x.Note != "" {
		use.add(h("div", class("good"), x.Note))
	}
	return h("tr", key(x.Name), h("td", h("b", x.Name)), use, quota, rows,
		h("td", button("do defrag --endpoint "+x.Name, class("small"), attr("title", "defrag --endpoint "+x.Name), "Defrag")))
}

// size prints bytes in the largest unit that leaves a whole number before the point, as etcdctl does.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB"}
	i, tenths := 0, n*10
	for ; tenths >= 10_000 && i < len(units)-1; i++ {
		tenths /= 1000
	}
	text := decimal(tenths / 10)
	if tenths < 100 && i > 0 {
		text += "." + decimal(tenths%10)
	}
	return text + " " + units[i]
}
