package script

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/cobra"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// variable returns a variable of the environment; the last of a name stands.
func (l Line) variable(name string) string {
	value := ""
	for _, e := range l.Env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			value = v
		}
	}
	return value
}

// watch reads a watch. Its key may come from the environment, and behind -- stands a command (watch_command.go).
func (v *invocation) watch() Command {
	key, end := v.line.variable("ETCDCTL_WATCH_KEY"), v.line.variable("ETCDCTL_WATCH_RANGE_END")
	if key == "" && end != "" {
		v.refuse(exitBadArgs, "ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END="+strconv.Quote(end))
	}
	if v.Bool("interactive") {
		v.config()
		if !v.line.Piped {
			v.wants = WatchInput
		}
		v.watchLines()
		return nil
	}
	var args, exec []string
	if v.Changed("watch-key") {
		args = []string{v.Text("watch-key")}
		if v.Changed("watch-range-end") {
			args = append(args, v.Text("watch-range-end"))
		}
		if i := slices.Index(v.Raw, "--"); i >= 0 {
			exec = v.Raw[i+1:]
		}
	} else {
		var wrong string
		if args, exec, wrong = watchArgs(v.line.Argv, v.Args, key, end); wrong != "" {
			v.refuse(exitBadArgs, wrong)
		}
	}
	f := v.config()
	c, wrong := v.watching(args)
	if wrong != "" {
		v.refuse(exitBadArgs, wrong)
	}
	c.Exec, c.Flags = exec, f
	return c
}

// watchLines reads what watch -i finds on its standard input. What its lines begin ends with them, before anything can
// be told.
func (v *invocation) watchLines() {
	words := ""
	for line := range strings.Lines(v.line.Stdin) {
		text, whole := strings.CutSuffix(line, "\n")
		if !whole || v.refusal != nil {
			break
		}
		_, said, end := v.line.WatchLine(text)
		if words += said; end != nil {
			v.refusal = end
		}
	}
	v.refuse(exitInvalidInput, "error reading watch request line: EOF")
	v.refusal.Stderr = words + v.refusal.Stderr
}

// watching builds a watch of key and range end (getWatchChan).
func (v *invocation) watching(args []string) (c Watch, wrong string) {
	prefix := v.Bool("prefix")
	switch {
	case len(args) == 0:
		return c, badCount
	case len(args) == 2 && prefix:
		return c, "`range_end` and `--prefix` are mutually exclusive"
	case len(args) == 2:
		c.Key, c.End = args[0], args[1]
	case prefix && args[0] == "":
		c.Key, c.End = mvcc.FromKey, mvcc.FromKey
	case prefix:
		c.Key, c.End = args[0], mvcc.PrefixEnd(args[0])
	default:
		c.Key = args[0]
	}
	c.Rev, c.PrevKV, c.ProgressNotify = v.Number("rev"), v.Bool("prev-kv"), v.Bool("progress-notify")
	c.NoPut, c.NoDelete, c.Fragment = v.Bool("filter-put"), v.Bool("filter-delete"), v.Bool("fragment")
	if n := v.Number("watchers"); v.Changed("watchers") {
		if n < 1 || n > WatchersMax {
			wrong = "--watchers cannot be " + strconv.FormatInt(n, 10) + "; want a number from 1 to " + strconv.Itoa(WatchersMax)
		}
		c.Watchers = int(n)
	}
	return c, wrong
}

// What is wrong with the arguments of a watch.
const (
	badCount     = "bad number of arguments"
	badConflict  = badCount + " (found conflicting environment key)"
	badSeparator = badCount + " (found separator --, but no commands)"
)

// watchArgs finds key, range end and command in the arguments of a watch, as etcdctl does it: by looking for words in
// the whole line (parseWatchArgs).
func watchArgs(line, args []string, key, end string) (watch, exec []string, wrong string) {
	raw := line
	if i := slices.Index(raw, "watch"); i >= 0 {
		raw = raw[i+1:]
	}
	dash := slices.Index(raw, "--")
	switch {
	case dash >= 0 && dash == len(raw)-1:
		return nil, nil, badSeparator
	case dash < 0 && len(raw) == 0 && key == "":
		return nil, nil, badCount
	case dash < 0 && len(args) > 0 && key != "", dash >= 0 && key != "" && extra(args, raw, dash):
		return nil, nil, badConflict
	}
	if key != "" {
		front := []string{key}
		if end != "" {
			front = append(front, end)
		}
		args = slices.Concat(front, args)
	}
	if dash < 0 {
		return args, nil, ""
	}
	last := len(args) - 1
	for last >= 0 && args[last] != raw[dash+1] {
		last--
	}
	return args[:max(last, 0)], raw[dash+1:], ""
}

// extra reports whether there are arguments before the separator, although the environment has the key.
func extra(args, raw []string, dash int) bool {
	at := len(raw) - 1
	for i := len(args) - 1; i >= 0; i-- {
		if at >= 0 && args[i] == raw[at] {
			at--
			continue
		}
		if at == dash {
			return true
		}
	}
	return false
}

// WatchLine reads a line that is typed at watch -i, which l is. A line that cannot be read only gets a word (said); end
// tells that etcdctl ends with it, which it prints then. Without either there is a command (watch_command.go,
// watchInteractiveFunc).
func (l Line) WatchLine(text string) (c Command, said string, end *Refusal) {
	invalid := func(why string) (Command, string, *Refusal) { return nil, "Invalid command" + why + "\n", nil }
	args, err := argify(text)
	key := l.variable("ETCDCTL_WATCH_KEY")
	switch {
	case err != nil:
		return nil, "", &Refusal{Stderr: "Error: " + err.Text + "\n", Exit: err.Exit}
	case len(args) == 0:
		return invalid(": " + text + " (watch and progress supported)")
	case args[0] == "progress":
		return Progress{Client: Refused{Line: l}.Client()}, "", nil
	case args[0] != "watch":
		return invalid(" " + text + " (only support watch)")
	case len(args) < 2 && key == "":
		return invalid(" " + text + " (command type or key is not provided)")
	}
	v := &invocation{Parsed: cobra.WatchFlags(), line: l}
	wrong := v.Flags(args[1:])
	dash := slices.Index(args, "--")
	switch {
	case dash >= 0 && dash == len(args)-1:
		wrong = badSeparator
	case wrong != "":
	case dash < 0 && key == "" && len(v.Args) == 0:
		wrong = badCount
	case dash < 0 && key != "" && len(v.Args) > 0:
		wrong = badConflict
	}
	if wrong != "" {
		return nil, "", &Refusal{Stderr: "Error: " + wrong + "\n", Exit: exitBadArgs}
	}
	return v.typed(text, args, dash)
}

// typed builds the watch of such a line.
func (v *invocation) typed(text string, args []string, dash int) (c Command, said string, end *Refusal) {
	list := v.Args
	if key, last := v.line.variable("ETCDCTL_WATCH_KEY"), v.line.variable("ETCDCTL_WATCH_RANGE_END"); key != "" {
		front := []string{key}
		if last != "" {
			front = append(front, last)
		}
		list = slices.Concat(front, list)
	}
	var exec []string
	if dash >= 0 {
		exec = args[dash+1:]
		at := len(list) - 1
		for at >= 0 && list[at] != exec[0] {
			at--
		}
		list = list[:max(at, 0)]
	}
	w, wrong := v.watching(list)
	if wrong != "" {
		return nil, "Invalid command " + text + " (" + wrong + ")\n", nil
	}
	w.Exec, w.Client = exec, Refused{Line: v.line}.Client()
	return w, "", nil
}
