package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// DatabasesPanel is the members' database files.
func DatabasesPanel(d *wire.Databases, _ *wire.Frame) []Node {
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
