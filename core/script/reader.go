package script

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// reader takes words off a line from left to right. The first mistake is kept, and from then on all it returns is
// empty: the parsing functions read straight down, and whoever started asks for err at the end.
type reader struct {
	line  int
	words []word
	end   int // the column behind the last word
	err   *Error
}

func (r *reader) fail(col int, msg, want string) {
	if r.err == nil {
		r.err = &Error{Line: r.line, Col: col, Msg: msg, Want: want}
	}
}

// next takes the next word. If there is none, or a mistake came before, it returns false; want says what was missing.
func (r *reader) next(want string) (word, bool) {
	if r.err != nil {
		return word{}, false
	}
	if len(r.words) == 0 {
		r.fail(r.column(), "the line ends too early", "want "+want)
		return word{}, false
	}
	w := r.words[0]
	r.words = r.words[1:]
	return w, true
}

// column returns where the next word stands, or would stand.
func (r *reader) column() int {
	if len(r.words) > 0 {
		return r.words[0].col
	}
	if r.end == 1 {
		return 1 // an empty line
	}
	return r.end + 1
}

// peek reports whether the next word is the given one, bare.
func (r *reader) peek(text string) bool {
	return r.err == nil && len(r.words) > 0 && !r.words[0].quoted && r.words[0].text == text
}

// done refuses what is left over.
func (r *reader) done() {
	if len(r.words) > 0 {
		r.fail(r.words[0].col, "unexpected "+strconv.Quote(r.words[0].text), "want the end of the line")
	}
}

func (r *reader) text(want string) string {
	w, _ := r.next(want)
	return w.text
}

func (r *reader) member() Name {
	w, ok := r.next("a member such as n1")
	n := Name(w.text)
	if _, is := n.Member(); ok && !is {
		r.fail(w.col, strconv.Quote(w.text)+" is no member", "want a name from n1 to "+string(MemberName(MembersMax)))
	}
	return n
}

func (r *reader) place() Name {
	w, ok := r.next("a member or a client such as n1 or c1")
	n := Name(w.text)
	if ok && !n.place() {
		r.fail(w.col, strconv.Quote(w.text)+" is no member and no client", "want a name such as n1 or c1")
	}
	return n
}

// groups reads NAMES | NAMES …, with or without spaces around the marks.
func (r *reader) groups() [][]Name {
	r.words = pieces(r.words, "|,")
	var groups [][]Name
	var group, all []Name
	for r.err == nil {
		col := r.column()
		n := r.place()
		if slices.Contains(all, n) {
			r.fail(col, string(n)+" stands here for the second time", "want each name in one group")
		}
		group, all = append(group, n), append(all, n)
		if r.peek(",") {
			r.next("")
			continue
		}
		groups, group = append(groups, group), nil
		if r.err == nil && len(r.words) == 0 && len(groups) > 1 {
			break
		}
		r.mark("|", "| and another group")
	}
	return groups
}

// mark takes one bare mark.
func (r *reader) mark(text, want string) {
	w, ok := r.next(want)
	if ok && (w.quoted || w.text != text) {
		r.fail(w.col, "unexpected "+strconv.Quote(w.text), "want "+want)
	}
}

// path reads FROM > TO or A - B.
func (r *reader) path() (p struct {
	From, To Name
	Both     bool
}) {
	r.words = pieces(r.words, ">-")
	p.From = r.place()
	p.Both = r.peek("-")
	if p.Both {
		r.next("")
	} else {
		r.mark(">", "> (one way) or - (both ways)")
	}
	col := r.column()
	p.To = r.place()
	if p.From == p.To {
		r.fail(col, "both ends are "+string(p.To), "want two different names")
	}
	return p
}

func (r *reader) message() uint64 {
	w, ok := r.next("a message such as m17")
	if !ok {
		return 0
	}
	digits, is := strings.CutPrefix(w.text, "m")
	id, err := strconv.ParseUint(digits, 10, 64)
	if !is || err != nil || message(id) != w.text {
		r.fail(w.col, strconv.Quote(w.text)+" is no message", "want m and a number, such as m17")
	}
	return id
}

func (r *reader) time() sim.Time {
	w, ok := r.next("a time such as 300ms or 1.5s")
	if !ok {
		return 0
	}
	t, err := sim.ParseTime(w.text)
	switch {
	case err != nil:
		r.fail(w.col, strconv.Quote(w.text)+" is no time", "want a number with us, ms, s, m or h, such as 300ms or 1.5s")
	case t > TimeMax:
		r.fail(w.col, "the time "+w.text+" is too long", "want at most "+TimeMax.String())
	}
	return t
}

func (r *reader) rate() int {
	const want = "a rate such as 1000/s, --clients and a number, or off"
	w, ok := r.next(want)
	if !ok || (w.text == "off" && !w.quoted) {
		return 0
	}
	digits, is := strings.CutSuffix(w.text, "/s")
	n, err := strconv.ParseUint(digits, 10, 31)
	switch {
	case !is || err != nil:
		r.fail(w.col, strconv.Quote(w.text)+" is no rate", "want "+want)
	case n > LoadPerSecondMax:
		r.fail(w.col, w.text+" is too much", "want at most "+strconv.Itoa(LoadPerSecondMax)+"/s")
	}
	return int(n)
}

// number reads a whole number from 0 to most.
func (r *reader) number(want string, most uint64) int64 {
	w, ok := r.next(want)
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(w.text, 10, 64)
	if err != nil || n > most {
		r.fail(w.col, strconv.Quote(w.text)+" is not "+want, "want a whole number from 0 to "+strconv.FormatUint(most, 10))
	}
	return int64(n)
}

// disk reads MEMBER ok|slow N|stall|full.
func (r *reader) disk() Disk {
	c := Disk{Member: r.member()}
	w, ok := r.next("ok, slow, stall or full")
	c.State = DiskState(w.text)
	switch c.State {
	case DiskOK, DiskStall, DiskFull:
	case DiskSlow:
		c.Factor = int(r.number("how many times as slow", SlowMax))
		if r.err == nil && c.Factor < 2 {
			r.fail(w.col, "a slow disk takes at least twice as long", "want a number from 2 to "+strconv.Itoa(SlowMax))
		}
	default:
		if ok {
			r.fail(w.col, "a disk cannot be "+strconv.Quote(w.text), "want ok, slow, stall or full")
		}
	}
	return c
}

// percent reads +10%, -5% or 0%.
func (r *reader) percent() int {
	w, ok := r.next("a percentage such as +10%")
	text, sign := strings.CutSuffix(w.text, "%")
	n, err := strconv.Atoi(text)
	if ok && (!sign || err != nil || n < -DriftMax || n > DriftMax) {
		r.fail(w.col, strconv.Quote(w.text)+" is no percentage", "want one from -"+strconv.Itoa(DriftMax)+"% to +"+
			strconv.Itoa(DriftMax)+"%")
	}
	return n
}
