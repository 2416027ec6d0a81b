package page

import (
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// maxLines is how many console lines are kept.
const maxLines = 400

// console is the line that is typed, and the lines that were printed.
type console struct {
	*instance
	history History
}

// enter sends what was typed.
func (p *console) enter() {
	input := p.raw("input")
	text := strings.TrimSpace(input.Get("value").String())
	if text != "" {
		p.history.Add(text)
	}
	input.Set("value", "")
	p.fit()
	p.perform("typed " + text) // an empty line ends a list of a transaction that is being typed
}

// key handles history and completion while the console has the focus.
func (p *console) key(e js.Value) bool {
	input := p.raw("input")
	now := input.Get("value").String()
	switch e.Get("key").String() {
	case "Enter":
		if e.Get("shiftKey").Bool() || e.Get("isComposing").Bool() {
			return false // another line
		}
		p.enter()
	case "ArrowUp", "ArrowDown":
		by := 1
		if e.Get("key").String() == "ArrowUp" {
			by = -1
		}
		if strings.Contains(now, "\n") && !p.history.Holds(now) {
			return false // between the lines of what is being typed
		}
		input.Set("value", p.history.Move(by, now))
		p.fit()
	case "Tab":
		if now == "" || e.Get("shiftKey").Bool() {
			return false // Tab leaves an empty field, as everywhere
		}
		p.ask(wire.Action{Kind: wire.Complete, Text: now})
	default:
		return false
	}
	e.Call("preventDefault")
	return true
}

// inputRows is how many lines of the console's input are shown at once.
const inputRows = 8

// fit makes the field as high as what is typed, up to a limit.
func (p *console) fit() {
	input := p.raw("input")
	input.Set("rows", min(1+strings.Count(input.Get("value").String(), "\n"), inputRows))
}

// complete takes the engine's completions: what they share is typed, and when there are several they are shown.
func (p *console) complete(options []string) {
	input := p.raw("input")
	if focused().Equal(input) {
		input.Set("value", completed(input.Get("value").String(), options))
	}
	if len(options) > 1 {
		p.print([]wire.Line{{Kind: wire.LineNote, Text: strings.Join(options, "\n")}})
		p.open()
	}
}

// print adds to the console's output, and shows the last in short beside the input.
func (p *console) print(list []wire.Line) {
	if len(list) == 0 {
		return
	}
	out := p.raw("lines")
	var html []byte
	for _, l := range list {
		n := h("div", class(l.Kind.String()), l.Text)
		html = n.HTML(html, &p.options)
	}
	out.Call("insertAdjacentHTML", "beforeend", string(html))
	for extra := out.Get("childElementCount").Int() - maxLines; extra > 0; extra-- {
		out.Get("firstElementChild").Call("remove")
	}
	out.Set("scrollTop", 1e7)
	last := list[len(list)-1]
	for _, l := range list {
		if l.Kind == wire.LinePage {
			p.open()
		}
		if l.Kind == wire.LineErr {
			last = l
		}
	}
	text, _, more := strings.Cut(last.Text, "\n")
	if more {
		text += " …"
	}
	p.setText("last", text)
	p.raw("last").Set("className", "last "+last.Kind.String())
	if p.raw("lines").Get("hidden").Bool() && (last.Kind == wire.LineErr || last.Kind == wire.LineOut) {
		p.setText("live", last.Text) // the output is a live region too, but only while it is open
	}
}

func (p *console) open() {
	if p.raw("lines").Get("hidden").Bool() {
		p.toggle()
	}
}

func (p *console) toggle() {
	open := p.raw("lines").Get("hidden").Bool()
	p.show("lines", open)
	p.raw("prompt").Call("querySelector", "[data-a=lines]").Call("setAttribute", "aria-expanded", flag(open))
	p.raw("lines").Set("scrollTop", 1e7)
}
