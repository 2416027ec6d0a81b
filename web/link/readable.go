package link

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// readable writes the run as keys and values, without the leading versions.
func (r Run) readable() string {
	var b strings.Builder
	add := func(key, value string) {
		b.WriteString("&" + key + "=" + value)
	}
	if r.Scenario != "" {
		add("s", r.Scenario)
	}
	for _, p := range r.Config {
		add(p.Key, escape(p.Value))
	}
	if len(r.Tape) > 0 {
		actions := make([]string, len(r.Tape))
		for i, c := range r.Tape {
			actions[i] = micros(c.At) + "+" + escape(c.Command.String())
		}
		add("a", strings.Join(actions, ";"))
	}
	if r.At != 0 {
		add("t", micros(r.At))
	}
	if r.Hash != "" {
		add("h", r.Hash)
	}
	if r.UI.Panel != "" {
		add("panel", r.UI.Panel)
	}
	if r.UI.Select != "" {
		add("select", escape(r.UI.Select))
	}
	return b.String()
}

// field is a key of the fragment with its value, still escaped.
type field struct{ key, value string }

// fields cuts a fragment at its separators. A key that stands there twice would leave open which one holds.
func fields(fragment string) ([]field, error) {
	var list []field
	var seen []string
	for part := range strings.SplitSeq(fragment, "&") {
		key, value, _ := strings.Cut(part, "=")
		if !isKnown(key) {
			continue // of a later version, or added by a program on the way
		}
		if slices.Contains(seen, key) {
			return nil, damaged(key, "the key stands there twice")
		}
		seen = append(seen, key)
		list = append(list, field{key, value})
	}
	return list, nil
}

// ownKeys are the keys of this package, beside those of the config.
var ownKeys = [...]string{"v", "m", "z", "s", "a", "t", "h", "panel", "select"}

func isKnown(key string) bool {
	return slices.Contains(ownKeys[:], key) || carried(key)
}

// parseReadable reads the fields behind the version.
func parseReadable(list []field) (Run, error) {
	var r Run
	for _, f := range list {
		if err := r.set(f); err != nil {
			return Run{}, err
		}
	}
	return r, nil
}

// set takes over one field.
func (r *Run) set(f field) error {
	if f.key == "a" {
		return r.setTape(f.value)
	}
	text, err := unescape(f.key, f.value)
	if err != nil {
		return err
	}
	switch f.key {
	case "v":
	case "m":
		r.Model = text
	case "s":
		r.Scenario = text
	case "t":
		r.At, err = parseMicros("t", text)
	case "h":
		r.Hash = text
	case "panel":
		r.UI.Panel = text
	case "select":
		r.UI.Select = text
	default: // isKnown let only config keys through
		r.Config = append(r.Config, Pair{f.key, text})
	}
	return err
}

// setTape reads the actions. It counts them first: parsing a million of them would take seconds.
func (r *Run) setTape(value string) error {
	if value == "" {
		return nil
	}
	if n := strings.Count(value, ";") + 1; n > CommandsMax {
		return tooLarge("a", "there are "+strconv.Itoa(n)+" commands, at most "+strconv.Itoa(CommandsMax)+" are allowed")
	}
	i := 0
	for part := range strings.SplitSeq(value, ";") {
		text, err := unescape(action(i), part)
		if err != nil {
			return err
		}
		instant, command, ok := strings.Cut(text, " ")
		if !ok {
			return damaged(action(i), quote(text)+" is not an instant in µs, + and a command")
		}
		at, err := parseMicros(action(i), instant)
		if err != nil {
			return err
		}
		c, err := parseCommand(i, command)
		if err != nil {
			return err
		}
		r.Tape = append(r.Tape, Timed{at, c})
		i++
	}
	return nil
}

func parseMicros(where, text string) (sim.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, damaged(where, quote(text)+" is no instant in µs")
	}
	return sim.Time(n), nil
}
