// Package world builds the machines and lets time pass.
//
// A run is a value: Config, seed, tape. World is the state of a run at one instant, and everything that happens in it
// comes from the queue of core/sim and from the tape's commands. Run keeps a world together with its history: keyframes
// to go back to, and branches, because acting in the past begins a new line and keeps the old one.
//
//	World.Do(command)     puts a command on the tape, now
//	World.Advance(to, n)  lets time pass, at most n turns
//	World.Step()          goes on to the next thing worth a record
//	Run.Seek, Run.Do      go to any instant, and act there
//
// A turn is one event of the queue, or one command. What happens in it is appended to the Journal as records, each with
// the record that caused it. The rules of core/check are asked after every turn; a broken one stops the world and is
// its last record.
//
// Determinism: the same config, seed and tape give the same journal, turn for turn, natively and in wasm. Nothing here
// looks at a wall clock, starts a goroutine or ranges over a map. Journal.Hash is the witness.
//
// Reading order: config.go, record.go, world.go, turn.go, command.go, observe.go, run.go, keyframe.go, seek.go,
// inspect.go, find.go, marks.go, linear.go, judged.go, hash.go, words.go, facts.go. Then by topic: startup.go,
// directory.go, member.go, backup.go, restore.go, offline.go, corrupt.go, lost.go (members and their data); stream.go,
// signal.go, cpu.go (what lies between clients and members); shell.go, exec.go, etcdctl.go (the console); limits.go,
// checks.go (settings); scrape.go (what core/monitor is let to see), actors.go (how those of core/workload are carried
// out).
package world
