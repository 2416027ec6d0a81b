package page

import (
	"strconv"
	"strings"
)

// sheets are the tools, and the forms and lists that they open above themselves.
type sheets struct {
	*instance
	stage  *stage
	open   string // "op put" …, "splitter", "loader", "adder", "flight", "aim crash" …; "": none
	op     Operation
	groups [][]string // of the split that is being prepared
	opener opener
}

// firstOperation is what the forms are filled with at first.
var firstOperation = Operation{Verb: "put", Key: "/pods/pod1", Value: "hello", TTL: "30",
	If: `mod("/pods/pod1") = "0"`, Then: "put /pods/pod1 first", Else: "get /pods/pod1"}

// paint shows the newest frame in the tools and in what is open.
func (p *sheets) paint() {
	f := p.frame
	p.regions["tools"].paint(toolbar(f, p.open))
	p.regions["pills"].paint(status(f, p.open))
	switch p.open {
	case "flight":
		p.regions["flight"].paint(flightList(f))
	case "loader":
		p.regions["loader"].paint(loadSheet(f))
	case "adder":
		p.regions["adder"].paint(adderSheet(f))
	}
}

// toggle opens a sheet, or starts waiting for a click on a member ("aim crash"). Opening it again closes it.
func (p *sheets) toggle(name string) {
	if p.open == name {
		p.close()
		return
	}
	p.hide()
	p.opener.hold()
	p.open = name
	sheet := name
	switch {
	case name == "splitter":
		p.prepareSplit(nil)
	case strings.HasPrefix(name, "op "):
		sheet = "op"
		p.regions["op"].paint(opSheet(p.frame, p.op))
	case strings.HasPrefix(name, "aim "):
		p.hint(map[string]string{"aim crash": hintCrash, "aim pause": hintPause}[name])
		sheet = ""
	}
	p.stage.expect(name == "splitter", sheet == "")
	p.paint()
	if sheet == "" {
		p.stage.focusAny()
		return
	}
	p.show(sheet, true)
	if first := p.raw(sheet).Call("querySelector", "input, select, [data-a]:not(.close)"); first.Truthy() {
		focus(first)
		if first.Get("select").Truthy() && first.Get("type").String() == "text" {
			first.Call("select")
		}
	}
}

func (p *sheets) hide() {
	for _, s := range []string{"op", "splitter", "loader", "adder", "flight", "hint"} {
		p.show(s, false)
	}
	p.stage.expect(false, false)
}

// close closes what is open and gives the focus back.
func (p *sheets) close() {
	inside := p.root.Call("contains", focused()).Bool() && focused().Call("closest", ".sheet").Truthy()
	p.hide()
	p.open = ""
	if p.frame != nil {
		p.paint()
	}
	if inside {
		p.opener.giveBack()
	}
}

// openOp opens the form for an operation: "put", "put n2" at a member, "put . c1" by a client, "put . . 694d" with a
// lease.
func (p *sheets) openOp(arg string) {
	words := strings.Fields(arg)
	if p.open == "op "+words[0] && len(words) == 1 {
		p.close()
		return
	}
	p.op.Verb, p.op.Endpoint = words[0], ""
	if len(words) > 1 && words[1] != "." {
		p.op.Endpoint = words[1]
		if member(p.frame, words[1]) == nil {
			p.op.Endpoint = ""
		}
	}
	if len(words) > 2 && words[2] != "." {
		p.op.Client = words[2]
	}
	p.op.Lease, p.op.Revision = "", ""
	if len(words) > 3 {
		p.op.Lease = words[3]
	}
	if p.op.Verb == "compaction" {
		p.op.Revision = strconv.FormatInt(newest(p.frame), 10)
	}
	p.open = ""
	p.toggle("op " + p.op.Verb)
}

// submitOp sends the operation; the form stays open for the next one.
func (p *sheets) submitOp(verb string) {
	o := &p.op
	o.Verb = verb
	for id, into := range map[string]*string{"key": &o.Key, "value": &o.Value, "client": &o.Client,
		"endpoint": &o.Endpoint, "consistency": &o.Consistency,
		"lease": &o.Lease, "rev": &o.Revision, "ttl": &o.TTL, "if": &o.If, "then": &o.Then, "else": &o.Else} {
		if el := p.find("op-" + id); el.Truthy() {
			*into = el.Get("value").String()
		}
	}
	for id, into := range map[string]*bool{"prefix": &o.Prefix, "prev": &o.PrevKV} {
		if el := p.find("op-" + id); el.Truthy() {
			*into = el.Get("checked").Bool()
		}
	}
	p.perform("do " + o.Command())
}

// prepareSplit shows what a split would part.
func (p *sheets) prepareSplit(groups [][]string) {
	p.groups = groups
	p.regions["splitter"].paint(splitSheet(p.frame, groups))
	p.hint(strokeHint(groups))
}

// split carries it out, if anybody is parted.
func (p *sheets) split() {
	if command := splitCommand(p.groups); command != "" {
		p.perform("do " + command)
		p.close()
	}
}

// farSide reads the check boxes of the split.
func (p *sheets) farSide() [][]string {
	groups := make([][]string, 2)
	boxes := p.raw("splitter").Call("querySelectorAll", "[name=far]")
	for i := range boxes.Length() {
		side := 0
		if boxes.Index(i).Get("checked").Bool() {
			side = 1
		}
		groups[side] = append(groups[side], boxes.Index(i).Get("value").String())
	}
	return groups
}
