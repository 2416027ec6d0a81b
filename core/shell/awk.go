package shell

import (
	"strconv"
	"strings"
)

// awk prints fields of each line: '{print $2}', '{print $1, $NF}'.
func awk(args []string, in string) result {
	f := parseFlags(args, "", "F")
	delim := f.value('F')
	if f.bad != "" || len(f.rest) != 1 || len(delim) > 1 {
		return misused("awk", 2)
	}
	fields, ok := awkFields(f.rest[0])
	if !ok {
		return misused("awk", 2)
	}
	var b strings.Builder
	for _, line := range split(in) {
		list := strings.Fields(line)
		if delim != "" && delim != " " {
			list = strings.Split(line, delim)
		}
		for i, n := range fields {
			if i > 0 {
				b.WriteByte(' ')
			}
			if n == lastField {
				n = len(list)
			}
			if n == 0 {
				b.WriteString(line)
			} else if n <= len(list) {
				b.WriteString(list[n-1])
			}
		}
		b.WriteByte('\n')
	}
	return result{out: b.String()}
}

const lastField = -1 // $NF

// awkFields reads the program: the fields that it prints, 0 for the whole line.
func awkFields(text string) (fields []int, ok bool) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), ";}", "}")
	list, is := strings.CutPrefix(text, "{print")
	list, closed := strings.CutSuffix(list, "}")
	if !is || !closed {
		return nil, false
	}
	if list == "" {
		return []int{0}, true
	}
	for _, word := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimPrefix(word, "$"))
		if word == "$NF" {
			n, err = lastField, nil
		}
		if err != nil || word[0] != '$' || n < lastField {
			return nil, false
		}
		fields = append(fields, n)
	}
	return fields, true
}
