// Package lockstep drives two groups of Raft members with the same inputs, ours and go.etcd.io/raft's, and compares all
// that can be seen of them after each input.
//
// A run is a Setup (members and switches, drawn from a seed) and a list of Inputs. The generator looks at the state to
// draw the next Input, but an Input is a plain value, so a run can be repeated without the generator and made shorter:
// Shrink removes inputs as long as the two still differ.
//
// The two groups share one network: a message is kept in both forms, after they were found equal. Theirs draw election
// timeouts from crypto/rand.Reader; a reader that serves the numbers of our jitter streams is put in its place.
//
// Reading order: setup.go, input.go, group.go (what an input does), member.go (one member twice, with its disk),
// threads.go (its threads, if storage is written asynchronously), compare.go, generate.go, run.go (runs and shrinking).
package lockstep
