package script

import (
	"slices"
	"strings"
)

// Category groups the verbs in help and documentation.
type Category string

// The categories, in the order in which help lists them.
const (
	Data       Category = "keys and values"
	Following  Category = "watches, leases and locks"
	Processes  Category = "members"
	Membership Category = "membership and maintenance"
	Network    Category = "network"
	Messages   Category = "single messages"
	Workload   Category = "workload"
	Scripting  Category = "script lines"
)

var categories = [...]Category{Data, Following, Membership, Processes, Network, Messages, Workload, Scripting}

// Verb is the first word of a line, or the first two, with all there is to say about it.
type Verb struct {
	Name     string
	Category Category
	Usage    string
	Help     string // one sentence
	Examples []string

	args    []kind // what stands behind the verb, for completion
	flags   []string
	etcdctl bool // it also has the flags of each of etcdctl's commands
}

// kind is what an argument names. Completion offers things of that kind.
type kind uint8

const (
	aSwitch kind = iota // nothing: of a flag without a value
	aText               // free text: nothing to offer
	aKey
	aMember
	aClient
	aPlace // a member or a client
	aArrow
	aGroups
	aMessage
	aRate
	aDisk
	aNumber
	aShare
	aLease
	aTime
	aChoice // of a flag with choices
	aBlock  // if, then or else
)

// common are the flags of each of etcdctl's commands, commonUsage how its line shows them.
var common = []string{"--hex", "-w", "--client", "--endpoint"}

const commonUsage = " [-w simple|fields|json|table] [--hex] [--client c1] [--endpoint n2]"

// allFlags returns the flags of a verb, with those that all commands of etcdctl have.
func (v *Verb) allFlags() []string {
	if v.etcdctl {
		return slices.Concat(v.flags, common)
	}
	return v.flags
}

// verbs is the one table of the language. Parsing checks flags against it; help, completion, suggestions and the
// documentation are made from it. What it calls Scripting are statements: ParseScript knows them, Parse does not.
var verbs = [...]Verb{
	{
		Name: "put", Category: Data,
		Usage: "put KEY VALUE [--lease ID] [--prev-kv] [--ignore-value] [--ignore-lease]" + commonUsage,
		Help:  "Writes a value.",
		Examples: []string{"put /pods/pod1 data1", `put greeting "hello world" --endpoint n2`,
			"put a 1 --lease 694d9c3b2f1a0c05 --prev-kv"},
		args: []kind{aKey, aText}, flags: []string{"--lease", "--prev-kv", "--ignore-value", "--ignore-lease"},
		etcdctl: true,
	}, {
		Name: "get", Category: Data,
		Usage: "get KEY [RANGE_END] [--prefix] [--from-key] [--rev N] [--consistency l|s] [--order ASCEND|DESCEND] " +
			"[--sort-by " +
			"CREATE|KEY|MODIFY|VALUE|VERSION] [--limit N] [--keys-only] [--count-only] [--min-create-rev N] " +
			"[--max-create-rev N] " +
			"[--min-mod-rev N] [--max-mod-rev N] [--print-value-only]" + commonUsage,
		Help: "Reads a key, a range of keys, or all keys with a prefix, now or at an older revision.",
		Examples: []string{"get /pods/pod1", "get /pods/ --prefix --rev 4", "get a c --consistency s --endpoint n3",
			"get a --from-key --order DESCEND --sort-by MODIFY --limit 3", `get "" --prefix --count-only -w fields`},
		args: []kind{aKey, aKey},
		flags: []string{"--prefix", "--from-key", "--rev", "--consistency", "--order", "--sort-by", "--limit", "--keys-only",
			"--count-only",
			"--min-create-rev", "--max-create-rev", "--min-mod-rev", "--max-mod-rev", "--print-value-only"}, etcdctl: true,
	}, {
		Name: "del", Category: Data, Usage: "del KEY [RANGE_END] [--prefix] [--from-key] [--prev-kv] [--range]" + commonUsage,
		Help:     "Deletes a key, a range of keys, or all keys with a prefix.",
		Examples: []string{"del /pods/pod1", "del /pods/ --prefix", "del a c --prev-kv --range"},
		args:     []kind{aKey, aKey}, flags: []string{"--prefix", "--from-key", "--prev-kv", "--range"}, etcdctl: true,
	}, {
		Name: "txn", Category: Data, Usage: "txn [if COMPARE …] [then OPERATION …] [else OPERATION …]" + commonUsage,
		Help: "Carries out operations in one step: some if all comparisons hold, others if not. Each is one quoted word.",
		Examples: []string{`txn if 'mod("a") = "0"' then "put a 1" else "get a"`,
			`txn if 'value("lock") = "me"' 'version("lock") < "5"' then "del lock" "get b --prefix"`},
		args: []kind{aBlock}, etcdctl: true,
	}, {
		Name: "shell", Category: Data, Usage: "shell TEXT [--client c1]",
		Help: "Carries out lines as a shell does, with variables, pipes and lists. What is typed needs no shell " +
			"in front.",
		Examples: []string{`shell "etcdctl get a | wc -l"`, `shell 'x=$(etcdctl get a); etcdctl put b "$x"' --client c2`},
		args:     []kind{aText}, flags: []string{"--client"},
	}, {
		Name: "compaction", Category: Data, Usage: "compaction REVISION [--physical]" + commonUsage,
		Help:     "Drops the history before a revision.",
		Examples: []string{"compaction 7", "compaction 7 --physical"}, args: []kind{aNumber}, flags: []string{"--physical"},
		etcdctl: true,
	}, {
		Name: "watch", Category: Following,
		Usage: "watch KEY [RANGE_END] [--prefix] [--rev N] [--prev-kv] [--progress-notify] [--filter-put] " +
			"[--filter-delete] [--fragment] [--watchers N]" +
			commonUsage + " [-- COMMAND …]",
		Help: "Follows the changes of keys, from now or from a revision on, and carries out a command for each; " +
			"--watchers: as so many watchers that share a connection; --filter-put, " +
			"--filter-delete, --fragment: as the Go client can.",
		Examples: []string{"watch /pods/ --prefix", "watch a --rev 4 --prev-kv", "watch /pods/ --prefix --watchers 1000"},
		args:     []kind{aKey, aKey}, etcdctl: true,
		flags: []string{"--prefix", "--rev", "--prev-kv", "--progress-notify", "--filter-put", "--filter-delete",
			"--fragment", "--watchers"},
	}, {
		Name: "unwatch", Category: Following, Usage: "unwatch [NUMBER] [--client c1]",
		Help:     "Ends one of a client's watches, which count from 1, or all of them.",
		Examples: []string{"unwatch", "unwatch 2 --client c2"}, flags: []string{"--client"},
	}, {
		Name: "progress", Category: Following, Usage: "progress [NUMBER] [--client c1]",
		Help:     "Asks how far one of a client's watches, or all of them, have been told everything, as watch -i can.",
		Examples: []string{"progress", "progress 2 --client c2"}, flags: []string{"--client"},
	}, {
		Name: "lease grant", Category: Following, Usage: "lease grant SECONDS" + commonUsage,
		Help:     "Makes a lease: keys that are put with it are deleted when it expires.",
		Examples: []string{"lease grant 10"}, args: []kind{aNumber}, etcdctl: true,
	}, {
		Name: "lease revoke", Category: Following, Usage: "lease revoke ID" + commonUsage,
		Help:     "Ends a lease and deletes its keys.",
		Examples: []string{"lease revoke 694d9c3b2f1a0c05"}, args: []kind{aLease}, etcdctl: true,
	}, {
		Name: "lease timetolive", Category: Following, Usage: "lease timetolive ID [--keys]" + commonUsage,
		Help:     "Tells how long a lease still lives, and which keys it has.",
		Examples: []string{"lease timetolive 694d9c3b2f1a0c05 --keys"}, args: []kind{aLease}, flags: []string{"--keys"},
		etcdctl: true,
	}, {
		Name: "lease keep-alive", Category: Following, Usage: "lease keep-alive ID [--once]" + commonUsage,
		Help:     "Renews a lease, again and again or once.",
		Examples: []string{"lease keep-alive 694d9c3b2f1a0c05", "lease keep-alive 694d9c3b2f1a0c05 --once"},
		args:     []kind{aLease}, flags: []string{"--once"}, etcdctl: true,
	}, {
		Name: "lease list", Category: Following, Usage: "lease list" + commonUsage,
		Help:     "Lists all leases.",
		Examples: []string{"lease list"}, etcdctl: true,
	}, {
		Name: "lock", Category: Following, Usage: "lock NAME [COMMAND …] [--ttl SECONDS]" + commonUsage,
		Help: "Takes a lock, waiting for whoever holds it, and keeps it until it is interrupted, or until a command " +
			"has ended.",
		Examples: []string{"lock mutex", "lock mutex put a 1", "lock mutex --ttl 30 --client c2"}, args: []kind{aText},
		flags: []string{"--ttl"}, etcdctl: true,
	}, {
		Name: "elect", Category: Following, Usage: "elect NAME PROPOSAL, or elect NAME --listen" + commonUsage,
		Help:     "Takes part in an election among clients until it is interrupted, or tells who leads.",
		Examples: []string{"elect boss me", "elect boss --listen"}, args: []kind{aText, aText}, flags: []string{"--listen"},
		etcdctl: true,
	}, {
		Name: "interrupt", Category: Following, Usage: "interrupt [--client c1]",
		Help:     "Ends a client's locks, elections and keep-alives, as Ctrl-C does.",
		Examples: []string{"interrupt", "interrupt --client c2"}, flags: []string{"--client"},
	}, {
		Name: "member list", Category: Membership, Usage: "member list [--consistency l|s]" + commonUsage,
		Help:     "Lists the members.",
		Examples: []string{"member list -w table", "member list --consistency s"}, flags: []string{"--consistency"},
		etcdctl: true,
	}, {
		Name: "member add", Category: Membership, Usage: "member add MEMBER [--peer-urls URL,URL…] [--learner]" + commonUsage,
		Help:     "Asks the cluster to take in a member, which is then started with restart.",
		Examples: []string{"member add n4 --learner", "member add n3 --peer-urls http://n3:2380,http://n3:12380"},
		args:     []kind{aMember}, flags: []string{"--peer-urls", "--learner"}, etcdctl: true,
	}, {
		Name: "member remove", Category: Membership, Usage: "member remove MEMBER" + commonUsage,
		Help:     "Asks the cluster to let a member go for good.",
		Examples: []string{"member remove n2"}, args: []kind{aMember}, etcdctl: true,
	}, {
		Name: "member promote", Category: Membership, Usage: "member promote MEMBER" + commonUsage,
		Help:     "Asks the cluster to make a learner a voter.",
		Examples: []string{"member promote n4"}, args: []kind{aMember}, etcdctl: true,
	}, {
		Name: "member update", Category: Membership, Usage: "member update MEMBER --peer-urls URL" + commonUsage,
		Help:     "Tells the cluster a member's new address.",
		Examples: []string{"member update n2 --peer-urls http://n2:12380"}, args: []kind{aMember},
		flags: []string{"--peer-urls"}, etcdctl: true,
	}, {
		Name: "move-leader", Category: Membership, Usage: "move-leader MEMBER" + commonUsage,
		Help:     "Asks the leader, which must be the endpoint, to hand over.",
		Examples: []string{"move-leader n2 --endpoint n1"}, args: []kind{aMember}, etcdctl: true,
	}, {
		Name: "endpoint status", Category: Membership, Usage: "endpoint status [--cluster]" + commonUsage,
		Help:     "Tells one member's version, size, leader, term and indexes; with --cluster those of all.",
		Examples: []string{"endpoint status --cluster -w table"}, flags: []string{"--cluster"}, etcdctl: true,
	}, {
		Name: "endpoint health", Category: Membership, Usage: "endpoint health [--cluster]" + commonUsage,
		Help:     "Checks whether a member can commit, and whether there are alarms.",
		Examples: []string{"endpoint health --cluster"}, flags: []string{"--cluster"}, etcdctl: true,
	}, {
		Name: "endpoint hashkv", Category: Membership, Usage: "endpoint hashkv [--rev N] [--cluster]" + commonUsage,
		Help:     "Prints the hash of one member's history up to a revision; with --cluster those of all.",
		Examples: []string{"endpoint hashkv --rev 5 --cluster"}, flags: []string{"--rev", "--cluster"}, etcdctl: true,
	}, {
		Name: "alarm list", Category: Membership, Usage: "alarm list" + commonUsage,
		Help:     "Lists the alarms.",
		Examples: []string{"alarm list"}, etcdctl: true,
	}, {
		Name: "alarm disarm", Category: Membership, Usage: "alarm disarm" + commonUsage,
		Help:     "Clears all alarms.",
		Examples: []string{"alarm disarm"}, etcdctl: true,
	}, {
		Name: "defrag", Category: Membership, Usage: "defrag [--cluster]" + commonUsage,
		Help:     "Makes a member's database file as small as what it holds.",
		Examples: []string{"defrag --endpoint n3", "defrag --cluster"}, flags: []string{"--cluster"}, etcdctl: true,
	}, {
		Name: "snapshot save", Category: Membership, Usage: "snapshot save FILE" + commonUsage,
		Help:     "Copies a member's database to a file.",
		Examples: []string{"snapshot save backup.db"}, args: []kind{aText}, etcdctl: true,
	}, {
		Name: "snapshot restore", Category: Membership,
		Usage: "snapshot restore FILE [--name NAME --initial-cluster NAME=URL,… --initial-advertise-peer-urls URL] " +
			"[--initial-cluster-token TEXT] " +
			"[--data-dir DIR] [--skip-hash-check] [--bump-revision N --mark-compacted] " +
			"[--client c1]",
		Help: "Makes the data directory of a member of a new cluster out of a file; with nothing but the file, those of " +
			"all machines.",
		Examples: []string{"snapshot restore backup.db",
			"snapshot restore backup.db --bump-revision 1000000 --mark-compacted",
			"snapshot restore backup.db --name n1 --data-dir n1.new --initial-cluster n1=http://n1:2380 " +
				"--initial-advertise-peer-urls http://n1:2380"},
		args: []kind{aText}, flags: []string{"--name", "--initial-cluster", "--initial-advertise-peer-urls",
			"--initial-cluster-token", "--data-dir",
			"--skip-hash-check", "--bump-revision", "--mark-compacted", "-w", "--client"},
	}, {
		Name: "snapshot status", Category: Membership, Usage: "snapshot status FILE" + commonUsage,
		Help:     "Tells what a file holds.",
		Examples: []string{"snapshot status backup.db -w table"}, args: []kind{aText}, etcdctl: true,
	}, {
		Name: "hashkv", Category: Membership, Usage: "hashkv FILE [--rev N]" + " [-w simple|fields|json|table] [--client c1]",
		Help:     "Prints the hash of the history that a file holds.",
		Examples: []string{"hashkv backup.db", "hashkv backup.db --rev 5 -w json"}, args: []kind{aText},
		flags: []string{"--rev", "-w", "--client"},
	}, {
		Name: "check perf", Category: Membership, Usage: "check perf [--load s|m|l|xl] [--prefix KEY] [--auto-compact] " +
			"[--auto-defrag]" + commonUsage,
		Help: "Measures for a minute whether the cluster bears a load, and deletes what it wrote.",
		Examples: []string{"check perf", "check perf --load m",
			"check perf --prefix /perf/ --auto-compact --auto-defrag"},
		flags: []string{"--load", "--prefix", "--auto-compact", "--auto-defrag"}, etcdctl: true,
	}, {
		Name: "crash", Category: Processes, Usage: "crash MEMBER [--torn]",
		Help: "Stops a member; its memory and what it had not synced to disk are lost (--torn: half of what it was " +
			"writing is on the disk).",
		Examples: []string{"crash n1", "crash n1 --torn"}, args: []kind{aMember}, flags: []string{"--torn"},
	}, {
		Name: "restart", Category: Processes,
		Usage: "restart MEMBER [--data-dir DIR] [--initial-cluster-state new|existing] [--force-new-cluster]",
		Help: "Starts a member that is down: from its data directory, as whoever that belongs to; with an empty one as a " +
			"new member, or as a founder " +
			"(--initial-cluster-state new); or as a cluster of its own (--force-new-cluster).",
		Examples: []string{"restart n1", "restart n3 --data-dir n3.etcd", "restart n3 --initial-cluster-state existing",
			"restart n1 --force-new-cluster"},
		args: []kind{aMember}, flags: []string{"--data-dir", "--initial-cluster-state", "--force-new-cluster"},
	}, {
		Name: "wipe", Category: Processes, Usage: "wipe MEMBER [--data-dir DIR]",
		Help:     "Empties the data directory of a member that is down.",
		Examples: []string{"wipe n3", "wipe n3 --data-dir n3.etcd"}, args: []kind{aMember}, flags: []string{"--data-dir"},
	}, {
		Name: "corrupt", Category: Processes, Usage: "corrupt MEMBER KEY VALUE, or corrupt FILE",
		Help: "Gives a key another value in one member's database, as a fault of its disk; or damages a file that " +
			"snapshot save has written.",
		Examples: []string{"corrupt n2 /pods/pod1 damaged", "corrupt backup.db"}, args: []kind{aMember, aKey, aText},
	}, {
		Name: "pause", Category: Processes, Usage: "pause MEMBER",
		Help:     "Freezes a member: it handles nothing, and what reaches it waits.",
		Examples: []string{"pause n2"}, args: []kind{aMember},
	}, {
		Name: "resume", Category: Processes, Usage: "resume MEMBER",
		Help:     "Lets a paused member go on.",
		Examples: []string{"resume n2"}, args: []kind{aMember},
	}, {
		Name: "timeout", Category: Processes, Usage: "timeout MEMBER",
		Help:     "Lets a member's election timer run out now.",
		Examples: []string{"timeout n2"}, args: []kind{aMember},
	}, {
		Name: "disk", Category: Processes, Usage: "disk MEMBER ok|slow N|stall|full",
		Help:     "Makes a member's disk slow, or stop, or full, or well again.",
		Examples: []string{"disk n1 slow 20", "disk n1 stall", "disk n1 full", "disk n1 ok"}, args: []kind{aMember, aDisk},
	}, {
		Name: "drift", Category: Processes, Usage: "drift MEMBER PERCENT",
		Help:     "Makes a member's clock run fast or slow.",
		Examples: []string{"drift n2 +20%", "drift n2 -10%", "drift n2 0%"}, args: []kind{aMember, aText},
	}, {
		Name: "split", Category: Network, Usage: "split NAMES | NAMES [| NAMES …]",
		Help:     "Cuts the network into groups; only parts of the same group hear each other.",
		Examples: []string{"split n1 | n2,n3", "split n1,c1 | n2,n3,c2"}, args: []kind{aGroups},
	}, {
		Name: "cut", Category: Network, Usage: "cut FROM > TO, or cut A - B",
		Help:     "Stops messages from one part to another (>) or in both directions (-).",
		Examples: []string{"cut n1 > n2", "cut n1 - n2"}, args: []kind{aPlace, aArrow, aPlace},
	}, {
		Name: "mend", Category: Network, Usage: "mend FROM > TO, or mend A - B",
		Help:     "Lets messages through again that a cut stops.",
		Examples: []string{"mend n1 > n2", "mend n1 - n2"}, args: []kind{aPlace, aArrow, aPlace},
	}, {
		Name: "heal", Category: Network, Usage: "heal",
		Help:     "Undoes every split and every cut.",
		Examples: []string{"heal"},
	}, {
		Name: "drop", Category: Messages, Usage: "drop MESSAGE",
		Help:     "Loses a message that is on its way.",
		Examples: []string{"drop m17"}, args: []kind{aMessage},
	}, {
		Name: "delay", Category: Messages, Usage: "delay MESSAGE TIME",
		Help:     "Makes a message that is on its way arrive later.",
		Examples: []string{"delay m17 50ms"}, args: []kind{aMessage, aText},
	}, {
		Name: "duplicate", Category: Messages, Usage: "duplicate MESSAGE",
		Help:     "Makes a message that is on its way arrive twice.",
		Examples: []string{"duplicate m17"}, args: []kind{aMessage},
	}, {
		Name: "deliver", Category: Messages, Usage: "deliver MESSAGE",
		Help:     "Makes a message arrive now, whether it was on its way or held.",
		Examples: []string{"deliver m17"}, args: []kind{aMessage},
	}, {
		Name: "hold", Category: Messages, Usage: "hold MESSAGE",
		Help:     "Keeps a message on its way until it is delivered or dropped by hand.",
		Examples: []string{"hold m17"}, args: []kind{aMessage},
	}, {
		Name: "load", Category: Workload,
		Usage: "load [N/s] [--clients N] [--key-size N] [--val-size N] [--key-space-size N] [--hot N%] [--reads N%] " +
			"[--consistency l|s] " +
			"[--auto-sync TIME] [--client c1] [--endpoint n2], or load off [--client c1]",
		Help: "Makes a client ask without end: at a steady rate, with a number of requests always under way (--clients), " +
			"or both; or ends that.",
		Examples: []string{"load 1000/s", "load --clients 25", "load 150/s --clients 50 --key-size 256 --val-size 1024",
			"load 500/s --key-space-size 1000 --hot 10% --reads 70% --consistency s --client c2", "load 100/s --auto-sync 30s",
			"load off"},
		args: []kind{aRate},
		flags: []string{"--clients", "--key-size", "--val-size", "--key-space-size", "--hot", "--reads", "--consistency",
			"--auto-sync", "--client",
			"--endpoint"},
	}, {
		Name: "compactor start", Category: Workload, Usage: "compactor start [--interval TIME] [--client c1]",
		Help: "Lets a client drop history at an interval, as a Kubernetes API server does; of several clients one " +
			"does it each time.",
		Examples: []string{"compactor start", "compactor start --interval 60s --client c2"},
		flags:    []string{"--interval", "--client"},
	}, {
		Name: "compactor stop", Category: Workload, Usage: "compactor stop [--client c1]",
		Help:     "Ends that.",
		Examples: []string{"compactor stop", "compactor stop --client c2"}, flags: []string{"--client"},
	}, {
		Name: "config", Category: Scripting, Usage: "config KEY=VALUE …",
		Help:     "Says what the run is made of; only as the first line.",
		Examples: []string{"config members=3 clients=2 preset=article seed=7"},
	}, {
		Name: "run", Category: Scripting, Usage: "run TIME, or run until leader|quiet|EXPR [within TIME]",
		Help:     "Lets time pass, for a span or until something holds.",
		Examples: []string{"run 300ms", "run until leader within 5s", "run until n2.commit == 4 within 2s"},
	}, {
		Name: "expect", Category: Scripting, Usage: "expect EXPR",
		Help: "Checks facts of the world; the script fails if one does not hold.",
		Examples: []string{"expect leaders == 1 and term >= 2", "expect value /pods/pod1 == data1",
			`expect c1.output contains "is healthy"`},
	}, {
		Name: "at", Category: Scripting, Usage: "at TIME COMMAND",
		Help:     "Carries out a command at an instant of the run.",
		Examples: []string{"at 1.2s crash n1"},
	},
}

// synonyms are words that people bring from elsewhere. They are no verbs, but the error for them names the right one.
var synonyms = [...]struct{ word, verb string }{
	{"delete", "del"}, {"remove", "del"}, {"rm", "del"}, {"set", "put"}, {"write", "put"}, {"read", "get"},
	{"kill", "crash"}, {"stop", "crash"}, {"start", "restart"}, {"recover", "restart"}, {"freeze", "pause"},
	{"unpause", "resume"}, {"campaign", "timeout"}, {"partition", "split"},
	{"isolate", "split"}, {"disconnect", "cut"}, {"connect", "mend"}, {"lose", "drop"}, {"dup", "duplicate"},
	{"release", "deliver"}, {"workload", "load"}, {"wait", "run"}, {"assert", "expect"}, {"compact", "compaction"},
	{"transaction", "txn"}, {"unlock", "interrupt"}, {"resign", "interrupt"}, {"status", "endpoint status"},
	{"health", "endpoint health"},
}

// Verbs returns the table of the language, in the order in which help lists it.
func Verbs() []Verb { return slices.Clone(verbs[:]) }

// subcommands returns the second words of the verbs that begin with the given one.
func subcommands(first string) []string {
	var out []string
	for _, v := range verbs {
		if word, ok := strings.CutPrefix(v.Name, first+" "); ok {
			out = append(out, word)
		}
	}
	return out
}

// subcommandsOfEtcdctl reports whether the verbs that begin with a word are etcdctl's.
func subcommandsOfEtcdctl(first string) bool {
	for _, v := range verbs {
		if strings.HasPrefix(v.Name, first+" ") {
			return v.Category != Workload
		}
	}
	return false
}

// oneOf lists choices in words.
func oneOf(list []string) string {
	last := len(list) - 1
	if last < 1 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:last], ", ") + " or " + list[last]
}

// findVerb returns the row of a verb; nil if there is no such verb.
func findVerb(name string) *Verb {
	for i := range verbs {
		if verbs[i].Name == name {
			return &verbs[i]
		}
	}
	return nil
}

// Help returns the whole language as text: each verb with its usage, its sentence and its examples, by category.
func Help() string {
	var b strings.Builder
	for i, c := range categories {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(string(c) + "\n")
		for _, v := range verbs {
			if v.Category != c {
				continue
			}
			b.WriteString("  " + v.Usage + "\n      " + v.Help + "\n")
			for _, e := range v.Examples {
				b.WriteString("      > " + e + "\n")
			}
		}
	}
	return b.String()
}
