package link

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Version is the format that Encode writes. Decode reads it and all older ones.
const Version = 1

// The limits of a link.
const (
	BytesMax         = 1 << 20 // of the fragment, and of what a packed one unpacks to
	CommandsMax      = 10_000
	ReadableBytesMax = 1500 // a longer run is packed

	valueBytesMax = 256
	nameBytesMax  = 64
	hashDigitsMax = 64
)

// Run is what a link holds: a run, and what is seen of it.
type Run struct {
	Model    string // the version of the simulator that made it; empty: not said
	Scenario string // the scenario that the config and the tape build on; empty: none
	Config   []Pair // as in a script's config line. Invariant: only keys that are carried, none twice
	Tape     []Timed
	At       sim.Time // the instant shown
	Hash     string   // short hash of the state at At, in hex; empty: not said
	UI       Lens
}

// Pair is one key of the config with its value.
type Pair struct{ Key, Value string }

// Timed is a command on the tape. Invariant: At never decreases along the tape.
type Timed struct {
	At      sim.Time
	Command script.Command
}

// Lens is what of the run is looked at. It changes nothing in the run.
type Lens struct {
	Panel  string // the panel that is open
	Select string // what is selected in it: "n1", "m17", a key
}

// carried reports whether a link carries a key of the config. Such keys share the fragment with those of this package.
func carried(key string) bool {
	s := script.SettingOf(key)
	return s != nil && !s.Local
}

// check refuses what cannot be a run, whether it came from a link or goes into one. What only the world can judge, such
// as the name of a preset, it leaves to the world.
func (r Run) check() error {
	if len(r.Scenario) > nameBytesMax || !isName(r.Scenario) {
		return content("s", quote(r.Scenario)+" is no name of a scenario")
	}
	for i, p := range r.Config {
		if err := p.check(); err != nil {
			return err
		}
		for _, q := range r.Config[:i] {
			if q.Key == p.Key {
				return content(p.Key, "the key stands there twice")
			}
		}
	}
	if err := checkTape(r.Tape); err != nil {
		return err
	}
	if len(r.Model) > nameBytesMax || !isName(strings.ReplaceAll(r.Model, ".", "")) {
		return content("m", quote(r.Model)+" is no version of the simulator")
	}
	if r.At < 0 || r.At > script.TimeMax {
		return content("t", "the instant "+micros(r.At)+" is outside a run, which lasts up to "+micros(script.TimeMax)+" µs")
	}
	if len(r.Hash) > hashDigitsMax || strings.Trim(r.Hash, "0123456789abcdef") != "" {
		return content("h", quote(r.Hash)+" is no hash of small hexadecimal digits")
	}
	if len(r.UI.Panel) > nameBytesMax || !isName(r.UI.Panel) {
		return content("panel", quote(r.UI.Panel)+" is no name of a panel")
	}
	return checkText("select", r.UI.Select)
}

func (p Pair) check() error {
	switch {
	case !carried(p.Key):
		return content(p.Key, "a link cannot carry this config key")
	case p.Key == "members", p.Key == "clients":
		return checkCount(p, script.SettingOf(p.Key))
	case p.Key == "seed":
		if n, err := strconv.ParseUint(p.Value, 10, 64); err != nil || strconv.FormatUint(n, 10) != p.Value {
			return content("seed", quote(p.Value)+" is no whole number from 0 to "+strconv.FormatUint(math.MaxUint64, 10))
		}
		return nil
	}
	return checkText(p.Key, p.Value)
}

func checkCount(p Pair, s *script.Setting) error {
	n, err := strconv.ParseInt(p.Value, 10, 64)
	if err != nil || !s.Holds(n) || strconv.FormatInt(n, 10) != p.Value {
		return content(p.Key, quote(p.Value)+" is no number from "+strconv.FormatInt(s.Least, 10)+" to "+
			strconv.FormatInt(s.Most, 10))
	}
	return nil
}

func checkText(where, text string) error {
	if len(text) > valueBytesMax {
		return tooLarge(where, "it has "+strconv.Itoa(len(text))+" bytes, at most "+strconv.Itoa(valueBytesMax)+
			" are allowed")
	}
	if !utf8.ValidString(text) {
		return damaged(where, quote(text)+" is not UTF-8")
	}
	return nil
}

func checkTape(tape []Timed) error {
	if len(tape) > CommandsMax {
		return tooLarge("a", "there are more than "+strconv.Itoa(CommandsMax)+" commands")
	}
	last := sim.Time(0)
	for i, c := range tape {
		switch {
		case c.At < 0 || c.At > script.TimeMax:
			return content(action(i), "the instant "+micros(c.At)+" is outside a run, which lasts up to "+micros(script.TimeMax)+
				" µs")
		case c.At < last:
			return content(action(i), "the instant "+micros(c.At)+" is before that of the action above, "+micros(last))
		case c.Command == nil:
			return content(action(i), "it has no command")
		}
		last = c.At
	}
	return nil
}

// parseCommand reads the text of action i.
func parseCommand(i int, text string) (script.Command, error) {
	c, err := script.ParseStored(text)
	if err != nil {
		mistake := err.(*script.Error) // it promises so
		return nil, content(action(i), quote(text)+": "+mistake.Sentence())
	}
	return c, nil
}

// isName reports whether a name is made of small letters, digits and dashes. The empty name is one.
func isName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func action(i int) string { return "action " + strconv.Itoa(i+1) }

func micros(t sim.Time) string { return strconv.FormatInt(int64(t), 10) }

// quote shows a piece of a link in a sentence. A long piece is cut: it may be a megabyte of a stranger's making.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
