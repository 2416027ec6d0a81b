package page

import (
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"github.com/etcdscope/etcdscope/web/wire"
)

// instance is what all parts of one page share: its markup, the frame that it shows, and where intents and actions go.
type instance struct {
	options   Options
	root      js.Value
	host      js.Value                         // what boot.js gave: the worker, fail
	motion    js.Value                         // static/motion.js and paint.js, for this instance
	painter   js.Value                         //
	els       map[string]*dom.BasicHTMLElement // by id; looked up once
	regions   map[string]*region
	pen       pen
	texts     map[string]string // by id, as they stand
	frame     *wire.Frame       // nil before the first
	reduced   bool              // the system asks for less motion
	perform   func(intent string)
	ask       func(...wire.Action)
	listening js.Value // an AbortController: ends all listeners
	callbacks []js.Func
}

// the ids of all elements that Go touches.
var ids = []string{"app", "run-title", "run-pills", "banner", "summary", "pills", "canvas", "scene", "hits", "menu",
	"hint", "loading",
	"op", "splitter", "loader", "adder", "flight", "tools", "tabs", "panel", "why", "events", "transport", "timeline",
	"tl", "tl-spans", "tl-ticks",
	"tl-marks", "tl-head", "seek", "tl-tip", "lines", "prompt", "input", "last", "version", "live", "alert", "dlg-fresh",
	"fresh-form", "fresh-body",
	"dlg-share", "share-body", "dlg-paste", "paste", "h-paste", "dlg-help", "help-body", "fatal-fresh"}

func newInstance(host js.Value, o Options) *instance {
	n := &instance{
		options: o, host: host, root: host.Get("root"), motion: js.Global().Call("Motion"),
		els: map[string]*dom.BasicHTMLElement{}, regions: map[string]*region{}, texts: map[string]string{},
		listening: js.Global().Get("AbortController").New(),
	}
	n.painter = js.Global().Call("Paint", n.motion)
	all := n.painter.Get("all")
	n.pen.page, n.pen.do = &n.options, func(text string) { all.Invoke(text) }
	for _, id := range ids {
		n.els[id] = n.element(id)
	}
	for _, id := range []string{"run-pills", "banner", "pills", "hits", "menu", "op", "splitter", "loader", "adder",
		"flight", "tools", "tabs", "panel", "why",
		"events", "transport", "fresh-body", "share-body", "help-body"} {
		n.regions[id] = n.newRegion(n.raw(id), false)
	}
	for _, id := range []string{"tl-spans", "tl-ticks", "tl-marks", "tl-head"} {
		n.regions[id] = n.newRegion(n.raw(id), true)
	}
	n.reduced = js.Global().Call("matchMedia", "(prefers-reduced-motion: reduce)").Get("matches").Bool()
	n.motion.Call("quarters", n.reduced)
	return n
}

// find is an element of this instance as the browser has it, or null.
func (n *instance) find(id string) js.Value {
	return document().Call("getElementById", n.options.id(id))
}

// nameOf is what an element of this instance is called in it; "" if it has no id.
func (n *instance) nameOf(el js.Value) string { return n.options.nameOf(el.Get("id").String()) }

// element gives dom's type to an element. dom's own GetElementByID tries the constructors of sixty types for it, which
// takes 87 µs and has the linker keep them all: 17 KB of brotli.
func (n *instance) element(id string) *dom.BasicHTMLElement {
	return &dom.BasicHTMLElement{BasicElement: &dom.BasicElement{BasicNode: &dom.BasicNode{Value: n.find(id)}}}
}

// raw is an element as the browser has it, for what dom has no type for.
func (n *instance) raw(id string) js.Value { return n.els[id].Underlying() }

func (n *instance) show(id string, on bool) { n.raw(id).Set("hidden", !on) }

func (n *instance) setText(id, text string) {
	if n.texts[id] != text {
		n.texts[id] = text
		n.raw(id).Set("textContent", text)
	}
}

// hint shows a sentence over the picture; "" takes it away.
func (n *instance) hint(text string) {
	n.setText("hint", text)
	n.show("hint", text != "")
}

// callback is a function that the browser may call until the page is unmounted.
func (n *instance) callback(do func(js.Value)) js.Func {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		do(args[0])
		return nil
	})
	n.callbacks = append(n.callbacks, f)
	return f
}

// on listens until the page is unmounted, without the wrappers of dom.
func (n *instance) on(el js.Value, event string, do func(js.Value)) {
	el.Call("addEventListener", event, n.callback(do), map[string]any{"signal": n.listening.Get("signal")})
}

// remembered and remember keep small choices; a browser that forbids it simply forgets.
func (n *instance) remembered(name string) (value string) {
	if !n.options.Storage {
		return ""
	}
	defer func() {
		if recover() != nil {
			value = ""
		}
	}()
	if v := js.Global().Get("localStorage").Call("getItem", n.options.storageKey(name)); v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

func (n *instance) remember(name, value string) {
	if !n.options.Storage {
		return
	}
	defer func() { _ = recover() }() // storage may be forbidden: the choice then lasts as long as the page
	js.Global().Get("localStorage").Call("setItem", n.options.storageKey(name), value)
}

func document() js.Value { return js.Global().Get("document") }

// focused is the element that has the focus, of whatever instance.
func focused() js.Value { return document().Get("activeElement") }

// focus moves the focus to an element, and nothing else.
func focus(el js.Value) { el.Call("focus", preventScroll) }

var preventScroll = js.ValueOf(map[string]any{"preventScroll": true})

// opener is what had the focus before something opened over the page.
type opener struct{ el js.Value }

func (o *opener) hold() { o.el = focused() }

func (o *opener) giveBack() {
	if o.el.Truthy() {
		focus(o.el)
	}
}

var performance = js.Global().Get("performance")

// now is the wall time, ms.
func now() float64 { return performance.Call("now").Float() }
