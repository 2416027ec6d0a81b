package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// whyCard explains what is selected; m is the member if it is one that has a second page of its menu.
func whyCard(w *wire.Why, m *wire.Member) []Node {
	if w == nil {
		return []Node{h("p", key("empty"), emptyWhy)}
	}
	out := []Node{button("select ", key("close"), class("quiet square close"), attr("aria-label", "Close the card"),
		icon("close")), h("h4", key("title"), w.Title)}
	for i, t := range w.Text {
		out = append(out, h("p", key("p"+strconv.Itoa(i)), t))
	}
	if len(w.Facts) > 0 {
		out = append(out, factList(w.Facts))
	}
	if len(w.Stages) > 0 {
		out = append(out, stageBar(w.Stages))
	}
	for _, r := range w.Rules {
		out = append(out, h("p", key("r"+r.Name), class("rule"), h("b", r.Name), " "+r.Sentence+" ", h("code", r.Ref)))
	}
	out = append(out, causes(w)...)
	acts := h("div", key("acts"), class("acts"))
	if w.At >= 0 {
		acts.add(button("seek "+strconv.FormatInt(w.At, 10), icon("time"), "Go to "+text.Clock(w.At)))
	}
	for _, b := range w.Actions {
		acts.add(button("do "+b.Command, attr("title", b.Command), b.Label))
	}
	if m != nil {
		acts.add(button("menu "+m.Name+" more", attr("aria-haspopup", "menu"), labelMore))
	}
	if len(acts.Kids) > 0 {
		out = append(out, acts)
	}
	return out
}

func factList(list []wire.Fact) Node {
	facts := h("dl", key("facts"))
	for _, f := range list {
		facts.add(h("div", h("dt", f.Label), h("dd", f.Value)))
	}
	return facts
}

// causes is the chain from what is explained back to its beginning; each link of it can be asked for its own.
func causes(w *wire.Why) []Node {
	if len(w.Causes) == 0 {
		return nil
	}
	list := h("ol", key("causes"), class("causes"))
	for i := range w.Causes {
		c := &w.Causes[i]
		list.add(h("li", key("e"+strconv.FormatUint(c.Seq, 10)),
			button("select "+c.Select.String(), when(c.Tone != wire.Plain, class(c.Tone.String())),
				attr("title", "Why?"), eventParts(c))))
	}
	return []Node{h("p", key("because"), class("quiet-text"), "because, from the nearest cause back:"), list}
}

// whilePlaying is how many records are listed while the run plays: more cannot be read, and each costs a part of the
// frame.
const whilePlaying = 24

// events is the newest records; each can be asked why.
func events(f *wire.Frame) []Node {
	if len(f.Events) == 0 {
		return empty(emptyEvents)
	}
	var chosen wire.Selection
	if f.Why != nil {
		chosen = f.Why.Subject
	}
	list := f.Events
	if extra := len(list) - whilePlaying; f.Playback.Playing && extra > 0 {
		list = list[extra:]
	}
	out := make([]Node, 0, len(list))
	for i := range list {
		e := &list[i]
		cls := "ev " + e.Tone.String()
		if e.Select == chosen && chosen.Of != wire.Nothing {
			cls += " on"
		}
		out = append(out, h("div", key("e"+strconv.FormatUint(e.Seq, 10)), attr("role", "listitem"),
			button("select "+e.Select.String(), class(cls), attr("title", "Why?"), eventParts(e))))
	}
	return []Node{h("div", key("list"), attr("role", "list"), out)}
}

func eventParts(e *wire.Event) []Node {
	return []Node{h("span", text.Stamp(e.At)), h("span", e.Where), h("span", h("b", e.Verb), " "+e.Text)}
}

// eventText says a record in one line, for announcements.
func eventText(e *wire.Event) string {
	return e.Where + " " + e.Verb + " " + e.Text
}
