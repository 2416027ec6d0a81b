package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// spans are the numbers of a list such as 1,3-5,7-: pairs of from and to, which count from 1; to is 0 if it is open.
type spans [][2]int

func parseSpans(text string) (list spans, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		low, high, ranged := strings.Cut(part, "-")
		from, err := strconv.Atoi(low)
		if low == "" && ranged {
			from, err = 1, nil
		}
		to := from
		if ranged {
			to = 0
			if high != "" {
				var err2 error
				if to, err2 = strconv.Atoi(high); err2 != nil || to < from {
					return nil, false
				}
			}
		}
		if err != nil || from < 1 || part == "-" {
			return nil, false
		}
		list = append(list, [2]int{from, to})
	}
	return list, true
}

func (s spans) has(n int) bool {
	for _, x := range s {
		if n >= x[0] && (x[1] == 0 || n <= x[1]) {
			return true
		}
	}
	return false
}

// cut prints fields, or characters, of each line.
func cut(args []string, in string) result {
	f := parseFlags(args, "sn", "dfcb")
	if r, bad := f.refused("cut", 0); bad {
		return r
	}
	fields, list := f.has('f'), f.value('f')
	if !fields {
		list = f.value('c') + f.value('b')
	}
	s, ok := parseSpans(list)
	delim := "\t"
	if f.has('d') {
		delim = f.value('d')
	}
	if !ok || len(delim) != 1 {
		return mistaken(1, "cut: want "+findFilter("cut").usage)
	}
	var b strings.Builder
	for _, line := range split(in) {
		if !fields {
			at := 1
			for i := range len(line) { // GNU's -c counts bytes
				if s.has(at) {
					b.WriteByte(line[i])
				}
				at++
			}
		} else if !cutFields(&b, line, delim, s, f.has('s')) {
			continue
		}
		b.WriteByte('\n')
	}
	return result{out: b.String()}
}

// cutFields writes the fields of a line; one without a delimiter is written whole, or skipped.
func cutFields(b *strings.Builder, line, delim string, s spans, skip bool) bool {
	if !strings.Contains(line, delim) {
		if !skip {
			b.WriteString(line)
		}
		return !skip
	}
	first := true
	n := 0
	for field := range strings.SplitSeq(line, delim) {
		if n++; !s.has(n) {
			continue
		}
		if !first {
			b.WriteString(delim)
		}
		b.WriteString(field)
		first = false
	}
	return true
}

// head prints the first lines, or bytes; with a number below 0 all but the last.
func head(args []string, in string) result {
	f := parseFlags(numberFlag(args, "-n"), "q", "nc")
	if r, bad := f.refused("head", 0); bad {
		return r
	}
	n, chars, ok := f.amount()
	if !ok {
		return mistaken(1, "head: invalid number; want "+findFilter("head").usage)
	}
	list := pieces(in, chars)
	if n < 0 {
		n = max(0, len(list)+n)
	}
	return result{out: strings.Join(list[:min(n, len(list))], "")}
}

// tail prints the last lines, or bytes, or with +N those from the Nth on.
func tail(args []string, in string) result {
	f := parseFlags(numberFlag(args, "-n"), "q", "nc")
	if r, bad := f.refused("tail", 0); bad {
		return r
	}
	n, chars, ok := f.amount()
	if !ok {
		return mistaken(1, "tail: invalid number; want "+findFilter("tail").usage)
	}
	list := pieces(in, chars)
	if strings.HasPrefix(f.value('n')+f.value('c'), "+") {
		return result{out: strings.Join(list[min(max(n-1, 0), len(list)):], "")}
	}
	if n < 0 {
		n = -n
	}
	return result{out: strings.Join(list[max(0, len(list)-n):], "")}
}

// amount returns how many lines, or bytes, head and tail are asked for.
func (f *flags) amount() (n int, chars, ok bool) {
	text := "10"
	if i := strings.LastIndexAny(f.set, "nc"); i >= 0 {
		text, chars = f.values[i], f.set[i] == 'c'
	}
	n, err := strconv.Atoi(text)
	return n, chars, err == nil
}

// pieces cuts a text into lines with their ends, or into bytes.
func pieces(text string, chars bool) []string {
	if text == "" {
		return nil
	}
	if chars {
		list := make([]string, len(text))
		for i := range len(text) {
			list[i] = text[i : i+1]
		}
		return list
	}
	list := strings.SplitAfter(text, "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// wc counts lines, words and bytes.
func wc(args []string, in string) result {
	f := parseFlags(args, "lwcm", "")
	if r, bad := f.refused("wc", 0); bad {
		return r
	}
	width := 7
	if len(f.set) == 1 {
		width = 0
	}
	if f.set == "" {
		f.set = "lwc"
	}
	var list []string
	for _, count := range []struct {
		letter byte
		n      int
	}{{'l', strings.Count(in, "\n")}, {'w', len(strings.Fields(in))}, {'m', utf8.RuneCountInString(in)}, {'c', len(in)}} {
		if f.has(count.letter) {
			n := strconv.Itoa(count.n)
			list = append(list, strings.Repeat(" ", max(0, width-len(n)))+n)
		}
	}
	return result{out: strings.Join(list, " ") + "\n"}
}
