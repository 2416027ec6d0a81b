package script

import (
	"slices"
	"strings"
)

// Names are what completion can offer: the parts of the world at the moment, in the order to show them in.
type Names struct {
	Members, Clients []Name
	Keys             []string
	Messages         []uint64 // those that are on their way or held
}

// Complete returns the lines that the given line can become when its last word is finished or, behind a space, a new
// word begins. What a person has typed is kept as it is. No lines means that there is nothing to offer.
func Complete(line string, names Names) []string {
	list, end, err := words(1, line)
	if err != nil {
		return nil // an open quote: whatever follows is text
	}
	tail := string([]rune(line)[end-1:])
	if strings.Trim(tail, " \t") != "" {
		return nil // a comment
	}
	before, partial := line, ""
	if len(list) > 0 && tail == "" {
		last := list[len(list)-1]
		before, partial = string([]rune(line)[:last.col-1]), last.text
		list = list[:len(list)-1]
	}
	var out []string
	for _, c := range candidates(list, partial, names) {
		if p := plain(c); strings.HasPrefix(p, partial) && p != partial {
			out = append(out, before+c)
		}
	}
	return out
}

// plain returns what a candidate says without its quotes.
func plain(candidate string) string {
	list, _, err := words(1, candidate)
	if err != nil || len(list) != 1 {
		return candidate
	}
	return list[0].text
}

// candidates returns the words that can stand behind the finished ones.
func candidates(done []word, partial string, names Names) []string {
	if len(done) > 0 && (done[0].text == "etcdctl" || done[0].text == "etcdutl") {
		done = done[1:]
	}
	if len(done) == 0 {
		return commandNames()
	}
	v := findVerb(done[0].text)
	if all := subcommands(done[0].text); v == nil && len(all) > 0 {
		if len(done) == 1 {
			return all
		}
		v = findVerb(done[0].text + " " + done[1].text)
		done = done[1:]
	}
	if v == nil || v.Category == Scripting {
		return nil
	}
	at, open := 0, slices.Clone(v.allFlags())
	var pending *flag // one that waits for its value
	for _, w := range done[1:] {
		f := findFlag(w.text)
		switch {
		case pending != nil:
			pending = nil
		case f != nil && !w.quoted && slices.Contains(open, f.name):
			open = slices.DeleteFunc(open, func(name string) bool { return name == f.name })
			if f.kind != aSwitch {
				pending = f
			}
		default:
			at++
		}
	}
	if pending != nil {
		return append(offer(pending.kind, names), pending.choices...)
	}
	var out []string
	if len(v.args) > 0 && v.args[min(at, len(v.args)-1)] == aGroups {
		return groupNames(done[1:], partial, names)
	}
	if at < len(v.args) {
		out = offer(v.args[at], names)
	}
	if at >= required(v) {
		out = append(out, open...)
	}
	return out
}

// required returns behind how many arguments flags are offered: the first, if there is one.
func required(v *Verb) int { return min(len(v.args), 1) }

// commandNames returns the first words of all commands.
func commandNames() []string {
	var out []string
	for _, v := range verbs {
		first, _, _ := strings.Cut(v.Name, " ")
		if v.Category != Scripting && !slices.Contains(out, first) {
			out = append(out, first)
		}
	}
	return out
}

func offer(k kind, names Names) []string {
	var out []string
	switch k {
	case aKey:
		for _, key := range names.Keys {
			out = append(out, quote(key))
		}
	case aMember:
		return text(names.Members)
	case aClient:
		return text(names.Clients)
	case aPlace:
		return append(text(names.Members), text(names.Clients)...)
	case aArrow:
		return []string{">", "-"}
	case aMessage:
		for _, id := range names.Messages {
			out = append(out, message(id))
		}
	case aRate:
		return []string{"100/s", "1000/s", "off"}
	case aTime:
		return []string{"1m", "5m"}
	case aBlock:
		return []string{"if", "then", "else"}
	case aDisk:
		return []string{"ok", "slow", "stall", "full"}
	}
	return out
}

// groupNames offers, behind what is typed of a split, the names that are in no group yet.
func groupNames(done []word, partial string, names Names) []string {
	head := partial[:strings.LastIndexAny(partial, "|,")+1]
	if list, _, err := words(1, head); head != "" && (err != nil || len(list) != 1 || list[0].text != head) {
		return nil // quotes: no names
	}
	var used []string
	for _, w := range pieces(append(slices.Clone(done), word{text: head}), "|,") {
		used = append(used, w.text)
	}
	var out []string
	if last := len(used) - 1; head == "" && last >= 0 && used[last] != "|" && used[last] != "," {
		return []string{"|"} // behind a finished name
	}
	for _, name := range offer(aPlace, names) {
		if !slices.Contains(used, name) {
			out = append(out, head+name)
		}
	}
	return out
}

func text(names []Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return out
}
