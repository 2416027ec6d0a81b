package cobra

import (
	"strconv"
	"strings"
)

// find returns the command that arguments mean, and the arguments without its names (cobra command.go, Find).
func (p *Program) find(args []string) (path, []string) {
	at := path{&p.root}
	for {
		words := at.words(args)
		if len(words) == 0 {
			return at, args
		}
		next := at.next(words[0])
		if next == nil {
			return at, args
		}
		args = at.without(args, words[0])
		at = append(at[:len(at):len(at)], next)
	}
}

// next returns the command below that a word names, whole or by a beginning that no other has (findNext).
func (c path) next(word string) *Command {
	var found *Command
	n := 0
	for i := range c.last().Sub {
		s := &c.last().Sub[i]
		if s.Name() == word {
			return s
		}
		if strings.HasPrefix(s.Name(), word) {
			found = s
			n++
		}
	}
	if n == 1 {
		return found
	}
	return nil
}

// takesNext reports whether an argument is a flag that takes the next argument as its value, as far as cobra can tell
// before it knows the command: what it does not know, does (stripFlags).
func (c path) takesNext(arg string) bool {
	if !strings.HasPrefix(arg, "-") || strings.Contains(arg, "=") {
		return false
	}
	var f *Flag
	if name, long := strings.CutPrefix(arg, "--"); long {
		f = c.flag(name, "")
	} else if len(arg) == 2 {
		f = c.flag("", arg[1:])
	} else {
		return false
	}
	return f == nil || f.Kind != Bool || f.Name == "help" // cobra adds help when it has found the command
}

// words returns the arguments that are neither flags nor their values (stripFlags).
func (c path) words(args []string) []string {
	var list []string
	for len(args) > 0 {
		s := args[0]
		args = args[1:]
		switch {
		case s == "--":
			return list
		case c.takesNext(s):
			if len(args) <= 1 {
				return list
			}
			args = args[1:]
		case s != "" && !strings.HasPrefix(s, "-"):
			list = append(list, s)
		}
	}
	return list
}

// without returns the arguments without the first that is a given word and no flag's value (argsMinusFirstX).
func (c path) without(args []string, word string) []string {
	for i := 0; i < len(args); i++ {
		switch s := args[i]; {
		case s == "--":
			return args
		case c.takesNext(s):
			i++
		case s == word:
			return append(args[:i:i], args[i+1:]...)
		}
	}
	return args
}

// unknown refuses a word that names no command of the program, with those that are near (legacyArgs, findSuggestions).
func (p *Program) unknown(word string) *Refusal {
	near := ""
	for i := range p.root.Sub {
		name := p.root.Sub[i].Name()
		if name == "help" {
			continue // IsAvailableCommand
		}
		if distance(strings.ToLower(word), name) <= suggestWithin || strings.HasPrefix(name, strings.ToLower(word)) {
			near += "\t" + name + "\n"
		}
	}
	if near != "" {
		near = "\n\nDid you mean this?\n" + near
	}
	name := p.root.Name()
	text := "Error: unknown command " + strconv.Quote(word) + " for " + strconv.Quote(name) + near + "\n"
	r := &Refusal{Stderr: text + "Run '" + name + " --help' for usage.\n", Exit: exitError}
	if p.plain { // etcdutl/main.go
		r.Stderr += text
	}
	return r
}

// suggestWithin is how many changes away a suggestion may be (SuggestionsMinimumDistance).
const suggestWithin = 2

// distance counts the single-byte changes from a to b: cobra's Levenshtein distance (cobra.go, ld).
func distance(a, b string) int {
	if len(a) > len(b)+suggestWithin {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			above := row[j]
			if row[j] = diagonal; a[i-1] != b[j-1] {
				row[j] = 1 + min(diagonal, above, row[j-1])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
