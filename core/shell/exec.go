package shell

import (
	"slices"
	"strconv"
	"strings"
)

// notPrograms are those of the builtins that only a shell has.
var notPrograms = [...]string{":", "export", "readonly", "unset", "set", "wait", "exit"}

// Exec begins a command that a program carries out itself, without a shell. It sees env, NAME=VALUE, where the last of
// a name stands. If there is no such command the session is over at once, and failure says what Go's os/exec says.
func Exec(argv, env []string) (s Session, failure string) {
	s.prog = &Program{}
	switch name := argv[0]; {
	case name == "":
		return s, "exec: no command"
	case find(argv, false).kind != unknown && !slices.Contains(notPrograms[:], name):
	case strings.Contains(name, "/"):
		return s, "fork/exec " + name + ": no such file or directory"
	default:
		return s, "exec: " + strconv.Quote(name) + ": executable file not found in $PATH"
	}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		s.Vars = s.Vars.With(Var{name, value, true})
	}
	c := command{redirects: []redirect{{op: "<", target: fixedWord(null)}}}
	for _, a := range argv {
		c.words = append(c.words, fixedWord(a))
	}
	s.prog.items = []item{{pipes: []pipeline{{commands: []command{c}}}}}
	return s, ""
}

func fixedWord(text string) word { return word{{quoted: true, text: text}} }
