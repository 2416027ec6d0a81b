package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/web/wire"
)

// prompt is a program of the console that reads from standard input: what is typed goes to it. An empty line ends the
// input, as Ctrl-D does in a terminal; in a transaction three do, each behind a list.
type prompt struct {
	line  script.Line // the command's
	wants script.Input
	asked int // TxnInput: questions that have been asked

	client  script.Name // WatchInput: whose watches these are
	watches []int64     // that were begun here
}

// ask opens a prompt.
func (e *Engine) ask(r script.Reading) {
	refused, ok := r.Command.(script.Refused)
	if !ok {
		return
	}
	p := &prompt{line: refused.Line, wants: r.Wants}
	p.line.Piped = true
	if r.Wants == script.TxnInput { // the questions are asked here
		p.line.Argv = slices.DeleteFunc(slices.Clone(p.line.Argv),
			func(a string) bool { return a == "-i" || a == "--interactive" })
	}
	e.prompt = p
	switch r.Wants {
	case script.ValueInput:
		e.say(wire.LineNote, "Type the value; an empty line ends it.")
	case script.WatchInput:
		e.say(wire.LineNote, "Type watch KEY; an empty line ends this.")
	default:
		e.question()
	}
}

// question prints what a transaction's next lines are to be.
func (e *Engine) question() {
	e.prompt.asked++
	all := strings.Split(script.Prompts(e.prompt.asked), "\n")
	e.say(wire.LineOut, "%s", all[e.prompt.asked-1])
}

// answer takes a line that is typed at a prompt.
func (e *Engine) answer(text string) {
	p := e.prompt
	if text != "" {
		e.say(wire.LineTyped, "%s", text)
	}
	switch p.wants {
	case script.TxnInput:
		e.answerTxn(text)
	case script.WatchInput:
		e.answerWatch(text)
	default:
		if text != "" {
			p.line.Stdin += text + "\n"
			return
		}
		e.prompt = nil
		e.do(p.line.Read().Command)
	}
}

// answerTxn takes a line of a transaction. Like etcdctl it gives up at the first line that it cannot read.
func (e *Engine) answerTxn(text string) {
	p := e.prompt
	p.line.Stdin += text + "\n"
	whole := p.line
	whole.Stdin += "\n\n\n"
	r := whole.Read()
	switch {
	case r.Refusal != nil:
		e.prompt = nil
		e.do(p.line.Read().Command)
	case text != "":
	case p.asked == script.TxnPrompts:
		e.prompt = nil
		e.do(r.Command)
	default:
		e.question()
	}
}

// answerWatch takes a line of watch -i. Its watches end with it.
func (e *Engine) answerWatch(text string) {
	p := e.prompt
	if text == "" {
		e.endWatches()
		return
	}
	c, said, end := p.line.WatchLine(text)
	switch c := c.(type) {
	case script.Watch:
		e.beginWatch(c)
	case script.Progress:
		for _, id := range e.openWatches() {
			e.do(script.Progress{ID: id, Client: c.Client})
		}
	}
	if end != nil {
		said += end.Stderr
	}
	if said != "" {
		e.say(wire.LineErr, "%s", strings.TrimSuffix(said, "\n"))
	}
	if end != nil {
		e.endWatches()
	}
}

// beginWatch begins a watch of watch -i, and notes which it is.
func (e *Engine) beginWatch(c script.Watch) {
	p := e.prompt
	p.client = cmp.Or(c.Client, script.ClientName(1))
	before := len(e.watchesOf(p.client))
	e.do(c)
	if list := e.watchesOf(p.client); len(list) > before {
		p.watches = append(p.watches, list[before].ID)
	}
}

// watchesOf returns the watches of a client; none if there is no such client.
func (e *Engine) watchesOf(name script.Name) []client.Watch {
	n, ok := name.Client()
	if list := e.run.World().Clients(); ok && n <= len(list) {
		return list[n-1].Watches()
	}
	return nil
}

// openWatches returns those watches of watch -i that have not ended.
func (e *Engine) openWatches() (list []int64) {
	for _, x := range e.watchesOf(e.prompt.client) {
		if !x.Ended && slices.Contains(e.prompt.watches, x.ID) {
			list = append(list, x.ID)
		}
	}
	return list
}

// endWatches ends watch -i.
func (e *Engine) endWatches() {
	for _, id := range e.openWatches() {
		e.do(script.Unwatch{ID: id, Client: e.prompt.client})
	}
	e.prompt = nil
}
