package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/script"
)

// What people paste beside a command: the prompt of a terminal, the mark of a difference, what a word processor made of
// it.

// notation takes off a text what is no part of its commands, and says what it was. Positions in a line stay what they
// were: what goes becomes spaces.
func notation(text string) (clean string, notes []string) {
	if rest, ok := strings.CutPrefix(text, "\ufeff"); ok {
		text = rest
		notes = append(notes, "A byte order mark at the beginning was ignored")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.TrimSuffix(text, "\r")
	var b strings.Builder
	joined, prompted, marked := false, false, false
	for line := range strings.Lines(text) {
		n := 0
		switch {
		case joined && prompted && strings.HasPrefix(line, "> "): // a terminal's second prompt
			n = 2
		case !joined:
			n = prompt(line)
			prompted = n > 0
			if n == 0 && difference(line) {
				n, marked = 1, true
			}
		}
		b.WriteString(strings.Repeat(" ", utf8.RuneCountInString(line[:n])) + line[n:])
		joined = strings.HasSuffix(line, "\\\n")
	}
	if clean = b.String(); clean != text && !marked {
		notes = append(notes, "The prompt in front was ignored")
	}
	if marked {
		notes = append(notes, "The + or - of a difference in front was ignored")
	}
	return clean, notes
}

// strange refuses bytes that no text has. A shell would take them; a value can be written as $'\x00'.
func (r *reader) strange() {
	for i, c := range r.text {
		if c == utf8.RuneError && !strings.HasPrefix(r.text[i:], "\ufffd") {
			r.fail(i, "a byte that is not UTF-8", "want text, or $'\\x"+strconv.FormatUint(uint64(r.text[i])+0x100, 16)[1:]+"'")
		} else if c == 0x7f || (c < ' ' && c != '\t' && c != '\n') {
			r.fail(i, "a control character", "want text, or $'\\x"+strconv.FormatUint(uint64(c)+0x100, 16)[1:]+"'")
		}
	}
}

// promptMost is how long a prompt with a name in it can be.
const promptMost = 60

// prompt returns how long the prompt is that a line begins with; 0 if it has none.
func prompt(line string) int {
	trimmed := strings.TrimLeft(line, " \t")
	indent := len(line) - len(trimmed)
	for _, p := range []string{"$ ", "% ", "❯ ", "➜ ", "PS> "} {
		if strings.HasPrefix(trimmed, p) {
			return indent + len(p)
		}
	}
	for _, mark := range []string{"$ ", "# ", "% "} {
		head, _, ok := strings.Cut(trimmed, mark)
		if ok && head != "" && len(head) <= promptMost && isPrompt(head) {
			return indent + len(head) + len(mark)
		}
	}
	return 0
}

// isPrompt reports whether what stands in front of a $ or # looks like a prompt: root@host:~, [root@host ~], bash-5.1,
// sh-4.2, / .
func isPrompt(head string) bool {
	if strings.ContainsAny(head, "'\"=;|&<>\\`$#") {
		return false
	}
	words := strings.Fields(head)
	if len(words) == 0 {
		return false
	}
	first := words[0]
	shell := strings.HasPrefix(first, "bash-") || strings.HasPrefix(first, "sh-")
	return strings.Contains(first, "@") && len(words) <= 2 ||
		(len(words) == 1 && (shell || (first == "/" && strings.HasSuffix(head, " "))))
}

// difference reports whether a line comes out of a difference between two files: a + or - touches a command of etcdctl.
func difference(line string) bool {
	if line == "" || (line[0] != '+' && line[0] != '-') {
		return false
	}
	return strings.HasPrefix(line[1:], "ETCDCTL_") || strings.HasPrefix(line[1:], "etcdctl ") ||
		strings.HasPrefix(line[1:], "etcdutl ")
}

// typed are the characters that word processors and web pages make of what was typed.
var typed = [...]struct{ is, what, want string }{
	{"\u2013", "a dash that a word processor made", "want - or --"},
	{"\u2014", "a dash that a word processor made", "want --"},
	{"\u2012", "a dash that a word processor made", "want - or --"},
	{"\u2010", "a hyphen that a word processor made", "want -"},
	{"\u2011", "a hyphen that a word processor made", "want -"},
	{"\u2212", "a minus sign that a word processor made", "want -"},
	{"\u201c", "a quote that a word processor made", `want "`},
	{"\u201d", "a quote that a word processor made", `want "`},
	{"\u201e", "a quote that a word processor made", `want "`},
	{"\u2018", "a quote that a word processor made", "want '"},
	{"\u2019", "a quote that a word processor made", "want '"},
	{"\u00a0", "a non-breaking space", "want a space"},
	{"\u202f", "a non-breaking space", "want a space"},
	{"\u2007", "a non-breaking space", "want a space"},
	{"\u200b", "a space without width, which cannot be seen", "want nothing in its place"},
	{"\ufeff", "a byte order mark, which cannot be seen", "want nothing in its place"},
}

// typography refuses a word that begins with such a character, or holds one where a quote or a space was meant. Inside
// quotes all of them are text.
func (r *reader) typography() {
	rest := r.rest()
	n := strings.IndexAny(rest, ends+`'"\`+"`$")
	if n < 0 {
		n = len(rest)
	}
	bare := rest[:n]
	for i, c := range bare {
		for _, t := range typed {
			if string(c) != t.is || (i > 0 && !misplaced(bare[:i], t.is)) {
				continue
			}
			r.fail(r.pos+i, script.Word(t.is)+" is "+t.what, t.want+", or quotes around the word if it is meant")
			return
		}
	}
}

// misplaced reports whether such a character, which stands behind others, was meant as syntax: a space, or the quote of
// a flag's value.
func misplaced(before, is string) bool {
	switch is {
	case "\u00a0", "\u202f", "\u2007", "\u200b", "\ufeff":
		return true
	case "\u201c", "\u201d", "\u201e", "\u2018":
		return strings.HasSuffix(before, "=")
	case "\u2013", "\u2014", "\u2012":
		return before == "-"
	}
	return false
}
