package script

import (
	"strconv"
	"strings"
)

// Error is a mistake in a line. Line and Col count from 1; Col counts characters, not bytes.
type Error struct {
	Line, Col int
	Msg       string // what is there: `unknown command "crush"`
	Want      string // what was expected: "did you mean crash?"
}

// Error returns the mistake as one sentence with its place: `line 3, column 7: unknown command "crush"; did you mean
// crash?`
func (e *Error) Error() string {
	return "line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Col) + ": " + e.Sentence()
}

// Sentence returns the mistake without its place, for a page that marks the place itself.
func (e *Error) Sentence() string {
	if e.Want == "" {
		return e.Msg
	}
	return e.Msg + "; " + e.Want
}

// Errors are the mistakes of a script, in the order of its lines.
type Errors []*Error

// Error returns the mistakes, one a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find the first mistake.
func (es Errors) Unwrap() []error {
	list := make([]error, len(es))
	for i, e := range es {
		list[i] = e
	}
	return list
}
