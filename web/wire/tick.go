package wire

import "github.com/etcdscope/etcdscope/core/mark"

// Tick asks the engine to go on and to carry out what the person did.
type Tick struct {
	Version int
	Seq     uint64 // echoed by the Reply
	Elapsed int64  // µs of wall time since the last Tick, 0 for the first
	Full    bool   // send a Frame even if nothing changed, whole, and the Catalog
	Actions []Action
}

// ActionKind says what the person did. Only Do, Undo, Fresh and Open can change the run; all others move the lens.
type ActionKind uint8

// The kinds, with the fields of Action that they use.
const (
	Do    ActionKind = iota // Text: a command or console input ("crash n2", "help put"); N=1: typed in the console
	Undo                    // takes the last command of this branch back (in a new branch)
	Play                    //
	Pause                   //
	Speed                   // N: simulated µs per second of wall time, FlatOut or Adaptive
	Seek                    // N: the moment, µs
	Step                    // N: +1 one event forward, -1 back
	Jump                    // N: ±1 to the next or previous mark of the class Marks
	Live                    // to the end of this branch
	// Text: what to explain: "n1", "c1", "m17", "e1234" (a record), "l2.7" (log of n2, entry 7), "k/pods/a" (a key), "v7
	// /pods/a" (its version of revision 7),
	Select
	// "w1.2" (watch 2 of c1), "t694d" (a lease), "" nothing
	Panel    // Text: "log", "keys", "watches", "leases", "stores", "clients", "checks", "metrics", "tape"
	Fresh    // Text: "members=3 clients=2 preset=article seed=7": a new run
	Open     // Text: a link's fragment, with or without "#"
	Share    // the Reply carries the link of this moment
	Goto     // N: go to this branch, 0-based
	Complete // Text: console input so far; the Reply carries completions
	Paste    // Text: what stands in the file that the last console line wants
	ReadAt   // the keys: as a read at revision N shows them; 0: the newest
	KeysFrom // the keys: from the key Text on
)

// Speeds that are no rate.
const (
	FlatOut  = 0  // as fast as it goes
	Adaptive = -1 // so that what the person caused can be seen
)

// Action is one thing that the person did.
type Action struct {
	Kind  ActionKind
	Text  string
	N     int64
	Marks mark.Class
}

// Reply answers a Tick.
type Reply struct {
	Version     int
	Seq         uint64
	Frame       *Frame   // nil: nothing to redraw
	Catalog     *Catalog // the first time
	Lines       []Line   // new console lines
	Link        string   // answer to Share: "#v=1&…"
	Completions []string // answer to Complete
	Paste       string   // a line of the console wants the text of this file: the answer is a Paste
	Fatal       string   // the engine cannot go on: why, and what to do
}

// Line is a line of the console.
type Line struct {
	Kind LineKind
	Text string
}

// LineKind says whose words a line is.
type LineKind uint8

// The kinds: what was typed or what a gesture said, an answer, one that wants room to be read, an error, a note of the
// simulator.
const (
	LineTyped LineKind = iota
	LineOut
	LinePage
	LineErr
	LineNote
)

func (k LineKind) String() string { return word(k, "in", "out", "out", "err", "say") }
