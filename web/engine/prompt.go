package engine

import (
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// prompt is a program of the console that reads from standard input: what is typed goes to it. An empty line ends the input, as Ctrl-D does in a terminal; in a
// transaction three do, each behind a list.
type prompt struct {
	line  script.Line // the command's
	wants script.Input
	asked int // TxnInput: questions that have been asked
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
		p.line.Argv = slices.DeleteFunc(slices.Clone(p.line.Argv), func(a string) bool { return a == "-i" || a == "--interactive" })
	}
	e.prompt = p
	switch r.Wants {
	case script.ValueInput:
		e.say("say", "Type the value; an empty line ends it.")
	case script.WatchInput:
		e.say("say", "Type watch KEY; an empty line ends this.")
	default:
		e.question()
	}
}

// question prints what a transaction's next lines are to be.
func (e *Engine) question() {
	e.prompt.asked++
	all := strings.Split(script.Prompts(e.prompt.asked), "\n")
	e.say("out", "%s", all[e.prompt.asked-1])
}

// answer takes a line that is typed at a prompt.
func (e *Engine) answer(text string) {
	p := e.prompt
	if text != "" {
		e.say("in", "%s", text)
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

// answerWatch takes a line of watch -i. When it ends, its watches go on: each is a command of its own here.
func (e *Engine) answerWatch(text string) {
	p := e.prompt
	if text == "" {
		e.prompt = nil
		return
	}
	c, said, end := p.line.WatchLine(text)
	switch {
	case end != nil:
		e.prompt = nil
		e.say("err", "%s", strings.TrimSuffix(end.Stderr, "\n"))
	case said != "":
		e.say("err", "%s", strings.TrimSuffix(said, "\n"))
	default:
		e.do(c)
	}
}
