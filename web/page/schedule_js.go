package page

import "github.com/etcdscope/etcdscope/web/wire"

// schedule says which parts of the page are painted when. While the run plays they are painted one after the other in
// the animation frames up to the next Frame: what is newest wins, and each has its turn.
type schedule struct {
	*instance
	parts [partCount]func(*wire.Frame)
	due   uint    // parts that show an older frame: one bit each
	turn  int     // the part that is painted next
	spent float64 // by the last animation frame on parts, ms
}

// The parts that a frame fills, the picture first.
const (
	partPicture = iota
	partTransport
	partPanel
	partEvents
	partWhy
	partHead
	partTimeline
	partCount
)

// sliceTime is how long parts may be begun in one animation frame, ms.
const sliceTime = 1.5

// begin takes up a new frame: what is wanted is painted at once, the picture too if there is time or a person has asked
// for the frame.
func (s *schedule) begin(wanted []int, asked bool) {
	s.due = 1<<partCount - 1
	for _, part := range wanted {
		s.paint(part)
	}
	if s.spent < sliceTime || asked {
		s.paint(partPicture)
	}
}

// finish paints all that is due.
func (s *schedule) finish() {
	for s.due != 0 {
		s.next()
	}
}

// some paints what is due, as much as an animation frame has room for.
func (s *schedule) some() {
	s.spent = 0
	if s.due == 0 {
		return
	}
	for start := now(); s.due != 0 && s.spent < sliceTime; s.spent = now() - start {
		s.next()
	}
}

// next paints the picture if it is due, else the part whose turn it is.
func (s *schedule) next() {
	if s.due>>partPicture&1 != 0 {
		s.paint(partPicture)
		return
	}
	for s.due>>s.turn&1 == 0 {
		s.turn = (s.turn + 1) % partCount
	}
	s.paint(s.turn)
}

func (s *schedule) paint(part int) {
	s.due &^= 1 << part
	s.parts[part](s.frame)
}
