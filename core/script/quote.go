package script

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quote prints text as one word that words reads back, and a POSIX shell as well. It adds quotes only where the text
// needs them, and prefers those that need no escape inside.
func quote(text string) string {
	switch {
	case isBare(text):
		return text
	case !isPlain(text):
		return ansi(text)
	case !strings.ContainsAny(text, "\"\\$`!"):
		return `"` + text + `"`
	case !strings.Contains(text, "'"):
		return "'" + text + "'"
	}
	return ansi(text)
}

// ansi prints text as $'…', which has an escape for everything.
func ansi(text string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i, r := range text {
		switch _, size := utf8.DecodeRuneInString(text[i:]); {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + hex(text[i]))
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			b.WriteString(`\x` + hex(byte(r)))
		case r < 0x10000:
			b.WriteString(`\u` + strconv.FormatUint(uint64(r)+0x10000, 16)[1:])
		default:
			b.WriteString(`\U` + strconv.FormatUint(uint64(r)+0x100000000, 16)[1:])
		}
	}
	return b.String() + "'"
}

// escapes are what a backslash and a letter stand for in $'…'.
var escapes = [...]struct{ letter, is byte }{
	{'a', 7}, {'b', 8}, {'e', 27}, {'f', 12}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'v', 11}, {'\\', '\\'}, {'\'', '\''},
	{'"', '"'},
}

// Unescape reads what stands behind a backslash in $'…', in which it means what it means in C: what it is, and how long
// it was; 0 if it means nothing.
func Unescape(text string) (is string, n int) {
	if text == "" {
		return "", 0
	}
	for _, e := range escapes {
		if e.letter == text[0] {
			return string([]byte{e.is}), 1
		}
	}
	switch text[0] {
	case 'x':
		v, n := escapedNumber(text[1:], 2, 16)
		return string([]byte{byte(v)}), min(n, 1) * (n + 1)
	case 'u':
		v, n := escapedNumber(text[1:], 4, 16)
		return string(rune(v)), min(n, 1) * (n + 1)
	case 'U':
		v, n := escapedNumber(text[1:], 8, 16)
		return string(rune(v)), min(n, 1) * (n + 1)
	}
	v, n := escapedNumber(text, 3, 8)
	return string([]byte{byte(v)}), n
}

// escapedNumber reads at most so many digits.
func escapedNumber(text string, most, base int) (v uint64, n int) {
	for n < min(most, len(text)) {
		d, err := strconv.ParseUint(text[n:n+1], base, 8)
		if err != nil {
			break
		}
		v = v*uint64(base) + d
		n++
	}
	return v, n
}

// Word prints text as one word of a line, for those who put a line together.
func Word(text string) string { return quote(text) }

// special are the characters that mean something to a shell, typographic those that core/shell points out where syntax
// is meant.
const (
	special     = " '\"\\$`&;|<>()*?["
	typographic = "\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2212"
)

// isBare reports whether text is a word as it stands. A leading "#" would start a comment, a leading "-" a flag, a
// leading "~" is a home.
func isBare(text string) bool {
	if text == "" || text[0] == '#' || text[0] == '~' || (text[0] == '-' && text != "-") {
		return false
	}
	return isPlain(text) && !strings.ContainsAny(text, special) && !strings.ContainsAny(text, typographic)
}

// isPlain reports whether all characters of text show on a page as what they are.
func isPlain(text string) bool {
	for _, r := range text {
		if !strconv.IsPrint(r) {
			return false
		}
	}
	return utf8.ValidString(text)
}
