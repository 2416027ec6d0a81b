package script

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quote prints text as one word that words reads back. It adds quotes only where the text needs them, and prefers
// those that need no escape inside. Text that a shell would change inside double quotes goes into single ones, so
// that a line copied to a terminal with etcdctl means the same there.
func quote(text string) string {
	switch {
	case isBare(text):
		return text
	case !isPlain(text) || strings.Contains(text, "'"):
		return strconv.Quote(text)
	case strings.ContainsAny(text, "\"\\$`!"):
		return "'" + text + "'"
	}
	return `"` + text + `"`
}

// Word prints text as one word of a line, for those who put a line together.
func Word(text string) string { return quote(text) }

// isBare reports whether text is a word as it stands. A leading "#" would start a comment, a leading "-" a flag.
func isBare(text string) bool {
	if text == "" || text[0] == '#' || (text[0] == '-' && text != "-") {
		return false
	}
	return isPlain(text) && !strings.ContainsAny(text, " '\"\\")
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
