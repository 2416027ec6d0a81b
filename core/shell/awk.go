package shell

import (
	"strconv"
	"strings"
)

// awk prints fields of each line: '{print $2}', '{print $1, $NF}', '/PATTERN/ {print $1}'.
func awk(args []string, in string) result {
	f := parseFlags(args, "", "F")
	usage := "awk: this program is not carried out here; want " + findFilter("awk").usage + ", or '/PATTERN/ {print $1, $NF}'"
	if f.bad != "" || len(f.rest) != 1 || len(f.value('F')) > 1 {
		return mistaken(exitUsage, usage)
	}
	p, ok := parseAwk(f.rest[0])
	if !ok {
		return mistaken(exitUsage, usage)
	}
	var b strings.Builder
	for i, line := range split(in) {
		if p.filter != nil {
			if _, _, found := p.filter.find(line, 0); !found {
				continue
			}
		}
		if p.row != 0 && i+1 != p.row {
			continue
		}
		p.line(&b, line, f.value('F'))
	}
	return result{out: b.String()}
}

// awkProgram is a pattern and what to print: each group of values is joined, and groups are separated by a space.
type awkProgram struct {
	filter *pattern
	row    int // NR == row; 0: every line
	groups [][]awkValue
}

// awkValue is a field, or a text.
type awkValue struct {
	field int // 0: the line, last: $NF; isText: text
	text  string
}

const (
	lastField = -1
	isText    = -2
	fieldSum  = -3 // NF
)

func parseAwk(text string) (p awkProgram, ok bool) {
	text = strings.TrimSpace(text)
	if rest, is := strings.CutPrefix(text, "/"); is {
		n := strings.IndexByte(rest, '/')
		if n < 0 {
			return p, false
		}
		var msg string
		if p.filter, msg = compile(rest[:n], extended, false); msg != "" {
			return p, false
		}
		text = strings.TrimSpace(rest[n+1:])
	}
	if rest, is := strings.CutPrefix(strings.ReplaceAll(text, "NR == ", "NR=="), "NR=="); is {
		number, after := digits(rest)
		p.row, _ = strconv.Atoi(number)
		if text = strings.TrimSpace(after); p.row == 0 {
			return p, false
		}
	}
	if text == "" && (p.filter != nil || p.row > 0) {
		text = "{print}"
	}
	body, is := strings.CutPrefix(text, "{")
	body, is2 := strings.CutSuffix(body, "}")
	body = strings.TrimSuffix(strings.TrimSpace(body), ";")
	body, is3 := strings.CutPrefix(body, "print")
	if !is || !is2 || !is3 {
		return p, false
	}
	p.groups, ok = awkGroups(strings.TrimSpace(body))
	return p, ok
}

// awkGroups reads what stands behind print.
func awkGroups(text string) (groups [][]awkValue, ok bool) {
	if text == "" {
		return [][]awkValue{{{}}}, true
	}
	group := []awkValue{}
	for text != "" {
		var v awkValue
		switch {
		case text[0] == ',' && len(group) > 0:
			groups, group = append(groups, group), nil
			text = strings.TrimSpace(text[1:])
			continue
		case strings.HasPrefix(text, "$NF"):
			v.field, text = lastField, text[3:]
		case strings.HasPrefix(text, "NF"):
			v.field, text = fieldSum, text[2:]
		case text[0] == '$':
			number, rest := digits(text[1:])
			n, err := strconv.Atoi(number)
			if err != nil {
				return nil, false
			}
			v.field, text = n, rest
		case text[0] == '"':
			n := strings.IndexByte(text[1:], '"')
			if n < 0 || strings.Contains(text[:n+1], `\`) {
				return nil, false
			}
			v, text = awkValue{isText, text[1 : n+1]}, text[n+2:]
		default:
			return nil, false
		}
		group = append(group, v)
		text = strings.TrimSpace(text)
	}
	return append(groups, group), len(group) > 0
}

func (p *awkProgram) line(b *strings.Builder, line, delim string) {
	fields := strings.Fields(line)
	if delim != "" && delim != " " {
		if fields = strings.Split(line, delim); line == "" {
			fields = nil
		}
	}
	for i, g := range p.groups {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, v := range g {
			switch n := len(fields); {
			case v.field == isText:
				b.WriteString(v.text)
			case v.field == fieldSum:
				b.WriteString(strconv.Itoa(n))
			case v.field == 0, v.field == lastField && n == 0:
				b.WriteString(line)
			case v.field == lastField:
				b.WriteString(fields[n-1])
			case v.field <= n:
				b.WriteString(fields[v.field-1])
			}
		}
	}
	b.WriteByte('\n')
}
