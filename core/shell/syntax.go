package shell

// Program is text that has been read. It is never changed.
type Program struct {
	Notes []string // what was understood or ignored, a sentence each
	items []item
	text  string
}

// item is one and-or list: what stands between two newlines, or ; or &. Invariant: it is complete, and has at least one
// pipeline.
type item struct {
	line       int // of the text, from 1
	text       string
	pipes      []pipeline
	or         []bool // or[i]: pipes[i+1] runs if pipes[i] failed (||), not if it succeeded (&&)
	background bool
}

// pipeline is commands whose output goes into the next.
type pipeline struct {
	not      bool
	commands []command
}

// command is a simple command, or a group of items in parentheses or braces.
type command struct {
	assigns   []assign
	words     []word
	redirects []redirect
	group     []item
	subshell  bool   // of a group: what it sets is gone behind it
	raw       string // instead of words: a command of the language that has marks of its own, such as cut n1 > n2
	at        int    // byte of the text where it begins
}

// assign is NAME=VALUE in front of a command.
type assign struct {
	name  string
	value word
}

// word is a word of the text: parts that touch.
type word []part

// partKind says what a part is.
type partKind uint8

const (
	literal  partKind = iota
	variable          // $name, ${name}, ${name:-word}
	output            // $(…) or `…`
	sum               // $((…))
)

// part is a part of a word.
type part struct {
	kind   partKind
	quoted bool   // its spaces do not separate
	text   string // of a literal; of a variable: its name; of a sum: its expression
	op     string // of a variable: "", or one of - :- + :+ ? :? behind which instead stands
	other  word
	items  []item // of an output
}

// redirect is a redirection of one command.
type redirect struct {
	fd     int    // what is redirected
	op     string // <, >, >>, >& or << (also for a here-string)
	target word   // the file's name; of >& the number
	body   *word  // of <<: the text

	at, end int // where it stands in the text
}

// fixed returns a word that has nothing to expand.
func (w word) fixed() (string, bool) {
	s := ""
	for _, p := range w {
		if p.kind != literal {
			return "", false
		}
		s += p.text
	}
	return s, true
}
