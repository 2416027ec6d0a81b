// Package view projects a world onto a Frame: what is shown of a run at one instant.
//
// Project is a pure function of the run, the instant at which it stands, and the Lens (which panel is open, what is
// selected). State panels come from the machines, history panels from the journal. Each panel has its file with one
// public function, which web/panels joins to web/page's; all wording that a person reads about the simulated system is
// made here or beside the event, in its room.
//
// Reading order: project.go, stage.go, messages.go, timeline.go; then any panel: checks.go, clients.go, events.go,
// keys.go, latency.go, leases.go, log.go, metrics.go, stores.go, tape.go, watches.go; why.go and why_store.go make the
// card that explains what is selected.
package view
