package ctl

import (
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/api"
)

// table prints a list of members as a table; etcdctl has no table for the other calls here (printer_table.go).
func (p *printer) table(call api.Call, reply api.Reply) {
	if _, ok := call.(api.MemberList); !ok {
		p.unsupported()
		return
	}
	p.grid(memberHeader, memberRows(reply.Body.(api.MembersReply)))
}

// cellWidth is how wide a cell gets before its words go to the next line.
const cellWidth = 30

// grid prints a table as the library tablewriter does, which etcdctl uses: the header in capitals and in the middle,
// cells at the right.
//
//	+----------+------+
//	| ENDPOINT | HASH |
//	+----------+------+
//	|       n1 |   17 |
//	+----------+------+
func (p *printer) grid(header []string, rows [][]string) {
	widths := make([]int, len(header))
	cells := make([][][]string, len(rows)) // by row and column, the lines of a cell
	for i, text := range header {
		widths[i] = len(text)
	}
	for y, row := range rows {
		for x, text := range row {
			lines, width := wrap(text)
			cells[y] = append(cells[y], lines)
			widths[x] = max(widths[x], width)
		}
	}
	p.rule(widths)
	p.out.WriteByte('|')
	for i, text := range header {
		gap := widths[i] - len(text)
		text = strings.ToUpper(strings.ReplaceAll(text, "_", " "))
		p.out.WriteString(" " + strings.Repeat(" ", gap/2) + text + strings.Repeat(" ", gap-gap/2) + " |")
	}
	p.line()
	p.rule(widths)
	for _, row := range cells {
		p.row(row, widths)
	}
	p.rule(widths)
}

func (p *printer) rule(widths []int) {
	p.out.WriteByte('+')
	for _, w := range widths {
		p.out.WriteString(strings.Repeat("-", w+2) + "+")
	}
	p.line()
}

// row prints a row, which has as many lines as its highest cell.
func (p *printer) row(row [][]string, widths []int) {
	height := 0
	for _, lines := range row {
		height = max(height, len(lines))
	}
	for y := range height {
		p.out.WriteByte('|')
		for x, lines := range row {
			text := ""
			if y < len(lines) {
				text = lines[y]
			}
			p.out.WriteString(" " + strings.Repeat(" ", widths[x]-utf8.RuneCountInString(text)) + text + " |")
		}
		p.line()
	}
}

// wrap cuts a text into lines of at most cellWidth, if its words allow that, and returns how wide the longest is. Of
// all ways to cut it takes the least ragged one: the squares of what lines leave free are added up, but not of the last
// line (tablewriter wrap.go, WrapWords).
func wrap(text string) (lines []string, width int) {
	words := strings.Split(text, " ")
	limit := min(utf8.RuneCountInString(text), cellWidth)
	width = limit
	for _, w := range words {
		limit = max(limit, utf8.RuneCountInString(w))
	}
	cost := make([]int, len(words))
	next := make([]int, len(words)) // where the line that begins with a word ends
	for i := len(words) - 1; i >= 0; i-- {
		if utf8.RuneCountInString(strings.Join(words[i:], " ")) <= limit {
			next[i] = len(words)
			continue
		}
		cost[i] = 1 << 31
		for j := i + 1; j < len(words); j++ {
			free := limit - utf8.RuneCountInString(strings.Join(words[i:j], " "))
			if c := free*free + cost[j]; free >= 0 && c < cost[i] {
				cost[i], next[i] = c, j
			}
		}
	}
	for i := 0; i < len(words); i = next[i] {
		line := strings.Join(words[i:next[i]], " ")
		lines = append(lines, line)
		width = max(width, utf8.RuneCountInString(line))
	}
	return lines, width
}
