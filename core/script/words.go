package script

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// word is a piece of a line.
type word struct {
	text   string
	col    int  // of its first character
	quoted bool // it opens with a quote or a backslash: it is text, never a flag or a mark
}

// lexer cuts one line into words, as a shell does: spaces separate; '…' is taken as it is; $'…' knows C's escapes; a
// backslash outside quotes takes the next character as it is; # at the start of a word begins a comment. In "…" a
// backslash is one, unless $, `, " or another follows, or xff; in the lines that etcdctl does not have, Go's escapes
// are known there.
type lexer struct {
	line int
	own  bool   // the line is one that etcdctl does not have
	rest string // what is not read yet
	col  int    // of its first character
}

// words cuts a line into words. end is the column behind the last of them.
func words(line int, text string) (list []word, end int, err *Error) {
	return cut(line, text, IsOwn(text))
}

// cut is words for a line of which is known whether it is our own.
func cut(line int, text string, own bool) (list []word, end int, err *Error) {
	l := &lexer{line: line, own: own, rest: text, col: 1}
	if err := l.check(); err != nil {
		return nil, 0, err
	}
	for end = 1; ; end = l.col {
		for l.rest != "" && (l.rest[0] == ' ' || l.rest[0] == '\t') {
			l.next()
		}
		if l.rest == "" || l.rest[0] == '#' {
			return list, end, nil
		}
		w, err := l.word()
		if err != nil {
			return nil, 0, err
		}
		list = append(list, w)
	}
}

// IsOwn reports whether a line is one of ours: it begins with a word that etcdctl does not have, such as crash or
// expect.
func IsOwn(text string) bool {
	list := strings.Fields(text)
	if len(list) > 2 && list[0] == "at" {
		list = list[2:]
	}
	if len(list) == 0 {
		return false
	}
	if v := findVerb(list[0]); v != nil {
		return !v.etcdctl
	}
	return false
}

// check refuses what no line may hold, before any of it is looked at closely.
func (l *lexer) check() *Error {
	if most := lineMost(l.rest); len(l.rest) > most {
		return l.fail(1, "the line has "+strconv.Itoa(len(l.rest))+" bytes", "want at most "+strconv.Itoa(most))
	}
	for i, col := 0, 1; i < len(l.rest); col++ {
		r, size := utf8.DecodeRuneInString(l.rest[i:])
		if r == utf8.RuneError && size == 1 {
			return l.fail(col, "a byte that is not UTF-8", "want text, or $'\\x"+hex(l.rest[i])+"'")
		}
		if r == 0x7f || (r < ' ' && r != '\t') {
			return l.fail(col, "a control character", "want text, or $'\\x"+hex(l.rest[i])+"'")
		}
		i += size
	}
	return nil
}

// lineMost returns how long a line may be. Lines for a shell are several in one.
func lineMost(text string) int {
	if strings.HasPrefix(strings.TrimSpace(text), "shell ") {
		return 2 * ShellBytesMax
	}
	return LineBytesMax
}

func hex(b byte) string { return strconv.FormatUint(uint64(b)+0x100, 16)[1:] }

func (l *lexer) fail(col int, msg, want string) *Error {
	return &Error{Line: l.line, Col: col, Msg: msg, Want: want}
}

// next takes one character.
func (l *lexer) next() string {
	_, size := utf8.DecodeRuneInString(l.rest)
	c := l.rest[:size]
	l.rest = l.rest[size:]
	l.col++
	return c
}

// word reads up to the next space. Quoted and bare pieces that touch make one word, as in a shell.
func (l *lexer) word() (word, *Error) {
	w := word{col: l.col, quoted: strings.IndexByte(`'"\\`, l.rest[0]) >= 0 || strings.HasPrefix(l.rest, "$'")}
	var b strings.Builder
	for l.rest != "" && l.rest[0] != ' ' && l.rest[0] != '\t' {
		var err *Error
		switch {
		case strings.HasPrefix(l.rest, "$'"):
			err = l.ansi(&b)
		case l.rest[0] == '\'':
			err = l.single(&b)
		case l.rest[0] == '"':
			err = l.double(&b)
		case l.rest[0] == '\\':
			err = l.escaped(&b)
		default:
			b.WriteString(l.next())
			continue
		}
		if err != nil {
			return word{}, err
		}
	}
	w.text = b.String()
	return w, nil
}

func (l *lexer) single(b *strings.Builder) *Error {
	open := l.col
	l.next()
	for l.rest != "" {
		c := l.next()
		if c == "'" {
			return nil
		}
		b.WriteString(c)
	}
	return l.fail(open, "the single quote that opens here is not closed", "want a closing '")
}

func (l *lexer) double(b *strings.Builder) *Error {
	open := l.col
	l.next()
	for l.rest != "" {
		if l.rest[0] == '\\' && (l.own || isByte(l.rest)) {
			if err := l.escape(b); err != nil {
				return err
			}
			continue
		}
		if len(l.rest) > 1 && l.rest[0] == '\\' && strings.IndexByte("$`\"\\", l.rest[1]) >= 0 {
			l.next()
			b.WriteString(l.next())
			continue
		}
		c := l.next()
		if c == `"` {
			return nil
		}
		b.WriteString(c)
	}
	return l.fail(open, "the double quote that opens here is not closed", `want a closing "`)
}

// isByte reports whether \xff comes next. Scripts of before have it in double quotes, and a shell has no better use for
// it.
func isByte(text string) bool {
	if len(text) < 4 || text[1] != 'x' {
		return false
	}
	_, err := strconv.ParseUint(text[2:4], 16, 8)
	return err == nil
}

// ansi reads $'…'.
func (l *lexer) ansi(b *strings.Builder) *Error {
	open := l.col
	l.next()
	l.next()
	for l.rest != "" {
		c := l.next()
		switch c {
		case "'":
			return nil
		case `\`:
			is, n := Unescape(l.rest)
			if n == 0 {
				return l.fail(l.col-1, "a backslash sequence that means nothing", `want \n, \t, \', \\, \xff or \u00e9`)
			}
			for b.WriteString(is); n > 0; n-- {
				l.next()
			}
		default:
			b.WriteString(c)
		}
	}
	return l.fail(open, "the $' that opens here is not closed", "want a closing '")
}

// escape reads a backslash sequence inside double quotes of a line of our own: Go's.
func (l *lexer) escape(b *strings.Builder) *Error {
	r, multibyte, tail, err := strconv.UnquoteChar(l.rest, '"')
	if err != nil {
		return l.fail(l.col, "a backslash sequence that means nothing", `want \n, \t, \", \\, \xff or \u00e9`)
	}
	if multibyte {
		b.WriteRune(r)
	} else {
		b.WriteByte(byte(r))
	}
	for len(l.rest) > len(tail) {
		l.next()
	}
	return nil
}

func (l *lexer) escaped(b *strings.Builder) *Error {
	open := l.col
	l.next()
	if l.rest == "" {
		return l.fail(open, "a backslash at the end of the line", "want a character behind it")
	}
	b.WriteString(l.next())
	return nil
}

// pieces cuts the words at the given one-byte marks, which become words of their own: "n1|n2,n3" is n1 | n2 , n3.
// Quoted words stay whole.
func pieces(list []word, marks string) []word {
	var out []word
	for _, w := range list {
		if w.quoted {
			out = append(out, w)
			continue
		}
		for w.text != "" {
			n := strings.IndexAny(w.text, marks)
			switch n {
			case -1:
				n = len(w.text)
			case 0:
				n = 1
			}
			out = append(out, word{text: w.text[:n], col: w.col})
			w.col += utf8.RuneCountInString(w.text[:n])
			w.text = w.text[n:]
		}
	}
	return out
}
