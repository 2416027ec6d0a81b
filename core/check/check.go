// Package check judges runs: was what happened allowed?
//
// There are three judges. Safety holds a group of Raft members to the five properties of the Raft paper's Figure 3,
// after every event of the simulation. Store does the same with what members make of their logs and with what clients
// are told of it: one history, and watches, answers and leases that keep what etcd promises. Linearizable holds the
// answers that clients got to the promise of a store with strict serializability, after the run. All only watch: they
// change nothing, and they say what is wrong as a Violation, with the rule that was broken.
//
// The package shares no type with what it judges. It is told plain facts (member 2 appended an entry of term 3 at index
// 7) and keeps its own picture. A judge that read the machines' own structures would share their mistakes.
//
// Read in this order: safety.go (what it is told and when), log.go, leaders.go, commits.go; history.go, watch.go,
// answer.go, lease.go; then operation.go, linearizable.go, revisions.go, indeterminate.go, explain.go.
package check

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/rule"
)

// Violation is a rule that was broken, and how.
type Violation struct {
	Rule  rule.ID
	Text  string // who, where and what was seen, as a sentence
	Node  uint64 // the member at which it was seen; 0: not at one member
	Term  uint64 // 0: not about a term
	Index uint64 // 0: not about an entry
	Since uint64 // the term of the earlier election, commit or entry that it contradicts; 0: it contradicts none
}

// since adds the term of what a violation contradicts.
func (v *Violation) since(term uint64) *Violation {
	v.Since = term
	return v
}

// Error makes a Violation an error, for tests and for the end of a run.
func (v *Violation) Error() string { return v.Rule.String() + ": " + v.Text }

// phrase joins words and numbers to a sentence.
func phrase(parts ...any) string {
	var b strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case string:
			b.WriteString(p)
		case uint64:
			b.WriteString(strconv.FormatUint(p, 10))
		case int64:
			b.WriteString(strconv.FormatInt(p, 10))
		case int:
			b.WriteString(strconv.Itoa(p))
		default:
			panic("check: say takes strings and integers")
		}
	}
	return b.String()
}
