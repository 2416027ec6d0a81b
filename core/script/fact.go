package script

import (
	"slices"
	"strings"
)

// FactKind says what the values of a fact look like.
type FactKind uint8

// The kinds of facts.
const (
	NumberFact FactKind = iota
	FlagFact            // true or false
	ChoiceFact          // one of FactDoc.Values
	MemberFact          // the name of a member
	TextFact
)

// FactDoc describes a fact.
type FactDoc struct {
	Of     string // "" of the whole, "n" of each member, "c" of each client
	Name   string
	Kind   FactKind
	Keyed  bool     // a key follows: value /pods/pod1
	Values []string // what a ChoiceFact can be
	Help   string   // one sentence
}

var facts = [...]FactDoc{
	{Name: "leader", Kind: MemberFact, Help: "The member that leads in the highest term; none if nobody does."},
	{Name: "leaders", Kind: NumberFact, Help: "How many running members believe that they lead."},
	{Name: "term", Kind: NumberFact, Help: "The highest term of all members."},
	{Name: "revision", Kind: NumberFact, Help: "The newest revision that a member has applied."},
	{Name: "value", Kind: TextFact, Keyed: true,
		Help: "The value of a key at the newest revision that a member has applied."},
	{Name: "violations", Kind: NumberFact, Help: "How many times a checker found a rule broken."},

	{Of: "n", Name: "role", Kind: ChoiceFact, Help: "The member's role in its term.",
		Values: []string{"follower", "pre-candidate", "candidate", "leader", "learner"}},
	{Of: "n", Name: "term", Kind: NumberFact, Help: "The member's term."},
	{Of: "n", Name: "commit", Kind: NumberFact, Help: "The last log index that the member knows to be committed."},
	{Of: "n", Name: "applied", Kind: NumberFact, Help: "The last log index that the member has applied."},
	{Of: "n", Name: "last", Kind: NumberFact, Help: "The last log index that the member holds."},
	{Of: "n", Name: "revision", Kind: NumberFact, Help: "The revision of the member's own key-value store."},
	{Of: "n", Name: "value", Kind: TextFact, Keyed: true, Help: "The value of a key in the member's own key-value store."},
	{Of: "n", Name: "up", Kind: FlagFact, Help: "Whether the member's process runs; a paused one does."},
	{Of: "n", Name: "compact", Kind: NumberFact,
		Help: "The revision below which the member reads nothing any more; -1: it has never compacted."},
	{Of: "n", Name: "rows", Kind: NumberFact,
		Help: "How many revisions of keys the member's database holds, tombstones included."},
	{Of: "n", Name: "leases", Kind: NumberFact, Help: "How many leases the member knows."},
	{Of: "n", Name: "watchers", Kind: NumberFact, Help: "How many watchers the member has."},
	{Of: "n", Name: "alarms", Kind: NumberFact, Help: "How many alarms are active at the member."},
	{Of: "n", Name: "paused", Kind: FlagFact, Help: "Whether the member is paused."},

	{Of: "c", Name: "last", Kind: ChoiceFact, Help: "What became of the client's last request; none before the first.",
		Values: []string{"acknowledged", "failed", "in-doubt", "waiting"}},
	{Of: "c", Name: "error", Kind: TextFact,
		Help: "The error that the client's last request ended with; none if it went well."},
	{Of: "c", Name: "output", Kind: TextFact,
		Help: "What the client's newest command of etcdctl printed last, on both streams; none before it has printed " +
			"anything."},
	{Of: "c", Name: "exit", Kind: NumberFact,
		Help: "The code that the client's newest command exited with; none until it has ended."},
	{Of: "c", Name: "watching", Kind: NumberFact, Help: "How many watches the client has open."},
	{Of: "c", Name: "events", Kind: NumberFact, Help: "How many events the client's watches were told."},
	{Of: "c", Name: "seen", Kind: NumberFact, Help: "The newest revision that one of the client's watches was told of."},
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
	case NumberFact:
		return "a whole number"
	case FlagFact:
		return "true or false"
	case ChoiceFact:
		return "one of " + strings.Join(d.Values, ", ") + " or none"
	case MemberFact:
		return "a member such as n1, or none"
	default:
		return "a text, or none"
	}
}

// allows reports whether a fact can be what the text says.
func (d FactDoc) allows(text string) bool {
	switch d.Kind {
	case FlagFact:
		return text == "true" || text == "false"
	case ChoiceFact:
		return slices.Contains(d.Values, text)
	case MemberFact:
		_, is := Name(text).Member()
		return is
	default:
		return true
	}
}
