// Package swarm searches for broken rules: many random runs, each with other members, times and faults, all rules
// checked all the time.
//
// A Case is one run as a value. Generate makes the case of a seed: it drives a world with a random mix of requests and
// faults and keeps what it did as a tape. Judge replays a case, repairs everything, and says what is wrong: a safety
// rule that broke, clients' answers that no order explains, a cluster that does not recover, a replay that differs.
// Minimise takes commands away for as long as the same thing stays wrong. Run does all that for many seeds on all cores
// and writes each finding as a script that reproduces it.
//
// Faults are of two kinds. The mix is blind: each run draws how likely each kind of command is in it, many of them not
// at all (swarm testing; Groce and others, 2012), so that runs differ in kind and not only in detail. Triggered faults
// look: they wait for an instant at which a fault hurts, such as a vote that has been given but not synced, and then
// play out a short plan. Some requests are odd: no rule may break by what nobody should ask. In one run of three there
// are disasters: data is lost or damaged by hand, and the cluster is brought back as a person does it, with the mix
// going on meanwhile.
//
// Reading order: swarm.go, case.go, generate.go, mix.go, mixstore.go, mixclient.go, odd.go, triggered.go,
// triggeredclient.go, disaster.go, quota.go, judge.go, minimise.go.
package swarm
