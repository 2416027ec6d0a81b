package world

import (
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Monitor returns what has been measured. It is for looking.
func (w *World) Monitor() *monitor.Monitor { return &w.monitor }

// scrape lets the monitor look at the members if it is time to, before anything happens at an instant.
func (w *World) scrape(now sim.Time) {
	for at := w.monitor.Due(); now >= at; at = w.monitor.Due() {
		w.probe(at)
		monitor.Look(&w.monitor, w.members)
	}
}

// probe lets the members measure how far it is to each other (see etcd.Member.Probe).
func (w *World) probe(now sim.Time) {
	for i, m := range w.members {
		if due, ok := m.RTTDue(); !ok || now < due {
			continue
		}
		from := sim.Member(i + 1)
		var trips etcd.RTTs
		for k, other := range w.members {
			to := sim.Member(k + 1)
			trips[k+1] = -1
			if w.links[i+1][k+1] >= 0 && !other.Paused() {
				there := w.net.Latency(now, from, to)
				trips[k+1] = there + w.net.Latency(now+there, to, from)
			}
		}
		m.MeasureRTT(now, &trips)
	}
}

// Alerts returns the alerts whose conditions held when the members were looked at last.
func (w *World) Alerts() []monitor.AlertState {
	newest := w.newest()
	list := make([]monitor.Standing, len(w.members))
	for i, m := range w.members {
		list[i] = monitor.Standing{Quota: m.Quota(), Known: true}
		if newest != nil {
			_, list[i].Known = newest.Newest(i + 1)
		}
	}
	return w.monitor.Active(w.now, list)
}

// Exposition returns the metrics of a member, by its name, as the text that Prometheus reads: those whose names begin
// with a prefix.
func (w *World) Exposition(member, prefix string) (string, error) {
	h, ok := sim.ParseHost(member)
	switch {
	case !ok || !h.IsMember() || h.Number() > len(w.members):
		return "", refuse("there is no member %q", member)
	case !w.member(h).Up() || w.member(h).Paused():
		return "", refuse("%v does not answer", h)
	}
	return w.member(h).Exposition(prefix), nil
}
