package shell

import (
	"slices"
	"strconv"
	"strings"
)

// value is a JSON value. Numbers stay as they are written: IDs of members do not fit into a float.
type value struct {
	kind byte   // n null, t true, f false, 0 number, s string, [ or {
	text string // of a number or a string
	list []value
	keys []string // of {, beside list
}

// jsonReader reads values that stand behind each other.
type jsonReader struct {
	text string
	pos  int
}

func (r *jsonReader) skip() {
	for r.pos < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.pos]) >= 0 {
		r.pos++
	}
}

func (r *jsonReader) take(c byte) bool {
	r.skip()
	if r.pos < len(r.text) && r.text[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

const jsonDepth = 100

// value reads the next value. ok is false if what stands there is none.
func (r *jsonReader) value(depth int) (v value, ok bool) {
	r.skip()
	if r.pos == len(r.text) || depth > jsonDepth {
		return v, false
	}
	switch c := r.text[r.pos]; c {
	case '{', '[':
		return r.compound(c, depth)
	case '"':
		v.kind = 's'
		v.text, ok = r.string()
		return v, ok
	}
	for _, word := range []string{"null", "true", "false"} {
		if strings.HasPrefix(r.text[r.pos:], word) {
			r.pos += len(word)
			return value{kind: word[0]}, true
		}
	}
	n := r.pos
	for n < len(r.text) && strings.IndexByte("+-.eE0123456789", r.text[n]) >= 0 {
		n++
	}
	v = value{kind: '0', text: r.text[r.pos:n]}
	r.pos = n
	return v, isNumber(v.text)
}

// isNumber reports whether a text is a number of JSON.
func isNumber(text string) bool {
	whole, rest := digits(strings.TrimPrefix(text, "-"))
	if after, ok := strings.CutPrefix(rest, "."); ok {
		fraction, after := digits(after)
		if rest = after; fraction == "" {
			return false
		}
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		exponent, after := digits(strings.TrimLeft(rest[1:2], "+-") + rest[min(2, len(rest)):])
		if rest = after; exponent == "" {
			return false
		}
	}
	return whole != "" && rest == ""
}

// compound reads an array or an object, whose brackets are two apart.
func (r *jsonReader) compound(open byte, depth int) (v value, ok bool) {
	v.kind = open
	r.pos++
	if r.take(open + 2) {
		return v, true
	}
	for {
		at := -1
		if open == '{' {
			r.skip()
			key, ok := r.string()
			if !ok || !r.take(':') {
				return v, false
			}
			at = slices.Index(v.keys, key)
			if at < 0 {
				v.keys = append(v.keys, key)
			}
		}
		x, ok := r.value(depth + 1)
		switch {
		case !ok:
			return v, false
		case at >= 0: // the last of the same name counts
			v.list[at] = x
		default:
			v.list = append(v.list, x)
		}
		if r.take(open + 2) {
			return v, true
		}
		if !r.take(',') {
			return v, false
		}
	}
}

func (r *jsonReader) string() (s string, ok bool) {
	if r.pos == len(r.text) || r.text[r.pos] != '"' {
		return "", false
	}
	var b strings.Builder
	for r.pos++; r.pos < len(r.text); r.pos++ {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.pos++
			return b.String(), true
		case c == '\\' && r.pos+1 < len(r.text):
			r.pos++
			if !r.escape(&b) {
				return "", false
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

func (r *jsonReader) escape(b *strings.Builder) bool {
	c := r.text[r.pos]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		return true
	}
	if c != 'u' || r.pos+4 >= len(r.text) {
		return false
	}
	n, err := strconv.ParseUint(r.text[r.pos+1:r.pos+5], 16, 32)
	if r.pos += 4; err != nil {
		return false
	}
	if n >= 0xd800 && n < 0xdc00 && strings.HasPrefix(r.text[r.pos+1:], `\u`) && r.pos+6 < len(r.text) {
		if low, err := strconv.ParseUint(r.text[r.pos+3:r.pos+7], 16, 32); err == nil && low >= 0xdc00 && low < 0xe000 {
			n = 0x10000 + (n-0xd800)<<10 + (low - 0xdc00)
			r.pos += 6
		}
	}
	b.WriteRune(rune(n))
	return true
}

// write prints a value: over several lines, two spaces a level, or on one.
func (v *value) write(b *strings.Builder, level int, compact bool) {
	newline := func(level int) {
		if !compact {
			b.WriteString("\n" + strings.Repeat("  ", level))
		}
	}
	switch v.kind {
	case 'n':
		b.WriteString("null")
	case 't':
		b.WriteString("true")
	case 'f':
		b.WriteString("false")
	case '0':
		b.WriteString(v.text)
	case 's':
		writeString(b, v.text)
	default:
		b.WriteByte(v.kind)
		for i := range v.list {
			if i > 0 {
				b.WriteByte(',')
			}
			newline(level + 1)
			if v.kind == '{' {
				writeString(b, v.keys[i])
				b.WriteByte(':')
				if !compact {
					b.WriteByte(' ')
				}
			}
			v.list[i].write(b, level+1, compact)
		}
		if len(v.list) > 0 {
			newline(level)
		}
		b.WriteByte(v.kind + 2)
	}
}

func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune("\"\\\b\f\n\r\t", r); {
		case i >= 0:
			b.WriteString(`\` + `"\bfnrt`[i:i+1])
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u` + strconv.FormatUint(uint64(r)+0x10000, 16)[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// field returns a field of an object; null if there is none.
func (v *value) field(name string) value {
	if i := slices.Index(v.keys, name); i >= 0 {
		return v.list[i]
	}
	return value{kind: 'n'}
}

// kindName is how jq calls a value's kind.
func (v *value) kindName() string {
	switch v.kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '0':
		return "number"
	case 's':
		return "string"
	case '[':
		return "array"
	}
	return "object"
}
