package script

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Parse reads one command. Its error is an *Error.
func Parse(text string) (Command, error) {
	list, end, err := words(1, text)
	if err != nil {
		return nil, err
	}
	r := &reader{line: 1, words: list, end: end}
	c := r.command()
	r.done()
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

// command reads a command from its verb to the end of the line.
func (r *reader) command() Command {
	w, ok := r.next("a command")
	if !ok {
		return nil
	}
	v, known := findVerb(w.text)
	switch {
	case !known:
		r.fail(w.col, "unknown command "+strconv.Quote(w.text), suggestVerb(w.text))
	case v.Category == Scripting:
		r.fail(w.col, strconv.Quote(w.text)+" is a line of a script, not a command", "want a command such as put or crash")
	}
	if r.err != nil {
		return nil
	}
	o := r.options(v)
	c := r.build(v.Name, o)
	r.done()
	if r.err == nil && len(c.String()) > LineBytesMax {
		r.fail(w.col, "the command has "+strconv.Itoa(len(c.String()))+" bytes when all escapes are written out",
			"want at most "+strconv.Itoa(LineBytesMax))
	}
	return c
}

// build reads the arguments of a verb.
func (r *reader) build(verb string, o options) Command {
	switch verb {
	case "put":
		return Put{Key: r.text("a key"), Value: r.text("a value"), Client: o.client, Endpoint: o.endpoint}
	case "get":
		c := Get{Prefix: o.prefix, Rev: o.rev, Serializable: o.serializable, Client: o.client, Endpoint: o.endpoint}
		c.Key, c.End = r.span(o)
		return c
	case "del":
		c := Del{Prefix: o.prefix, Client: o.client, Endpoint: o.endpoint}
		c.Key, c.End = r.span(o)
		return c
	case "crash":
		return Crash{Member: r.member(), Torn: o.torn}
	case "restart":
		return Restart{r.member()}
	case "pause":
		return Pause{r.member()}
	case "resume":
		return Resume{r.member()}
	case "timeout":
		return Campaign{r.member()}
	case "member":
		return r.memberChange(o)
	case "move-leader":
		return MoveLeader{Member: r.member(), Client: o.client, Endpoint: o.endpoint}
	case "snapshot":
		return r.snapshot(o)
	case "disk":
		return r.disk()
	case "drift":
		return Drift{Member: r.member(), Percent: r.percent()}
	case "split":
		return Split{r.groups()}
	case "cut":
		return Cut(r.path())
	case "mend":
		return Mend(r.path())
	case "heal":
		return Heal{}
	case "drop":
		return Drop{r.message()}
	case "delay":
		return Delay{Message: r.message(), By: r.time()}
	case "duplicate":
		return Duplicate{r.message()}
	case "deliver":
		return Deliver{r.message()}
	case "hold":
		return Hold{r.message()}
	default: // load: the table has no other
		return Load{PerSecond: r.rate(), Client: o.client}
	}
}

// options are the flags of a line.
type options struct {
	prefix, serializable bool
	torn, learner        bool
	rev                  int64
	peerURL              string
	client, endpoint     Name
}

// options takes the flags out of the line, wherever they stand, and leaves the arguments.
func (r *reader) options(v Verb) options {
	var o options
	var rest []word
	var seen []string
	for r.err == nil && len(r.words) > 0 {
		w, _ := r.next("")
		if w.quoted || !strings.HasPrefix(w.text, "--") {
			rest = append(rest, w)
			continue
		}
		name, value, glued := strings.Cut(w.text, "=")
		if name == "--endpoints" { // as etcdctl calls it
			name = "--endpoint"
		}
		switch {
		case !slices.Contains(v.flags, name):
			r.fail(w.col, v.Name+" has no flag "+strconv.Quote(name), wantFlags(v))
		case slices.Contains(seen, name):
			r.fail(w.col, "the flag "+name+" stands here for the second time", "want it once")
		case glued && (name == "--prefix" || name == "--torn" || name == "--learner"):
			r.fail(w.col, "the flag "+name+" takes no value", "want "+name+" alone")
		case glued:
			// The value becomes the next word, so that both spellings are read in one place.
			r.words = append([]word{{text: value, col: w.col + len(w.text) - len(value)}}, r.words...)
		}
		seen = append(seen, name)
		r.option(&o, name)
	}
	r.words = rest
	return o
}

func wantFlags(v Verb) string {
	if len(v.flags) == 0 {
		return "want no flags; quote a text that starts with --"
	}
	return "want one of " + strings.Join(v.flags, ", ") + "; quote a text that starts with --"
}

// option reads the value of one flag.
func (r *reader) option(o *options, name string) {
	switch name {
	case "--prefix":
		o.prefix = true
	case "--torn":
		o.torn = true
	case "--learner":
		o.learner = true
	case "--peer-urls":
		o.peerURL = r.text("an address such as http://n3:2380")
	case "--rev":
		o.rev = r.number("a revision", math.MaxInt64)
	case "--consistency":
		w, ok := r.next("l (linearizable) or s (serializable)")
		if ok && w.text != "l" && w.text != "s" {
			r.fail(w.col, "no consistency is called "+strconv.Quote(w.text), "want l (linearizable) or s (serializable)")
		}
		o.serializable = w.text == "s"
	case "--client":
		w, ok := r.next("a client such as c1")
		o.client = Name(w.text)
		if _, is := o.client.Client(); ok && !is {
			r.fail(w.col, strconv.Quote(w.text)+" is no client", "want a name from c1 to "+string(ClientName(ClientsMax)))
		}
	case "--endpoint":
		o.endpoint = r.member()
	}
}
