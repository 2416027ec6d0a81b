package page

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/web/wire"
)

// head is what stands above all else, and what is said aloud.
type head struct {
	*instance
	announcer Announcer
	summed    float64 // when the summary was last written, ms
	broken    string  // the violation that the banner shows
}

func (p *head) paint(f *wire.Frame) {
	r := &f.Run
	p.setText("run-title", r.Title)
	list := []wire.Pill{{Label: "preset", Value: r.Preset}, {Label: "seed", Value: strconv.FormatUint(r.Seed, 10)}}
	if len(r.Modified) > 0 {
		list = append(list, wire.Pill{Label: "modified Raft:", Value: strings.Join(r.Modified, ", "), Tone: wire.Bad})
	}
	p.regions["run-pills"].paint(pills(list))
	if at := now(); !f.Playback.Playing || at-p.summed > spokenEvery {
		p.summed = at
		p.setText("summary", f.Summary)
	}
	if f.Playback.Stopped != p.broken {
		p.broken = f.Playback.Stopped
		p.banner(p.broken, true)
	}
}

// spokenEvery is how often texts that only a screen reader tells are written while the run plays, ms: nobody listens
// faster.
const spokenEvery = 1000

func (p *head) announce(f *wire.Frame, stepped bool) {
	if text := p.announcer.Alert(f); text != "" {
		p.setText("alert", text)
	}
	if text := p.announcer.Say(int64(now()), f, stepped); text != "" {
		p.setText("live", text)
	}
}

// banner says something that a person must know; "" takes it away.
func (p *head) banner(text string, bad bool) {
	p.show("banner", text != "")
	if text == "" {
		return
	}
	p.raw("banner").Get("classList").Call("toggle", "bad", bad)
	nodes := []Node{h("p", text)}
	if p.broken != "" {
		nodes = append(nodes, button("step -1", "One event back"), button("share", "Share this run"))
	}
	p.regions["banner"].paint(append(nodes,
		button("dismiss", class("quiet square"), attr("aria-label", "Dismiss"), icon("close"))))
}
