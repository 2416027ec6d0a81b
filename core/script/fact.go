package script

import (
	"slices"
	"strings"
)

// FactKind says what the values of a fact look like.
type FactKind uint8

// The kinds of facts.
const (
	Number FactKind = iota
	Flag            // true or false
	Choice          // one of FactDoc.Values
	Member          // the name of a member
	Text
)

// FactDoc describes a fact.
type FactDoc struct {
	Of     string // "" of the whole, "n" of each member, "c" of each client
	Name   string
	Kind   FactKind
	Keyed  bool     // a key follows: value /pods/pod1
	Values []string // what a Choice can be
	Help   string   // one sentence
}

var facts = [...]FactDoc{
	{Name: "leader", Kind: Member, Help: "The member that leads in the highest term; none if nobody does."},
	{Name: "leaders", Kind: Number, Help: "How many running members believe that they lead."},
	{Name: "term", Kind: Number, Help: "The highest term of all members."},
	{Name: "revision", Kind: Number, Help: "The newest revision that a member has applied."},
	{Name: "value", Kind: Text, Keyed: true, Help: "The value of a key at the newest revision that a member has applied."},
	{Name: "violations", Kind: Number, Help: "How many times a checker found a rule broken."},

	{Of: "n", Name: "role", Kind: Choice, Help: "The member's role in its term.",
		Values: []string{"follower", "pre-candidate", "candidate", "leader", "learner"}},
	{Of: "n", Name: "term", Kind: Number, Help: "The member's term."},
	{Of: "n", Name: "commit", Kind: Number, Help: "The last log index that the member knows to be committed."},
	{Of: "n", Name: "applied", Kind: Number, Help: "The last log index that the member has applied."},
	{Of: "n", Name: "last", Kind: Number, Help: "The last log index that the member holds."},
	{Of: "n", Name: "revision", Kind: Number, Help: "The revision of the member's own key-value store."},
	{Of: "n", Name: "value", Kind: Text, Keyed: true, Help: "The value of a key in the member's own key-value store."},
	{Of: "n", Name: "up", Kind: Flag, Help: "Whether the member's process runs; a paused one does."},
	{Of: "n", Name: "paused", Kind: Flag, Help: "Whether the member is paused."},

	{Of: "c", Name: "last", Kind: Choice, Help: "What became of the client's last request; none before the first.",
		Values: []string{"acknowledged", "failed", "in-doubt", "waiting"}},
}

// Facts returns every fact that an expression can name.
func Facts() []FactDoc { return slices.Clone(facts[:]) }

// findFact returns the description of a fact, if its name exists and what it is about has such a fact.
func findFact(f Fact) (FactDoc, bool) {
	of := ""
	if _, is := f.Of.Member(); is {
		of = "n"
	} else if _, is := f.Of.Client(); is {
		of = "c"
	} else if f.Of != "" {
		return FactDoc{}, false
	}
	for _, d := range facts {
		if d.Of == of && d.Name == f.Name {
			return d, true
		}
	}
	return FactDoc{}, false
}

// suggestFact names the fact that was probably meant, or all that could have stood there.
func suggestFact(f Fact) string {
	of, owner := "", ""
	if _, is := f.Of.Client(); is {
		of, owner = "c", string(f.Of)+"."
	} else if f.Of != "" {
		of, owner = "n", "n1."
		if _, is := f.Of.Member(); is {
			owner = string(f.Of) + "."
		}
	}
	var names []string
	for _, d := range facts {
		if d.Of == of {
			names = append(names, d.Name)
		}
	}
	for i := range names {
		names[i] = owner + names[i]
	}
	return suggest(owner+f.Name, names)
}

// want says what a fact can be compared with.
func (d FactDoc) want() string {
	switch d.Kind {
	case Number:
		return "a whole number"
	case Flag:
		return "true or false"
	case Choice:
		return "one of " + strings.Join(d.Values, ", ") + " or none"
	case Member:
		return "a member such as n1, or none"
	default:
		return "a text, or none"
	}
}

// allows reports whether a fact can be what the text says.
func (d FactDoc) allows(text string) bool {
	switch d.Kind {
	case Flag:
		return text == "true" || text == "false"
	case Choice:
		return slices.Contains(d.Values, text)
	case Member:
		_, is := Name(text).Member()
		return is
	default:
		return true
	}
}
