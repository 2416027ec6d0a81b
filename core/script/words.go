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

// lexer cuts one line into words, as a shell does: spaces separate; '…' is taken as it is; "…" knows Go's escapes;
// a backslash outside quotes takes the next character as it is; # at the start of a word begins a comment.
type lexer struct {
	line int
	rest string // what is not read yet
	col  int    // of its first character
}

// words cuts a line into words. end is the column behind the last of them.
func words(line int, text string) (list []word, end int, err *Error) {
	l := &lexer{line: line, rest: text, col: 1}
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

// check refuses what no line may hold, before any of it is looked at closely.
func (l *lexer) check() *Error {
	if len(l.rest) > LineBytesMax {
		return l.fail(1, "the line has "+strconv.Itoa(len(l.rest))+" bytes", "want at most "+strconv.Itoa(LineBytesMax))
	}
	for i, col := 0, 1; i < len(l.rest); col++ {
		r, size := utf8.DecodeRuneInString(l.rest[i:])
		if r == utf8.RuneError && size == 1 {
			return l.fail(col, "a byte that is not UTF-8", `want text, or "\x`+hex(l.rest[i])+`" in double quotes`)
		}
		if r == 0x7f || (r < ' ' && r != '\t') {
			return l.fail(col, "a control character", `want text, or "\x`+hex(l.rest[i])+`" in double quotes`)
		}
		i += size
	}
	return nil
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
	w := word{col: l.col, quoted: strings.IndexByte(`'"\\`, l.rest[0]) >= 0}
	var b strings.Builder
	for l.rest != "" && l.rest[0] != ' ' && l.rest[0] != '\t' {
		var err *Error
		switch l.rest[0] {
		case '\'':
			err = l.single(&b)
		case '"':
			err = l.double(&b)
		case '\\':
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
		if l.rest[0] == '\\' {
			if err := l.escape(b); err != nil {
				return err
			}
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

// escape reads a backslash sequence inside double quotes. They are Go's, because strconv.Quote prints them.
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
