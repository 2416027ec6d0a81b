package script

import (
	"math"
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
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
	v, w := r.verb()
	if r.err == nil && v.Category == Scripting {
		r.fail(w.col, strconv.Quote(w.text)+" is a line of a script, not a command", "want a command such as put or crash")
	}
	if r.err != nil {
		return nil
	}
	o := r.options(v.Name, v.allFlags())
	c := r.build(v.Name, o)
	r.done()
	if r.err == nil && len(c.String()) > LineBytesMax {
		r.fail(w.col, "the command has "+strconv.Itoa(len(c.String()))+" bytes when all escapes are written out",
			"want at most "+strconv.Itoa(LineBytesMax))
	}
	return c
}

// verb reads the first word of a line, or the first two: lease grant. A line from a terminal may begin with the name of etcd's tool.
func (r *reader) verb() (*Verb, word) {
	if len(r.words) > 1 && (r.peek("etcdctl") || r.peek("etcdutl")) {
		r.next("")
	}
	w, ok := r.next("a command")
	v := findVerb(w.text)
	switch {
	case !ok || v != nil:
	case len(subcommands(w.text)) > 0:
		return r.second(w)
	default:
		r.fail(w.col, "unknown command "+strconv.Quote(w.text), suggestVerb(w.text))
	}
	return v, w
}

// second reads the second word of a verb.
func (r *reader) second(first word) (*Verb, word) {
	all := subcommands(first.text)
	w, ok := r.next(oneOf(all))
	v := findVerb(first.text + " " + w.text)
	if ok && v == nil {
		r.fail(w.col, "there is no "+first.text+" "+strconv.Quote(w.text), suggest(w.text, all))
	}
	return v, first
}

// build reads the arguments of a verb.
func (r *reader) build(verb string, o options) Command {
	if c, ok := r.disaster(verb, o); ok {
		return c
	}
	switch verb {
	case "crash":
		return Crash{Member: r.member(), Torn: o.has("--torn")}
	case "pause":
		return Pause{r.member()}
	case "resume":
		return Resume{r.member()}
	case "timeout":
		return Campaign{r.member()}
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
	case "load":
		return r.load(o)
	case "compactor start":
		return r.compactor(o)
	case "compactor stop":
		return CompactorStop{Name(o.text("--client"))}
	}
	return r.etcdctl(verb, o)
}

// etcdctl reads the arguments of etcdctl's commands that are more than one call.
func (r *reader) etcdctl(verb string, o options) Command {
	switch verb {
	case "endpoint health":
		return Health{o.has("--cluster"), o.common()}
	case "watch":
		return r.watch(o)
	case "unwatch":
		c := Unwatch{Client: Name(o.text("--client"))}
		if len(r.words) > 0 {
			c.ID = r.number("the number of a watch", math.MaxInt64)
		}
		return c
	case "lock":
		c := Lock{Name: r.text("the name of a lock"), TTL: LockTTL, Flags: o.common()}
		if o.has("--ttl") {
			c.TTL = o.number("--ttl")
		}
		return c
	case "elect":
		c := Elect{Name: r.text("the name of an election"), Listen: o.has("--listen"), Flags: o.common()}
		if !c.Listen {
			c.Proposal = r.text("a proposal, or --listen")
		}
		return c
	case "interrupt":
		return Interrupt{Name(o.text("--client"))}
	case "check perf":
		c := CheckPerf{"s", o.common()}
		if o.has("--load") {
			c.Load = o.text("--load")
		}
		return c
	case "snapshot status":
		return SnapshotStatus{r.text("a file name"), o.common()}
	case "lease keep-alive":
		if !o.has("--once") {
			return KeepAlive{r.lease(), o.common()}
		}
	}
	c := Call{Call: r.call(verb, o), ValueOnly: o.has("--print-value-only"), Cluster: o.has("--cluster"), Flags: o.common()}
	if d, ok := c.Call.(api.DeleteRange); ok && o.has("--range") {
		_, c.Range = span(d.Key, d.End)
	}
	return c
}

// watch reads KEY [RANGE_END] with the flags of a watch.
func (r *reader) watch(o options) Command {
	c := Watch{Rev: o.number("--rev"), PrevKV: o.has("--prev-kv"), ProgressNotify: o.has("--progress-notify"),
		Watchers: r.atMost(o, "--watchers", WatchersMax), Flags: o.common()}
	args := []string{r.text("a key")}
	if len(r.words) > 0 {
		if o.has("--prefix") {
			r.fail(r.words[0].col, "`range_end` and `--prefix` are mutually exclusive", "")
		}
		args = append(args, r.text(""))
	}
	if r.err == nil {
		c.Key, c.End, _ = spanOf(args, o)
	}
	return c
}

// call reads the arguments of the commands that are one call.
func (r *reader) call(verb string, o options) api.Call {
	switch verb {
	case "put", "get", "del":
		return r.keys(verb, o)
	case "txn":
		return r.txn()
	case "compaction":
		return api.Compaction{Revision: r.number("a revision", math.MaxInt64), Physical: o.has("--physical")}
	case "lease grant":
		return api.LeaseGrant{TTL: r.number("a number of seconds", math.MaxInt64)}
	case "lease revoke":
		return api.LeaseRevoke{ID: r.lease()}
	case "lease timetolive":
		return api.LeaseTimeToLive{ID: r.lease(), Keys: o.has("--keys")}
	case "lease keep-alive":
		return api.LeaseKeepAlive{ID: r.lease()}
	case "lease list":
		return api.LeaseLeases{}
	case "member list":
		return api.MemberList{Serializable: o.text("--consistency") == "s"}
	case "member add":
		return api.MemberAdd{Member: r.apiMember(), PeerURL: o.text("--peer-urls"), Learner: o.has("--learner")}
	case "member remove":
		return api.MemberRemove{Member: r.apiMember()}
	case "member promote":
		return api.MemberPromote{Member: r.apiMember()}
	case "member update":
		c := api.MemberUpdate{Member: r.apiMember(), PeerURL: o.text("--peer-urls")}
		if c.PeerURL == "" {
			r.fail(r.column(), "member peer urls not provided", "want --peer-urls and an address")
		}
		return c
	case "move-leader":
		return api.MoveLeader{Target: r.apiMember()}
	case "alarm disarm":
		return api.Alarm{Action: api.AlarmDeactivate}
	case "alarm list":
		return api.Alarm{}
	case "endpoint status":
		return api.Status{}
	case "endpoint hashkv":
		return api.HashKV{Revision: o.number("--rev")}
	case "defrag":
		return api.Defragment{}
	default: // snapshot save: the table has no other
		return api.Snapshot{File: r.text("a file name")}
	}
}

func (r *reader) apiMember() api.Member {
	n, _ := r.member().Member()
	return api.Member(n)
}
