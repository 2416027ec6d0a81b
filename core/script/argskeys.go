package script

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
)

// keys reads put, get, del, txn and compaction.
func (v *invocation) keys() Command {
	c := Call{}
	var err *UsageError
	switch v.Name {
	case "put":
		c.Call, err = v.put()
	case "get":
		c.Call, err = rangeCall(v.Parsed)
		c.ValueOnly = v.Bool("print-value-only")
	case "del":
		c.Call, err = deleteCall(v.Parsed)
		if d, ok := c.Call.(api.DeleteRange); ok {
			args, _ := span(d.Key, d.End)
			c.Range = v.Bool("range") && len(args) > 1
			c.EndShown = !v.Bool("range") && len(v.Args) > len(args)
		}
	case "compaction":
		v.count(1, "compaction command needs 1 argument")
		c.Call = api.Compaction{Revision: v.signed(0, 10, exitError, "", ""), Physical: v.Bool("physical")}
	default:
		return v.txn()
	}
	v.usage(err)
	fine := v.refusal == nil
	v.context()
	c.Flags = v.config()
	if v.Name == "compaction" { // it looks at the environment first
		v.context()
		c.Timeout = v.span()
	}
	if fine && v.refusal != nil { // it has warned by then
		v.refusal.Stderr = strings.Join(c.Warnings(), "") + v.refusal.Stderr
	}
	return c
}

// put reads a put, whose value may come from standard input.
func (v *invocation) put() (api.Call, *UsageError) {
	if len(v.Args) == 1 && !v.Bool("ignore-value") {
		if v.line.Stdin != "" {
			v.Args = append(v.Args[:1:1], v.line.Stdin)
		} else if !v.line.Piped {
			v.wants = ValueInput
		}
	}
	return putCall(v.Parsed)
}

// txn reads a transaction from standard input, or from the line itself, which only we can.
func (v *invocation) txn() Command {
	c := Call{Prompted: v.Bool("interactive")}
	ours := len(v.Args) > 0 && (v.Args[0] == "if" || v.Args[0] == "then" || v.Args[0] == "else")
	if len(v.Args) > 0 && !ours {
		v.refuse(exitBadArgs, "txn command does not accept argument")
	}
	c.Flags = v.config()
	if v.refusal != nil {
		return c
	}
	if ours {
		t, err := txnOf(v.Args)
		v.usage(err)
		c.Call, c.Warned = t.Txn, t.warned
		return c
	}
	if !v.line.Piped {
		v.wants = TxnInput
	}
	var t txn
	asked, err := t.read(v.line.Stdin)
	if err != nil {
		v.refusal = &Refusal{Stderr: err.Before + "Error: " + err.Text + "\n", Exit: err.Exit}
		if c.Prompted {
			v.refusal.Stdout = Prompts(asked)
		}
	}
	c.Call, c.Warned = t.Txn, t.warned
	return c
}

// TxnPrompts is how many questions txn -i asks.
const TxnPrompts = 3

// Prompts returns the first n lines that txn -i asks with (txn_command.go).
func Prompts(n int) string {
	lines := [...]string{"compares:\n", "success requests (get, put, del):\n", "failure requests (get, put, del):\n"}
	return strings.Join(lines[:n], "")
}

// lease reads the commands about leases. The order in which etcdctl looks at things differs from one to another.
func (v *invocation) lease() Command {
	var c Call
	switch v.Name {
	case "lease grant":
		v.count(1, "lease grant command needs TTL argument")
		c.Call = api.LeaseGrant{TTL: v.signed(0, 10, exitBadArgs, "bad TTL (", ")")}
		v.context()
		c.Flags = v.config()
	case "lease revoke":
		v.count(1, "lease revoke command needs 1 argument")
		c.Call = api.LeaseRevoke{ID: v.leaseID()}
		v.context()
		c.Flags = v.config()
	case "lease timetolive":
		v.count(1, "lease timetolive command needs lease ID as argument")
		c.Flags = v.config()
		c.Call = api.LeaseTimeToLive{ID: v.leaseID(), Keys: v.Bool("keys")}
	case "lease list":
		c.Flags = v.config()
		c.Call = api.LeaseLeases{}
	default:
		v.count(1, "lease keep-alive command needs lease ID as argument")
		id := v.leaseID()
		flags := v.config()
		if !v.Bool("once") {
			return KeepAlive{id, flags}
		}
		c = Call{Call: api.LeaseKeepAlive{ID: id}, Flags: flags}
	}
	return c
}

func (v *invocation) leaseID() int64 {
	return v.signed(0, 16, exitBadArgs, "bad lease ID arg (", "), expecting ID in Hex")
}

// recipe reads lock and elect.
func (v *invocation) recipe() Command {
	if v.Name == "lock" {
		if len(v.Args) == 0 {
			v.refuse(exitBadArgs, "lock takes a lock name argument and an optional command to execute")
			return nil
		}
		c := Lock{Name: v.Args[0], TTL: v.Number("ttl"), Flags: v.config()}
		if len(v.Args) > 1 {
			c.Exec = v.Args[1:]
		}
		return c
	}
	if len(v.Args) != 1 && len(v.Args) != 2 {
		v.refuse(exitBadArgs, "elect takes one election name argument and an optional proposal argument")
	}
	c := Elect{Name: v.arg(0), Proposal: v.arg(1), Listen: v.Bool("listen"), Flags: v.config()}
	if len(v.Args) == 1 && !c.Listen {
		v.refuse(exitBadArgs, "no proposal argument but -l not set")
	}
	if len(v.Args) == 2 && c.Listen {
		v.refuse(exitBadArgs, "proposal given but -l is set")
	}
	return c
}

// maintenance reads the commands about members' machines.
func (v *invocation) maintenance() Command {
	c := Call{Cluster: v.Bool("cluster")}
	switch v.Name {
	case "alarm list", "alarm disarm":
		v.count(0, v.Name+" command accepts no arguments")
		alarm := api.Alarm{}
		if v.Name == "alarm disarm" {
			alarm.Action = api.AlarmDeactivate
		}
		c.Call, c.Cluster = alarm, false
		v.context()
		c.Flags = v.config()
		return c
	case "snapshot save":
		v.count(1, "snapshot save expects one argument <filename>")
		c.Call, c.Flags = api.Snapshot{File: v.arg(0)}, v.config()
		if list := strings.Split(string(c.Endpoints), ","); len(list) > 1 { // client/v3/snapshot
			v.refuse(exitInterrupted, "snapshot must be requested to one selected node, not multiple ["+strings.Join(list, " ")+
				"]")
		}
		if v.Changed("command-timeout") {
			v.context()
			c.Timeout = v.span()
		}
		return c
	case "check perf":
		return v.perf()
	}
	c.Flags = v.config()
	v.context()
	c.Timeout = v.span()
	c.Cluster = v.Bool("cluster") // the environment may have set it
	switch v.Name {
	case "endpoint health":
		return Health{c.Cluster, c.Flags}
	case "endpoint status":
		c.Call = api.Status{}
	case "endpoint hashkv":
		c.Call = api.HashKV{Revision: v.Number("rev")}
	default:
		c.Call = api.Defragment{}
	}
	return c
}

// perf reads check perf.
func (v *invocation) perf() Command {
	load, ok := loadNames(v.Text("load"))
	if !ok {
		v.refuse(exitBadFeature, "unknown load option "+v.Text("load"))
	}
	return CheckPerf{load, v.Text("prefix"), v.Bool("auto-compact"), v.Bool("auto-defrag"), v.config()}
}

// loadNames returns the short name of a load (check.go, checkPerfAlias).
func loadNames(text string) (string, bool) {
	switch text {
	case "s", "small":
		return "s", true
	case "m", "medium":
		return "m", true
	case "l", "large":
		return "l", true
	case "xl", "xLarge":
		return "xl", true
	}
	return "", false
}

// member reads the commands about the membership, and move-leader.
func (v *invocation) member() Command {
	c := Call{}
	switch v.Name {
	case "member list":
		serial := v.Text("consistency") == "s"
		if !serial && v.Text("consistency") != "l" {
			v.refuse(exitBadFeature, `unknown consistency flag "l"`) // it names the flag of get (util.go, IsSerializable)
		}
		c.Call = api.MemberList{Serializable: serial}
	case "member add":
		c = v.memberAdd()
	case "move-leader":
		v.count(1, "move-leader command needs 1 argument")
		var n api.Member
		n, c.ID = v.memberID("", "")
		c.Call = api.MoveLeader{Target: n}
		c.Flags = v.config()
		v.context()
		c.Timeout = v.span()
		return c
	default:
		v.count(1, "member ID is not provided")
		var n api.Member
		n, c.ID = v.memberID("bad member ID arg (", "), expecting ID in Hex")
		switch v.Name {
		case "member remove":
			c.Call = api.MemberRemove{Member: n}
		case "member promote":
			c.Call = api.MemberPromote{Member: n}
		default:
			if v.Text("peer-urls") == "" {
				v.refuse(exitBadArgs, "member peer urls not provided")
			}
			c.Call = api.MemberUpdate{Member: n, PeerURL: v.Text("peer-urls")}
		}
	}
	v.context()
	c.Flags = v.config()
	if u := v.Text("peer-urls"); u != "" {
		v.urls(u)
	}
	return c
}

// memberID reads which member is meant: an ID in hexadecimal, or a name such as n2, which only we understand.
func (v *invocation) memberID(before, after string) (n api.Member, id uint64) {
	if i, ok := Name(v.arg(0)).Member(); ok {
		return api.Member(i), 0
	}
	id, err := strconv.ParseUint(v.arg(0), 16, 64)
	if err != nil {
		v.refuse(exitBadArgs, before+err.Error()+after)
	}
	return 0, id
}

// memberAdd reads a member add. A name such as n4 needs no addresses: we know where its machine listens.
func (v *invocation) memberAdd() Call {
	switch {
	case len(v.Args) == 0:
		v.refuse(exitBadArgs, "member name not provided")
	case len(v.Args) > 1:
		text := "too many arguments"
		for _, a := range v.Args {
			if strings.HasPrefix(strings.ToLower(a), "http") {
				text += ", did you mean --peer-urls=" + a
			}
		}
		v.refuse(exitBadArgs, text)
	}
	c := api.MemberAdd{PeerURL: v.Text("peer-urls"), Learner: v.Bool("learner")}
	n, ours := Name(v.arg(0)).Member()
	if c.Member = api.Member(n); ours {
		return Call{Call: c}
	}
	if c.PeerURL == "" {
		v.refuse(exitBadArgs, "member peer urls not provided")
	}
	return Call{Call: c, Name: v.arg(0)}
}

// isScheme reports whether a text can be the scheme of a URL (net/url, getScheme).
func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return s != ""
}

// urls refuses addresses that the client refuses (client/pkg/types/urls.go, NewURLs).
func (v *invocation) urls(list string) {
	for u := range strings.SplitSeq(list, ",") {
		u = strings.TrimSpace(u)
		scheme, rest, ok := strings.Cut(u, "://")
		host, tail, _ := strings.Cut(rest, "/")
		first, _, _ := strings.Cut(u, "/")
		switch {
		case strings.Contains(first, ":") && !isScheme(first[:strings.IndexByte(first, ':')]):
			why := ": first path segment in URL cannot contain colon"
			if u[0] == ':' {
				why = ": missing protocol scheme"
			}
			v.refuse(exitError, "parse "+strconv.Quote(u)+why)
		case !ok || (scheme != "http" && scheme != "https" && scheme != "unix" && scheme != "unixs"):
			v.refuse(exitError, "URL scheme must be http, https, unix, or unixs: "+u)
		case strings.HasPrefix(scheme, "unix"):
		case !strings.Contains(host, ":"):
			v.refuse(exitError, `URL address does not have the form "host:port": `+u)
		case tail != "" || len(host) < len(rest):
			v.refuse(exitError, "URL must not contain a path: "+u)
		}
	}
}
