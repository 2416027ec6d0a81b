package script

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// flag is a row of the table of flags: its names and what its value is.
type flag struct {
	name    string
	kind    kind     // what the value names; aSwitch: there is none
	want    string   // what is expected as the value
	choices []string // of aChoice
	other   string   // another spelling
}

// flags has every flag of the language. A flag means the same wherever it stands; which verb takes it says the table of
// verbs.
var flags = [...]flag{
	{name: "--prefix"}, {name: "--from-key"}, {name: "--range"}, {name: "--prev-kv"}, {name: "--ignore-value"},
	{name: "--ignore-lease"},
	{name: "--keys-only"}, {name: "--count-only"}, {name: "--print-value-only"}, {name: "--physical"}, {name: "--keys"},
	{name: "--once"},
	{name: "--learner"}, {name: "--cluster"}, {name: "--torn"}, {name: "--hex"}, {name: "--progress-notify"},
	{name: "--filter-put"}, {name: "--filter-delete"}, {name: "--fragment"},
	{name: "--listen", other: "-l"},
	{name: "--lease", kind: aLease, want: "a lease ID in hexadecimal"},
	{name: "--rev", kind: aNumber, want: "a revision"},
	{name: "--min-create-rev", kind: aNumber, want: "a revision"},
	{name: "--max-create-rev", kind: aNumber, want: "a revision"},
	{name: "--min-mod-rev", kind: aNumber, want: "a revision"},
	{name: "--max-mod-rev", kind: aNumber, want: "a revision"},
	{name: "--limit", kind: aNumber, want: "a number of keys"},
	{name: "--ttl", kind: aNumber, want: "a number of seconds"},
	{name: "--watchers", kind: aNumber, want: "a number of watchers"},
	{name: "--clients", kind: aNumber, want: "a number of clients"},
	{name: "--key-size", kind: aNumber, want: "a number of bytes"},
	{name: "--val-size", kind: aNumber, want: "a number of bytes"},
	{name: "--key-space-size", kind: aNumber, want: "a number of keys"},
	{name: "--hot", kind: aShare, want: "a percentage such as 10%"},
	{name: "--reads", kind: aShare, want: "a percentage such as 70%"},
	{name: "--auto-sync", kind: aTime, want: "a time such as 30s"},
	{name: "--interval", kind: aTime, want: "a time such as 5m"},
	{name: "--consistency", kind: aChoice, want: "l (linearizable) or s (serializable)", choices: []string{"l", "s"}},
	{name: "--order", kind: aChoice, want: "ASCEND or DESCEND", choices: orders[:]},
	{name: "--sort-by", kind: aChoice, want: "CREATE, KEY, MODIFY, VALUE or VERSION", choices: targets[:]},
	{name: "--load", kind: aChoice, want: "s, m, l or xl", choices: []string{"s", "m", "l", "xl"}},
	{name: "-w", kind: aChoice, want: "simple, fields, json or table", choices: formats[:], other: "--write-out"},
	{name: "--peer-urls", kind: aText, want: "an address such as http://n2:2380"},
	{name: "--name", kind: aText, want: "the name of a member"},
	{name: "--initial-cluster", kind: aText, want: "members such as n1=http://n1:2380,n2=http://n2:2380"},
	{name: "--initial-cluster-token", kind: aText, want: "a text"},
	{name: "--initial-advertise-peer-urls", kind: aText, want: "an address such as http://n1:2380"},
	{name: "--skip-hash-check"},
	{name: "--bump-revision", kind: aNumber, want: "a number of revisions"},
	{name: "--mark-compacted"},
	{name: "--data-dir", kind: aText, want: "the name of a directory"},
	{name: "--initial-cluster-state", kind: aChoice, want: "new or existing", choices: clusterStates[:]},
	{name: "--force-new-cluster"},
	{name: "--client", kind: aClient, want: "a client such as c1"},
	{name: "--endpoint", kind: aMember, want: "a member such as n1", other: "--endpoints"},
}

// orders are etcdctl's names of mvcc.SortAscend and what follows, targets those of mvcc.SortByKey and what follows.
var (
	orders  = [...]string{"ASCEND", "DESCEND"}
	targets = [...]string{"KEY", "VERSION", "CREATE", "MODIFY", "VALUE"}
)

// findFlag returns the flag that a word names, in either spelling; nil if there is none.
func findFlag(name string) *flag {
	for i := range flags {
		if f := &flags[i]; f.name == name || (f.other == name && name != "") {
			return f
		}
	}
	return nil
}

// option is a flag that stands in a line, with its value.
type option struct {
	name   string
	text   string
	number int64 // of aNumber, aShare, aLease, aTime (in µs), and of aChoice which of the choices
	col    int
}

// options are the flags of a line.
type options []option

func (os options) find(name string) *option {
	for i := range os {
		if os[i].name == name {
			return &os[i]
		}
	}
	return &option{}
}

func (os options) has(name string) bool     { return os.find(name).name != "" }
func (os options) text(name string) string  { return os.find(name).text }
func (os options) number(name string) int64 { return os.find(name).number }

// col returns where the first flag stands, to point at when flags do not go together.
func (os options) col() int {
	if len(os) > 0 {
		return os[0].col
	}
	return 1
}

// options takes the flags out of the line, wherever they stand, and leaves the arguments.
func (r *reader) options(verb string, takes []string) options {
	var list options
	var rest []word
	for r.err == nil && len(r.words) > 0 {
		w, _ := r.next("")
		if w.text == "--" && !w.quoted { // behind it there are no flags
			rest = append(rest, r.words...)
			break
		}
		name, value, glued := strings.Cut(w.text, "=")
		f := findFlag(name)
		known := f != nil && slices.Contains(takes, f.name)
		if w.quoted || !(strings.HasPrefix(w.text, "--") || known) {
			rest = append(rest, w)
			continue
		}
		off := false // --prefix=false says what is so anyway
		switch {
		case !known:
			r.fail(w.col, verb+" has no flag "+strconv.Quote(name), wantFlags(takes))
		case list.has(f.name):
			r.fail(w.col, "the flag "+name+" stands here for the second time", "want it once")
		case glued && f.kind == aSwitch:
			on, err := strconv.ParseBool(value)
			if off = !on && err == nil; err != nil {
				r.fail(w.col, "the flag "+name+" takes no value", "want "+name+" alone")
			}
		case glued:
			// The value becomes the next word, so that both spellings are read in one place.
			r.words = append([]word{{text: value, col: w.col + len(w.text) - len(value)}}, r.words...)
		}
		switch {
		case !known:
			list = append(list, option{col: w.col}) // no name: what is wrong is not a value
		case !off:
			list = append(list, r.option(f, w.col))
		}
	}
	r.words = rest
	return list
}

func wantFlags(takes []string) string {
	if len(takes) == 0 {
		return "want no flags; quote a text that starts with --"
	}
	return "want one of " + strings.Join(takes, ", ") + "; quote a text that starts with --"
}

// option reads the value of a flag.
func (r *reader) option(f *flag, col int) option {
	o := option{name: f.name, col: col}
	if r.err == nil && len(r.words) > 0 {
		o.text = r.words[0].text
	}
	switch f.kind {
	case aSwitch:
		o.text = ""
	case aNumber:
		o.number = r.number(f.want, math.MaxInt64)
	case aShare:
		o.number = r.share(f)
	case aTime:
		o.number = int64(r.time())
	case aChoice:
		o.number = r.choice(f)
	case aClient:
		w, ok := r.next(f.want)
		if _, is := Name(w.text).Client(); ok && !is {
			r.fail(w.col, strconv.Quote(w.text)+" is no client", "want a name from c1 to "+string(ClientName(ClientsMax)))
		}
	case aMember:
		r.member()
	default:
		r.text(f.want)
	}
	return o
}

// choice reads one of a flag's choices. Those in capitals can be written small, as etcdctl has it.
func (r *reader) choice(f *flag) int64 {
	w, ok := r.next(f.want)
	for i, c := range f.choices {
		if c == w.text || c == strings.ToUpper(w.text) {
			return int64(i)
		}
	}
	if ok {
		r.fail(w.col, f.name+" cannot be "+strconv.Quote(w.text), "want "+f.want)
	}
	return 0
}
