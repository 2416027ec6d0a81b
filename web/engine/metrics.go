package engine

import (
	"strings"

	"github.com/etcdscope/etcdscope/web/wire"
)

// metrics prints what Prometheus would read from a member now: "metrics n1", or only names that begin alike, "metrics
// n1 etcd_disk".
func (e *Engine) metrics(rest string) {
	member, prefix, _ := strings.Cut(rest, " ")
	if member == "" {
		e.say(wire.LineErr, "metrics takes a member, and how the names begin: metrics n1 etcd_disk")
		return
	}
	text, err := e.run.World().Exposition(member, strings.TrimSpace(prefix))
	switch {
	case err != nil:
		e.say(wire.LineErr, "%s", sentence(err))
	case text == "":
		e.say(wire.LineErr, "No metric begins with %q.", strings.TrimSpace(prefix))
	}
	for line := range strings.Lines(text) {
		e.say(wire.LinePage, "%s", strings.TrimRight(line, "\n"))
	}
}
