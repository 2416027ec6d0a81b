package link

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789ABCDEF"

// escape writes text so that it can stand in a value of the fragment. Only characters that no chat program, Markdown
// renderer or terminal takes for the end of a link stay as they are.
func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == ' ':
			b.WriteByte('+')
		case isSafe(c):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

func isSafe(c byte) bool {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		strings.IndexByte("-._~/:,@", c) >= 0
}

// unescape reads what escape wrote. Characters that escape would have encoded are taken as they are, because some
// programs decode links that they pass on.
func unescape(where, text string) (string, error) {
	if !strings.ContainsAny(text, "%+") && utf8.ValidString(text) {
		return text, nil
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '+':
			out = append(out, ' ')
		case '%':
			if i+2 >= len(text) {
				return "", damaged(where, "it ends in the middle of a percent code, "+quote(text[i:]))
			}
			n, err := strconv.ParseUint(text[i+1:i+3], 16, 8)
			if err != nil {
				return "", damaged(where, quote(text[i:i+3])+" is no percent code")
			}
			out = append(out, byte(n))
			i += 2
		default:
			out = append(out, text[i])
		}
	}
	if !utf8.Valid(out) {
		return "", damaged(where, quote(string(out))+" is not UTF-8")
	}
	return string(out), nil
}
