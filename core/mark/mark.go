// Package mark says what the marks of a run are of: the instants worth jumping to. The world makes them, the page
// draws them and asks for the next of a class.
package mark

// Kind says what a mark is of.
type Kind uint8

// What marks are of: what happened, what was asked for, and the faults.
const (
	Election Kind = iota
	Violation
	Command
	Crash
	Restart
	Pause
	Resume
	Split
	Heal
	Fault // any other: of messages, disks, clocks
)

// Class is one or several kinds, to look for.
type Class uint8

// The classes. Faults are all kinds from Crash on.
const (
	Any Class = iota
	Elections
	Violations
	Commands
	Faults
)

// Has reports whether a kind is of the class.
func (c Class) Has(k Kind) bool {
	return c == Any || c == min(Elections+Class(k), Faults)
}
