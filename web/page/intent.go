package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/web/wire"
)

// An intent is what a person wants, as a short text: a verb and its arguments. Buttons carry it in data-a, the table of
// keys maps to it, menus are lists of it. Actions turns one into what the engine is asked; ok is false for what is the
// page's own affair (opening a dialog, say).
//
//	do TEXT            a command, as in the console      toggle           play or pause
//	typed TEXT         console input                     step ±1          one event
//	member VERB NAME   crash, pause, cut, timeout        jump ±1 [KIND]   to a mark
//	link FROM TO       cut or mend one direction         seek T, nudge D, tenth N, live
//	message VERB ID    drop, delay, hold, duplicate      speed I, faster, slower, adaptive
//	undo, select ID, panel NAME, goto N             look rev N, look from KEY: the keys
func Actions(intent string, f *wire.Frame) (acts []wire.Action, ok bool) {
	verb, arg, _ := strings.Cut(intent, " ")
	switch verb {
	case "do":
		return one(wire.Do, arg, 0), true
	case "typed":
		return one(wire.Do, arg, 1), true
	case "select":
		return one(wire.Select, arg, 0), true
	case "panel":
		return one(wire.Panel, arg, 0), true
	case "look":
		word, of, _ := strings.Cut(arg, " ")
		if word == "from" {
			return one(wire.KeysFrom, of, 0), true
		}
		rev, _ := strconv.ParseInt(of, 10, 64) // the page wrote it
		return one(wire.ReadAt, "", rev), true
	case "undo":
		return one(wire.Undo, "", 0), true
	case "live":
		return one(wire.Live, "", 0), true
	case "play":
		return one(wire.Play, "", 0), true
	case "pause":
		return one(wire.Pause, "", 0), true
	}
	if f == nil {
		return nil, false
	}
	if do, known := commandOf(verb, arg, f); known {
		return do, true
	}
	return moveOf(verb, arg, f)
}

func one(kind wire.ActionKind, text string, n int64) []wire.Action {
	return []wire.Action{{Kind: kind, Text: text, N: n}}
}

// commandOf handles the intents that become a command.
func commandOf(verb, arg string, f *wire.Frame) ([]wire.Action, bool) {
	text := ""
	a, b, _ := strings.Cut(arg, " ")
	switch verb {
	case "member":
		text = MemberCommand(f, a, b)
	case "link":
		text = LinkCommand(f, a, b)
	case "message":
		text = MessageCommand(f, a, b)
	default:
		return nil, false
	}
	if text == "" {
		return nil, true
	}
	return one(wire.Do, text, 0), true
}

// moveOf handles the intents that move through time.
func moveOf(verb, arg string, f *wire.Frame) ([]wire.Action, bool) {
	word, rest, _ := strings.Cut(arg, " ")
	n, _ := strconv.ParseInt(word, 10, 64) // the page wrote it: 0 stands for none
	p := &f.Playback
	switch verb {
	case "toggle":
		if p.Playing {
			return one(wire.Pause, "", 0), true
		}
		return one(wire.Play, "", 0), true
	case "step":
		return one(wire.Step, "", n), true
	case "jump":
		return []wire.Action{{Kind: wire.Jump, N: n, Marks: classOf(rest)}}, true
	case "seek":
		return one(wire.Seek, "", max(0, n)), true
	case "nudge":
		return one(wire.Seek, "", max(0, p.Now+n)), true
	case "tenth":
		return one(wire.Seek, "", p.End*n/10), true
	case "goto":
		return one(wire.Goto, "", n), true
	case "speed":
		return one(wire.Speed, "", speedAt(int(n))), true
	case "adaptive":
		return one(wire.Speed, "", wire.Adaptive), true
	case "faster":
		return one(wire.Speed, "", speedAt(speedIndex(p.Speed)+1)), true
	case "slower":
		return one(wire.Speed, "", speedAt(speedIndex(p.Speed)-1)), true
	}
	return nil, false
}

// speeds are the steps of the speed slider: simulated µs per second of wall time. The last, 0, is as fast as it goes.
var speeds = []int64{1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000, 500_000, second, 2 * second,
	5 * second,
	10 * second, 30 * second, 60 * second, 0}

func speedAt(i int) int64 { return speeds[max(0, min(len(speeds)-1, i))] }

// firstSpeed is where the slider stands while the pace is adaptive: a message between members takes about as long as an
// eye needs.
const firstSpeed = second / 20

// speedIndex is the slider's step for a speed: the nearest that is not faster.
func speedIndex(speed int64) int {
	switch speed {
	case wire.FlatOut:
		return len(speeds) - 1
	case wire.Adaptive:
		speed = firstSpeed
	}
	for i := len(speeds) - 2; i > 0; i-- {
		if speeds[i] <= speed {
			return i
		}
	}
	return 0
}

func member(f *wire.Frame, name string) *wire.Member {
	for i := range f.Members {
		if f.Members[i].Name == name {
			return &f.Members[i]
		}
	}
	return nil
}

func message(f *wire.Frame, id string) *wire.Message {
	for i := range f.Messages {
		if messageID(&f.Messages[i]) == id {
			return &f.Messages[i]
		}
	}
	return nil
}

// MemberCommand is the command that a verb means for a member as it is now: "crash" restarts one that is down. "" when
// there is no such member.
func MemberCommand(f *wire.Frame, verb, name string) string {
	m := member(f, name)
	if m == nil {
		return ""
	}
	switch {
	case verb == "crash" && !m.Up:
		return "restart " + name
	case verb == "pause" && m.Paused:
		return "resume " + name
	case verb == "cut" && cutOff(f, name):
		return "heal"
	case verb == "cut":
		return splitCommand([][]string{{name}, othersThan(f, name)})
	}
	return verb + " " + name
}

// LinkCommand cuts a direction that carries and mends one that does not.
func LinkCommand(f *wire.Frame, from, to string) string {
	if cut(f, from, to) == wire.CutAlone {
		return "mend " + from + " > " + to
	}
	return "cut " + from + " > " + to
}

// MessageCommand is the command that a verb means for a message.
func MessageCommand(f *wire.Frame, verb, id string) string {
	m := message(f, id)
	switch {
	case m == nil:
		return ""
	case verb == "delay":
		return "delay " + id + " 50ms"
	case verb == "hold" && m.Fate == wire.Held:
		return "deliver " + id
	}
	return verb + " " + id
}

func cut(f *wire.Frame, from, to string) wire.Cut {
	for _, l := range f.Links {
		if l.From == from && l.To == to {
			return l.By
		}
	}
	return wire.NotCut
}

func othersThan(f *wire.Frame, name string) []string {
	var out []string
	for i := range f.Members {
		if f.Members[i].Name != name {
			out = append(out, f.Members[i].Name)
		}
	}
	return out
}

// cutOff says whether a member is alone on its side of a split.
func cutOff(f *wire.Frame, name string) bool {
	return slices.ContainsFunc(f.Groups, func(g []string) bool { return len(g) == 1 && g[0] == name })
}

// splitCommand says the sides of a split as a command; "" when there are fewer than two.
func splitCommand(groups [][]string) string {
	var c script.Split
	for _, g := range groups {
		var names []script.Name
		for _, n := range g {
			names = append(names, script.Name(n))
		}
		if len(names) > 0 {
			c.Groups = append(c.Groups, names)
		}
	}
	if len(c.Groups) < 2 {
		return ""
	}
	return c.String()
}

// newest is the newest revision that any member has applied.
func newest(f *wire.Frame) (rev int64) {
	for i := range f.Members {
		rev = max(rev, f.Members[i].Revision)
	}
	return rev
}

func messageID(m *wire.Message) string { return "m" + strconv.FormatUint(m.ID, 10) }
