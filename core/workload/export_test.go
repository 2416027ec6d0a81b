package workload

import "github.com/etcdscope/etcdscope/core/ctl"

const PerfDuration = perfDuration

var Root = root

// PerfOf returns what the newest check perf of a client has measured; false if there was none, or one is under way.
func PerfOf(list []Actor) (ctl.Perf, bool) {
	p := &list[0].(*generator).perf
	return p.Perf, p.load == 0 && p.over
}
