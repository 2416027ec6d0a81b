// Package article measures, on simulated clusters, what the article says that the simulator goes with ("etcd
// Architecture Deep Dive"): each of its claims that can be measured, with what it says, what was measured, and whether
// that is the same.
//
// Measure returns a Report, which is printed as text. Every run has a fixed seed and checks all rules; a rule that is
// broken is a claim that is not met. Where etcd differs from the article the claim has a Differs text: it stays in the
// table as not met, and is no failure.
//
// Reading order: report.go, rig.go, then writes.go, faults.go, watches.go and data.go, which measure.
package article
