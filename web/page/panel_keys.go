package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// KeysPanel is the store, keys by revisions: a row for each key, a column for each revision, and a slider that reads at
// one of them.
func KeysPanel(k *wire.Keys, f *wire.Frame) []Node {
	var chosen wire.Selection
	if f.Why != nil {
		chosen = f.Why.Subject
	}
	facts := h("div", key("facts"), class("facts"),
		h("span", class("pill"), k.Member+" at revision ", h("b", decimal(k.Revision))),
		h("span", class("pill"), h("b", strconv.Itoa(k.Count)), " keys"))
	if k.Compacted > 0 {
		facts.add(h("span", class("pill"), "compacted ", h("b", decimal(k.Compacted))))
	}
	if k.Compaction != "" {
		facts.add(h("span", class("pill good"), k.Compaction))
	}
	facts.add(button("op txn", "Transaction …"))
	out := []Node{facts, reader(k)}
	if k.Error != "" {
		out = append(out, h("p", key("error"), class("note bad"), attr("role", "status"), h("code", "Error: "+k.Error)))
	}
	if len(k.Rows) == 0 && k.Count == 0 {
		return append(out, empty(emptyKeys)...)
	}
	var rows []Node
	for i := range k.Rows {
		rows = append(rows, keyRow(k, &k.Rows[i], chosen))
	}
	return append(out,
		h("div", key("grid"), class("newest-right"),
			h("div", h("table", class("log revs"), attr("aria-label", "Keys by revisions"),
				h("thead", revisionHeads(k), memberHeads(k)), h("tbody", rows)))),
		keysLegend(k), keysWindow(k))
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// reader is the slider that reads at a revision, and what a compaction to it would be.
func reader(k *wire.Keys) Node {
	text := "now"
	if k.Read != k.Revision {
		text = "get --rev " + decimal(k.Read)
	}
	row := h("div", key("reader"), class("reader"), h("label", attr("for", "key-rev"), "Read at"),
		h("input", attr("type", "range"), attr("id", "key-rev"), attr("min", "1"), attr("max", decimal(k.Revision)),
			attr("step", "1"),
			attr("value", decimal(k.Read)), attr("aria-valuetext", "revision "+decimal(k.Read))),
		h("output", text))
	if k.Read != k.Revision {
		row.add(button("look rev 0", "Now"))
	}
	if k.Read > k.Compacted && k.Read > 1 {
		row.add(button("do compaction "+decimal(k.Read), attr("title", "compaction "+decimal(k.Read)), "Compact to "+
			decimal(k.Read)))
	}
	return row
}

// column is the class of a revision's cells.
func column(k *wire.Keys, rev int64) string {
	cls := ""
	if rev < k.Compacted {
		cls = "old"
	}
	if rev == k.Read {
		cls += " at"
	}
	return cls
}

func revisionHeads(k *wire.Keys) Node {
	row := h("tr", h("th", attr("scope", "col"), "revision"))
	for rev := k.First; rev <= k.Last; rev++ {
		row.add(h("th", key(decimal(rev)), attr("scope", "col"), class(column(k, rev)), decimal(rev)))
	}
	return row
}

// memberHeads puts each member under the newest revision that it has applied.
func memberHeads(k *wire.Keys) Node {
	row := h("tr", class("match"), h("th", attr("scope", "row"), h("span", class("sr"), "Members")))
	for rev := k.First; rev <= k.Last; rev++ {
		td := h("td", key(decimal(rev)))
		for i := len(k.Heads) - 1; i >= 0; i-- { // the style sheet lets them grow to the left
			m := &k.Heads[i]
			if m.Revision == rev || (m.Revision > k.Last && rev == k.Last) ||
				(m.Revision < k.First && m.Revision > 0 && rev == k.First) {
				text := m.Name + " is at revision " + decimal(m.Revision)
				td.add(h("span", attr("title", text), m.Name, h("span", class("sr"), text)))
			}
		}
		row.add(td)
	}
	return row
}

func keyRow(k *wire.Keys, r *wire.KeyRow, chosen wire.Selection) Node {
	answer := h("small", r.Value)
	switch {
	case r.Pending != "":
		answer = h("small", class("quiet-text"), r.Pending)
	case k.Error != "":
		answer = h("small", "\u00a0")
	case !r.Found:
		answer = h("small", class("quiet-text"), "no such key")
	}
	row := h("tr", key(r.Key), h("th", attr("scope", "row"), attr("title", r.Key),
		button("select "+wire.Selection{Of: wire.SelectKey, Key: r.Key}.String(), class("link"), r.Key), answer))
	alive, next := false, 0
	for rev := k.First; rev <= k.Last; rev++ {
		alive = alive || rev == r.Since
		cls := column(k, rev)
		if next == len(r.Versions) || r.Versions[next].Revision != rev {
			if alive {
				cls += " band"
			}
			row.add(h("td", key(decimal(rev)), class(cls)))
			continue
		}
		v := &r.Versions[next]
		next++
		row.add(h("td", key(decimal(rev)), class(cls), versionCell(r.Key, v, chosen)))
		alive = v.Number > 0
	}
	return row
}

func versionCell(name string, v *wire.KeyVersion, chosen wire.Selection) Node {
	text, cls := decimal(v.Number), "ver "+v.Fate.String()
	if v.Number == 0 {
		text, cls = "†", cls+" tomb"
	}
	if v.Fate == wire.VersionGone {
		return h("span", class(cls), attr("title", v.Title), text)
	}
	id := wire.Selection{Of: wire.SelectKeyVersion, Number: v.Revision, Key: name}
	if id == chosen {
		cls += " on"
	}
	return button("select "+id.String(), class(cls), attr("title", v.Title), attr("aria-label", v.Title), text)
}

// keysLegend says what the boxes mean; what is not in sight is left out.
func keysLegend(k *wire.Keys) Node {
	list := h("div", key("legend"), class("legend"))
	item := func(cls, sign, text string) { list.add(h("span", key(cls), h("b", class("ver "+cls), sign), text)) }
	seen := map[wire.VersionFate]bool{}
	for i := range k.Rows {
		for _, v := range k.Rows[i].Versions {
			seen[v.Fate] = true
		}
	}
	item("", "2", "version")
	item("tomb", "†", "deleted")
	for fate, text := range [...]string{wire.VersionKept: "compacted, but kept", wire.VersionGoing: "still to be dropped",
		wire.VersionGone: "dropped", wire.VersionWould: "dropped if compacted to here"} {
		if f := wire.VersionFate(fate); text != "" && seen[f] {
			item(f.String(), "2", text)
		}
	}
	return list
}

// keysWindow chooses which keys are shown.
func keysWindow(k *wire.Keys) Node {
	row := h("div", key("window"), class("facts"), h("label", class("note"), "Keys from ",
		h("input", attr("type", "text"), attr("id", "key-from"), class("key-from"), attr("value", k.From),
			attr("placeholder", "the first"),
			attr("spellcheck", "false"), attr("autocapitalize", "off"))))
	if k.From != "" {
		row.add(button("look from ", "Back"))
	}
	switch {
	case k.Recent:
		row.add(button("look from "+k.Next, "All keys"))
		row.add(h("span", class("note"), "shown: what changed in these revisions"))
	case k.Next != "":
		row.add(button("look from "+k.Next, "Next"))
	}
	return row
}
