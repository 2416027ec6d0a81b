// Package shell reads what people type into a terminal as a POSIX shell reads it, and carries it out.
//
//   - Read reads text into a Program: words with their quotes, variables and command substitutions, pipes, lists,
//     here-documents. What of a shell it does not carry out is refused by name, with what to do instead, before
//     anything has happened.
//   - A Session is a program that is being carried out, with its variables. Next tells what it has printed and which
//     command it wants carried out next; Answer gives it what that command printed. Nobody is called, so that a command
//     can take its time: simulated time.
//   - Filters (grep, cut, jq …) are functions of their input. What cannot be a function, a program of the machine,
//     there is not.
//
// A session is a value and can be cloned. It does not keep a stack: a list such as `rev=$(etcdctl … | grep …) &&
// etcdctl compact $rev` is carried out from its beginning whenever an answer has come, with the answers so far at hand,
// and stops at the first that is still to come.
//
// The package does not know what etcdctl does with its arguments (core/script) or what it prints (core/ctl).
//
// Reading order: syntax.go, line.go, read.go and word.go (the grammar), notation.go (what people paste beside it),
// check.go and refuse.go (what is refused); session.go, carry.go, wanted.go, command.go (which command is meant: sudo,
// docker exec, environments), builtin.go, exec.go, file.go; then filter.go and the filters: grep.go and match.go,
// awk.go, columns.go, jq.go and json.go, sort.go, sum.go, tr.go; pattern.go holds regular expressions.
package shell
