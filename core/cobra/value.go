package cobra

import (
	"strconv"
	"strings"
)

// read reads the value of a flag, or says what is wrong in the words of Go's library (pflag bool.go, int64.go,
// duration.go, string_slice.go).
func read(f *Flag, text string) (s setting, wrong string) {
	s = setting{flag: f, text: text}
	var err error
	switch f.Kind {
	case Bool:
		var on bool
		if on, err = strconv.ParseBool(text); on {
			s.number = 1
		}
	case Number:
		s.number, err = strconv.ParseInt(text, 0, 64)
	case Unsigned:
		var n uint64
		n, err = strconv.ParseUint(text, 0, 64)
		s.number = int64(n)
	case Span:
		s.number, wrong = readSpan(text)
	case List:
		s.list, wrong = readList(text)
	}
	if err != nil {
		wrong = err.Error()
	}
	return s, wrong
}

// The units of a span, in nanoseconds (time/format.go).
var units = [...]struct {
	name string
	size uint64
}{{"ns", 1}, {"us", 1000}, {"µs", 1000}, {"μs", 1000}, {"ms", 1000_000}, {"s", second}, {"m", 60 * second},
	{"h", 3600 * second}}

const second = 1000_000_000

// readSpan reads what Go's time.ParseDuration reads, in nanoseconds.
func readSpan(text string) (nanos int64, wrong string) {
	invalid := "time: invalid duration " + escaped(text)
	s, negative := strings.CutPrefix(text, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	if s == "0" {
		return 0, ""
	}
	if s == "" {
		return 0, invalid
	}
	var sum uint64
	for s != "" {
		number, rest := cutFunc(s, func(c byte) bool { return c == '.' || (c >= '0' && c <= '9') })
		unit, rest := cutFunc(rest, func(c byte) bool { return c != '.' && (c < '0' || c > '9') })
		part, ok := scaled(number, unit)
		switch {
		case number == "" || number == "." || strings.Count(number, ".") > 1:
			return 0, invalid
		case unit == "":
			return 0, "time: missing unit in duration " + escaped(text)
		case !known(unit):
			return 0, "time: unknown unit " + escaped(unit) + " in duration " + escaped(text)
		}
		if sum += part; !ok || sum > 1<<63 || (sum == 1<<63 && !negative) {
			return 0, invalid
		}
		s = rest
	}
	if negative {
		return -int64(sum), ""
	}
	return int64(sum), ""
}

// escaped quotes a text as the package time does: what is not plain ASCII as bytes.
func escaped(s string) string {
	const digits = "0123456789abcdef"
	out := []byte{'"'}
	for _, c := range []byte(s) {
		switch {
		case c < ' ' || c >= 0x80:
			out = append(out, '\\', 'x', digits[c>>4], digits[c&15])
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

func cutFunc(s string, in func(byte) bool) (head, tail string) {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return s[:n], s[n:]
}

func known(unit string) bool {
	for _, u := range units {
		if u.name == unit {
			return true
		}
	}
	return false
}

// scaled returns a decimal number of a unit in nanoseconds.
func scaled(number, unit string) (nanos uint64, ok bool) {
	whole, fraction, _ := strings.Cut(number, ".")
	for _, u := range units {
		if u.name != unit {
			continue
		}
		if whole != "" {
			n, err := strconv.ParseUint(whole, 10, 64)
			if err != nil || n > (1<<63)/u.size {
				return 0, false
			}
			nanos = n * u.size
		}
		for size := u.size; fraction != "" && size >= 10; fraction = fraction[1:] {
			size /= 10
			nanos += uint64(fraction[0]-'0') * size
		}
	}
	return nanos, true
}

// readList reads a line of comma-separated texts, which may be quoted (encoding/csv).
func readList(text string) (list []string, wrong string) {
	if text == "" {
		return nil, ""
	}
	rest := text
	for {
		col := len(text) - len(rest)
		var field string
		if strings.HasPrefix(rest, `"`) {
			if field, rest, wrong = readQuoted(rest[1:], col+1); wrong != "" {
				return nil, wrong
			}
		} else {
			n := strings.IndexByte(rest, ',')
			if n < 0 {
				n = len(rest)
			}
			field, rest = rest[:n], rest[n:]
			if at := strings.IndexByte(field, '"'); at >= 0 {
				return nil, "parse error on line 1, column " + strconv.Itoa(col+at+1) + `: bare " in non-quoted-field`
			}
		}
		list = append(list, field)
		if rest == "" {
			return list, ""
		}
		rest = rest[1:]
	}
}

// readQuoted reads a quoted text behind its opening quote, which stands in the given column, from 1.
func readQuoted(s string, col int) (field, rest, wrong string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '"':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case i+1 < len(s) && s[i+1] != ',':
			return "", "", "parse error on line 1, column " + strconv.Itoa(col+i+1) + `: extraneous or missing " in quoted-field`
		default:
			return b.String(), s[i+1:], ""
		}
	}
	return "", "", "parse error on line 1, column " + strconv.Itoa(col+len(s)+1) +
		`: extraneous or missing " in quoted-field`
}
