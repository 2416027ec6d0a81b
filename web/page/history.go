package page

import "strings"

// History is what was typed in the console, for the arrows.
type History struct {
	lines []string
	at    int
	draft string
}

// Add keeps a line, unless it repeats the last.
func (h *History) Add(line string) {
	if n := len(h.lines); n == 0 || h.lines[n-1] != line {
		h.lines = append(h.lines, line)
	}
	h.at = len(h.lines)
}

// Move goes by lines back (-1) or forward (+1). now is what the field holds; it is kept as the newest.
func (h *History) Move(by int, now string) string {
	if h.at == len(h.lines) {
		h.draft = now
	}
	h.at = max(0, min(len(h.lines), h.at+by))
	if h.at == len(h.lines) {
		return h.draft
	}
	return h.lines[h.at]
}

// Holds reports whether a text is the one that the arrows have brought.
func (h *History) Holds(text string) bool { return h.at < len(h.lines) && h.lines[h.at] == text }

// completed is the longest line with which all completions begin, and a space when there is but one. Completions are
// whole lines.
func completed(input string, lines []string) string {
	if len(lines) == 0 {
		return input
	}
	common := lines[0]
	for _, l := range lines[1:] {
		for !strings.HasPrefix(l, common) {
			common = common[:len(common)-1]
		}
	}
	if len(lines) == 1 && !strings.HasSuffix(common, " ") {
		common += " "
	}
	return common
}
