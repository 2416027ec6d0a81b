// Package runner carries out scripts (core/script) on worlds (core/world).
//
// Begin makes a Runner of a parsed script, Run carries out all of it, and Result says what came of each expectation.
// What happens is written as a transcript while the run goes on: the script's lines, each followed by what it led to.
// Journal writes a finished run as JSON lines.
//
// The package decides nothing about the simulation. All that a script can do, a person at the page can do, too: it
// gives commands, lets time pass and looks at facts. So the run that a script leaves behind is a value like any other
// (config, seed, tape), and replays without the script.
//
// Reading order: runner.go, until.go, transcript.go, journal.go.
package runner
