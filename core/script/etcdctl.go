package script

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Format is how an answer is printed: etcdctl's --write-out.
type Format uint8

// The formats. Simple is what etcdctl prints unless it is told otherwise.
const (
	Simple Format = iota
	Fields
	JSON
	Table
	Protobuf
)

var formats = [...]string{"simple", "fields", "json", "table", "protobuf"}

func (f Format) String() string { return formats[f] }

// Flags are those that every command of etcdctl has. An empty Client or Endpoint leaves the choice to the world.
type Flags struct {
	Format           Format
	Hex              bool // bytes and ids are printed in hexadecimal
	Client, Endpoint Name
	Endpoints        Endpoints // as they are written, if they are several or not just a name
	Timeout          sim.Time  // --command-timeout; 0: none is given, less: the command gives up at once
}

// Call is a command of etcdctl that makes one call: put, get, lease grant, member list … What the language cannot say
// (a lease's own ID in a grant, a transaction in a transaction, a comparison of a range) is not in Call.
type Call struct {
	Call      api.Call
	ValueOnly bool   // get: keys are not printed
	Range     bool   // del: the range end is meant, no warning is printed. Invariant: only where String shows a range end
	Cluster   bool   // endpoint, defrag: ask every member, not only Endpoint
	EndShown  bool   // del: the line has a range end that a flag could say, or an empty one, and etcdctl warns of it
	Warned    []int  // txn: of its operations, counted through both lists, those that etcdctl warns of as of such a del
	Prompted  bool   // txn: the questions that -i asks are printed
	ID        uint64 // member …, move-leader: of the member that is meant, if the line does not name it
	Name      string // member add: of the new member, if it is not one such as n4
	Flags
}

// Health is etcdctl's endpoint health: a linearizable read of the key "health", then the list of alarms.
type Health struct {
	Cluster bool
	Flags
}

// KeepAlive renews a lease again and again, until it is gone or the command is interrupted.
type KeepAlive struct {
	ID int64
	Flags
}

// Watch follows the changes of the keys in [Key, End), from Rev on; from now on if that is 0.
type Watch struct {
	Key, End       string
	Rev            int64
	PrevKV         bool
	ProgressNotify bool
	NoPut          bool // the Go client's WithFilterPut, WithFilterDelete, WithFragment: etcdctl has no flags for them
	NoDelete       bool
	Fragment       bool
	Watchers       int      // that share a stream; 0: one
	Exec           []string // a command to be carried out for each event
	Flags
}

// Unwatch ends one of a client's watches, which count from 1 in the order in which they were opened, or all of them if
// ID is 0.
type Unwatch struct {
	ID     int64
	Client Name
}

// Progress asks the members how far one of a client's watches has been told everything, or all of them if ID is 0.
// etcdctl has it in watch -i only.
type Progress struct {
	ID     int64
	Client Name
}

// Lock takes a lock, waiting for whoever holds it, and keeps it until the command is interrupted.
type Lock struct {
	Name string
	TTL  int64    // of its lease, in seconds; LockTTL unless the line says otherwise
	Exec []string // a command to be carried out while it is held; it is given back after that
	Flags
}

// ExecOf returns the command that a lock or a watch carries out; nil: none.
func ExecOf(c Command) []string {
	switch c := c.(type) {
	case Lock:
		return c.Exec
	case Watch:
		return c.Exec
	}
	return nil
}

// LockTTL is how long a lock outlives its client (etcdctl lock_command.go).
const LockTTL = 10

// Elect takes part in an election until it is interrupted. With Listen it only tells who leads.
type Elect struct {
	Name     string
	Proposal string // Invariant: empty if Listen is set
	Listen   bool
	Flags
}

// Interrupt ends what a client keeps doing: its locks, elections and keep-alives, as Ctrl-C does in a terminal.
type Interrupt struct{ Client Name }

// CheckPerf measures for a minute whether the cluster bears a load: s, m, l or xl (etcdctl check.go).
type CheckPerf struct {
	Load    string
	Prefix  string // of the keys that it writes, and deletes when it is done; PerfPrefix unless the line says otherwise
	Compact bool   // the history, behind that
	Defrag  bool   // its endpoints, behind that
	Flags
}

// PerfPrefix is where check perf writes by itself.
const PerfPrefix = "/etcdctl-check-perf/"

// SnapshotStatus tells what a file made by snapshot save holds.
type SnapshotStatus struct {
	File string
	Flags
}

// FileHash prints the hash of the history in such a file, up to a revision; 0: all of it (etcdutl hashkv).
type FileHash struct {
	File string
	Rev  int64
	Flags
}

func (FileHash) command()       {}
func (Call) command()           {}
func (Health) command()         {}
func (KeepAlive) command()      {}
func (Watch) command()          {}
func (Unwatch) command()        {}
func (Progress) command()       {}
func (Lock) command()           {}
func (Elect) command()          {}
func (Interrupt) command()      {}
func (CheckPerf) command()      {}
func (SnapshotStatus) command() {}

// String returns the flags with a space before each; nothing if none is set.
func (f Flags) String() string {
	s := flagIf("hex", f.Hex)
	if f.Format != Simple {
		s += " -w " + f.Format.String()
	}
	if s += flagName("client", f.Client); f.Endpoints != "" {
		s += " --endpoints " + quote(string(f.Endpoints))
	} else {
		s += flagName("endpoint", f.Endpoint)
	}
	switch {
	case f.Timeout > 0:
		s += " --command-timeout " + f.Timeout.String()
	case f.Timeout < 0:
		s += " --command-timeout 0s"
	}
	return s
}

// line puts a line together. An argument that begins with a dash would be a flag: it and all behind it stand at the
// end, behind two dashes.
func line(verb string, args []string, flags string) string {
	tail := ""
	for _, a := range args {
		switch {
		case tail != "":
			tail += " " + shellWord(a)
		case len(a) > 1 && a[0] == '-':
			tail = " -- " + shellWord(a)
		default:
			verb += " " + quote(a)
		}
	}
	return verb + flags + tail
}

func (c Call) String() string {
	verb, args, flags := callText(c.Call)
	if t, ok := c.Call.(api.Txn); ok {
		verb = txnText(t, c.Warned)
	}
	switch {
	case c.ID != 0:
		args[0] = strconv.FormatUint(c.ID, 16)
	case c.Name != "":
		args[0] = c.Name
	case c.EndShown:
		d := c.Call.(api.DeleteRange)
		args, flags = []string{d.Key, d.End}, flagIf("prev-kv", d.PrevKV)
	}
	return line(verb, args, flags+flagIf("interactive", c.Prompted)+flagIf("print-value-only", c.ValueOnly)+
		flagIf("range", c.Range)+
		flagIf("cluster", c.Cluster)+c.Flags.String())
}

func (c Health) String() string {
	return "endpoint health" + flagIf("cluster", c.Cluster) + c.Flags.String()
}

func (c KeepAlive) String() string {
	return line("lease keep-alive", []string{hexID(c.ID)}, c.Flags.String())
}

// String returns the watch. etcdctl cannot watch a key that begins with a dash, and may take a word of the command for
// a range end: we have flags for that.
func (c Watch) String() string {
	args, span := span(c.Key, c.End)
	if c.End == mvcc.FromKey && c.Key != mvcc.FromKey { // a watch has no --from-key
		args, span = []string{c.Key, c.End}, ""
	}
	flags := span + flagNumber("rev", c.Rev) + flagIf("prev-kv", c.PrevKV) + flagIf("progress-notify", c.ProgressNotify) +
		flagIf("filter-put", c.NoPut) + flagIf("filter-delete", c.NoDelete) + flagIf("fragment", c.Fragment) +
		loadFlag("watchers", c.Watchers, "") + c.Flags.String()
	if plain := line("watch", args, flags); len(c.Exec) == 0 && !strings.Contains(plain, " -- ") {
		return plain
	}
	s := "watch --watch-key=" + quote(args[0])
	if len(args) > 1 {
		s += " --watch-range-end=" + quote(args[1])
	}
	if s += flags; len(c.Exec) > 0 {
		s += " --"
	}
	for _, a := range c.Exec {
		s += " " + shellWord(a)
	}
	return s
}

func (c Unwatch) String() string { return watchText("unwatch", c.ID, c.Client) }

func (c Progress) String() string { return watchText("progress", c.ID, c.Client) }

// watchText prints a command about one of a client's watches, or about all.
func watchText(verb string, id int64, client Name) string {
	if id != 0 {
		verb += " " + strconv.FormatInt(id, 10)
	}
	return verb + flagName("client", client)
}

func (c Lock) String() string {
	s := ""
	if c.TTL != LockTTL {
		s += " --ttl " + strconv.FormatInt(c.TTL, 10)
	}
	return line("lock", append([]string{c.Name}, c.Exec...), s+c.Flags.String())
}

func (c Elect) String() string {
	if c.Listen {
		return line("elect", []string{c.Name}, " --listen"+c.Flags.String())
	}
	return line("elect", []string{c.Name, c.Proposal}, c.Flags.String())
}

func (c Interrupt) String() string { return "interrupt" + flagName("client", c.Client) }

func (c CheckPerf) String() string {
	s := "check perf"
	if c.Load != "s" {
		s += " --load " + c.Load
	}
	if c.Prefix != PerfPrefix {
		s += " --prefix " + shellWord(c.Prefix)
	}
	return s + flagIf("auto-compact", c.Compact) + flagIf("auto-defrag", c.Defrag) + c.Flags.String()
}

func (c SnapshotStatus) String() string {
	return line("snapshot status", []string{c.File}, c.Flags.String())
}

func (c FileHash) String() string {
	return line("hashkv", []string{c.File}, flagNumber("rev", c.Rev)+c.Flags.String())
}

// callText returns a call as etcdctl's command for it: the words of the verb, the arguments, and the flags with a space
// before each.
func callText(call api.Call) (verb string, args []string, flags string) {
	switch c := call.(type) {
	case api.Put:
		return putText(c)
	case api.Range:
		return rangeText(c)
	case api.DeleteRange:
		args, flags = span(c.Key, c.End)
		return "del", args, flags + flagIf("prev-kv", c.PrevKV)
	case api.Txn:
		return txnText(c, nil), nil, ""
	case api.Compaction:
		return "compaction", []string{strconv.FormatInt(c.Revision, 10)}, flagIf("physical", c.Physical)
	case api.LeaseGrant:
		return "lease grant", []string{strconv.FormatInt(c.TTL, 10)}, ""
	case api.LeaseRevoke:
		return "lease revoke", []string{hexID(c.ID)}, ""
	case api.LeaseTimeToLive:
		return "lease timetolive", []string{hexID(c.ID)}, flagIf("keys", c.Keys)
	case api.LeaseKeepAlive:
		return "lease keep-alive", []string{hexID(c.ID)}, " --once"
	case api.LeaseLeases:
		return "lease list", nil, ""
	}
	return clusterText(call)
}

// clusterText prints the calls that are about members rather than keys.
func clusterText(call api.Call) (verb string, args []string, flags string) {
	switch c := call.(type) {
	case api.MemberList:
		return "member list", nil, serializable(c.Serializable)
	case api.MemberAdd:
		return "member add", memberText(c.Member), flagText("peer-urls", c.PeerURL) + flagIf("learner", c.Learner)
	case api.MemberRemove:
		return "member remove", memberText(c.Member), ""
	case api.MemberPromote:
		return "member promote", memberText(c.Member), ""
	case api.MemberUpdate:
		return "member update", memberText(c.Member), flagText("peer-urls", c.PeerURL)
	case api.MoveLeader:
		return "move-leader", memberText(c.Target), ""
	case api.Alarm:
		if c.Action == api.AlarmDeactivate {
			return "alarm disarm", nil, ""
		}
		return "alarm list", nil, ""
	case api.Status:
		return "endpoint status", nil, ""
	case api.HashKV:
		return "endpoint hashkv", nil, flagNumber("rev", c.Revision)
	case api.Defragment:
		return "defrag", nil, ""
	case api.Snapshot:
		return "snapshot save", []string{c.File}, ""
	}
	return "", nil, "" // what only members propose
}

func putText(c api.Put) (verb string, args []string, flags string) {
	args = []string{c.Key}
	if !c.IgnoreValue {
		args = append(args, c.Value)
	}
	if c.Lease != 0 {
		flags = " --lease " + hexID(c.Lease)
	}
	return "put", args, flags + flagIf("prev-kv", c.PrevKV) + flagIf("ignore-value", c.IgnoreValue) +
		flagIf("ignore-lease", c.IgnoreLease)
}

// rangeText prints a get. A sort by key without an order sorts nothing, so it is not shown.
func rangeText(c api.Range) (verb string, args []string, flags string) {
	args, flags = span(c.Key, c.End)
	flags += flagNumber("rev", c.Revision) + serializable(c.Serializable)
	if c.SortOrder != mvcc.SortNone {
		flags += " --order " + orders[c.SortOrder-1]
	}
	if c.SortTarget != mvcc.SortByKey {
		flags += " --sort-by " + targets[c.SortTarget]
	}
	return "get", args, flags + flagNumber("limit", c.Limit) + flagIf("keys-only", c.KeysOnly) +
		flagIf("count-only", c.CountOnly) +
		flagNumber("min-create-rev", c.MinCreateRevision) + flagNumber("max-create-rev", c.MaxCreateRevision) +
		flagNumber("min-mod-rev", c.MinModRevision) + flagNumber("max-mod-rev", c.MaxModRevision)
}

// span returns [key, end) as arguments and flags. The whole store is "" --prefix, as etcdctl has it: the first key is
// then the byte 0.
func span(key, end string) (args []string, flags string) {
	switch {
	case end == "":
		return []string{key}, ""
	case key == mvcc.FromKey && end == mvcc.FromKey:
		return []string{""}, " --prefix"
	case key != "" && end == mvcc.FromKey:
		return []string{key}, " --from-key"
	case key != "" && end == mvcc.PrefixEnd(key):
		return []string{key}, " --prefix"
	}
	return []string{key, end}, ""
}

func flagIf(name string, set bool) string {
	if set {
		return " --" + name
	}
	return ""
}

func flagNumber(name string, n int64) string {
	if n == 0 {
		return ""
	}
	return " --" + name + " " + strconv.FormatInt(n, 10)
}

func serializable(set bool) string {
	if set {
		return " --consistency s"
	}
	return ""
}

func hexID(id int64) string { return strconv.FormatInt(id, 16) }

// memberText returns what names a member: nobody is called by the ID 0.
func memberText(m api.Member) []string {
	if m == 0 {
		return []string{"0"}
	}
	return []string{string(MemberName(int(m)))}
}

// Warning is what etcdctl says before it deletes a range that nobody confirmed (del_command.go).
func Warning(d api.DeleteRange) string {
	return "Warning: Keys between " + strconv.Quote(d.Key) + " and " + strconv.Quote(d.End) +
		" will be deleted. Please interrupt the command within next " +
		"2 seconds to cancel. You can provide `--range` flag to avoid the delay.\n"
}

// Warnings are what etcdctl warns of before it carries the command out: of deletions up to a range end, unless --range
// says that they are meant. Behind each it waits a while.
func (c Call) Warnings() (list []string) {
	switch call := c.Call.(type) {
	case api.DeleteRange:
		if args, _ := span(call.Key, call.End); !c.Range && (len(args) > 1 || c.EndShown) {
			list = append(list, Warning(call))
		}
	case api.Txn:
		all := slices.Concat(call.Success, call.Failure)
		for _, i := range c.Warned {
			list = append(list, Warning(all[i].(api.DeleteRange)))
		}
	}
	return list
}
