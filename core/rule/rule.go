// Package rule names the rules that the simulated system follows and that its checkers hold it to.
//
// A rule is a constant: a short name, one sentence and the place where the sentence is written down (a section of the
// Raft paper, a chapter of etcd's documentation, a file and function of etcd). The same constant is the reason of an
// event, the name of a checker and of a test, and the text of the page's "why?" card, so that none of them can say
// something else than the others.
//
// The package has two types: ID, a rule, and Set, the rules that a run has switched off. It imports nothing.
package rule

// ID is one rule. The zero ID is None: an event that follows from no particular rule.
type ID uint8

// Text is what there is to say about a rule.
type Text struct {
	Name     string // stable, lower case with dashes: "election-safety"
	Sentence string // one sentence, as shown to a person
	Ref      string // where it comes from: "Raft §5.4.1"
}

// Text returns the rule's name, sentence and source. An unknown ID has an empty Text.
func (id ID) Text() Text {
	if int(id) >= len(texts) {
		return Text{}
	}
	return texts[id]
}

// String returns the rule's name.
func (id ID) String() string { return id.Text().Name }

// All returns every rule in order, without None.
func All() []ID {
	ids := make([]ID, 0, len(texts)-1)
	for id := ID(1); int(id) < len(texts); id++ {
		if texts[id].Name != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// ByName returns the rule of that name, or None and false.
func ByName(name string) (ID, bool) {
	for _, id := range All() {
		if id.Text().Name == name {
			return id, true
		}
	}
	return None, false
}

// Set is a set of rules. In a run's configuration it holds the rules that are switched off; the zero Set is the
// protocol as etcd runs it. Only the first 64 IDs can be members: the switchable rules come first in the list.
type Set uint64

// Has reports whether the rule is in the set.
func (s Set) Has(id ID) bool { return id < 64 && s&(1<<id) != 0 }

// With returns the set with the rule added.
func (s Set) With(id ID) Set { return s | 1<<id }
