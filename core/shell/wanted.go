package shell

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// Command reads what is wanted as a command of the language, for a client unless the line names one; "" leaves the
// choice to the world.
func (w *Wanted) Command(client script.Name) (script.Reading, error) {
	if w.Argv == nil {
		r, err := script.ParseLine(w.Line)
		return r, err
	}
	l := script.Line{Argv: w.Argv, Env: flagsOf(w.Env)}
	if client != "" && w.Argv[0] == "etcdctl" {
		l.Argv = append([]string{w.Argv[0], "--client=" + string(client)}, w.Argv[1:]...)
	}
	if w.Stdin != nil {
		l.Stdin, l.Piped = *w.Stdin, true
	}
	return l.Read(), nil
}

// flagsOf returns what etcdctl itself takes of an environment.
func flagsOf(env []string) (list []string) {
	for _, e := range env {
		if strings.HasPrefix(e, "ETCDCTL_") {
			list = append(list, e)
		}
	}
	return list
}
