// Package script is the command language of etcdscope: what a person types into the console, what a button press,
// a link and the tape hold, and what a lesson or a test is written in.
//
// It holds values only. There are two kinds, and nothing here carries one out:
//
//   - a Command changes the world: put, crash, split, delay … Its String is the canonical text, and Parse reads that
//     text back to the same value. What etcdctl can do is written as etcdctl writes it; a Call holds one call of
//     core/api.
//   - a Statement is a line of a script: a command, a command at a given time, the config line, run, or expect.
//     An Expr is what expect and "run until" compare: facts of the world that the caller looks up.
//
// Every mistake is an *Error that names the line, the column, and what was expected there.
//
// Read command.go and etcdctl.go, then verb.go and flag.go (the tables that parsing, help and completion share), then
// parse.go; txn.go reads transactions; statement.go and expr.go build on them. words.go cuts a line into words,
// quote.go is its inverse.
package script
