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
	Processes  Category = "members"
	Membership Category = "membership"
	Network    Category = "network"
	Messages   Category = "single messages"
	Workload   Category = "workload"
	Scripting  Category = "script lines"
)

var categories = [...]Category{Data, Processes, Membership, Network, Messages, Workload, Scripting}

// Verb is the first word of a line, with all there is to say about it.
type Verb struct {
	Name     string
	Category Category
	Usage    string
	Help     string // one sentence
	Examples []string

	args  []kind // what stands behind the verb, for completion
	flags []string
}

// kind is what an argument names. Completion offers things of that kind.
type kind uint8

const (
	aText kind = iota // free text: nothing to offer
	aKey
	aMember
	aClient
	aPlace // a member or a client
	aArrow
	aGroups
	aMessage
	aRate
	aDisk
	aChange
	aBackup
)

// verbs is the one table of the language. Parsing checks flags against it; help, completion, suggestions and the
// documentation are made from it. What it calls Scripting are statements: ParseScript knows them, Parse does not.
var verbs = [...]Verb{
	{
		Name: "put", Category: Data, Usage: "put KEY VALUE [--client c1] [--endpoint n2]",
		Help:     "Writes a value.",
		Examples: []string{"put /pods/pod1 data1", `put greeting "hello world" --endpoint n2`},
		args:     []kind{aKey, aText}, flags: []string{"--client", "--endpoint"},
	}, {
		Name: "get", Category: Data,
		Usage:    "get KEY [RANGE_END] [--prefix] [--rev N] [--consistency l|s] [--client c1] [--endpoint n2]",
		Help:     "Reads a key, a range of keys, or all keys with a prefix, now or at an older revision.",
		Examples: []string{"get /pods/pod1", "get /pods/ --prefix --rev 4", "get a c --consistency s --endpoint n3"},
		args:     []kind{aKey, aKey}, flags: []string{"--prefix", "--rev", "--consistency", "--client", "--endpoint"},
	}, {
		Name: "del", Category: Data, Usage: "del KEY [RANGE_END] [--prefix] [--client c1] [--endpoint n2]",
		Help:     "Deletes a key, a range of keys, or all keys with a prefix.",
		Examples: []string{"del /pods/pod1", "del /pods/ --prefix"},
		args:     []kind{aKey, aKey}, flags: []string{"--prefix", "--client", "--endpoint"},
	}, {
		Name: "crash", Category: Processes, Usage: "crash MEMBER [--torn]",
		Help:     "Stops a member; its memory and what it had not synced to disk are lost (--torn: half of what it was writing is on the disk).",
		Examples: []string{"crash n1", "crash n1 --torn"}, args: []kind{aMember}, flags: []string{"--torn"},
	}, {
		Name: "restart", Category: Processes, Usage: "restart MEMBER",
		Help:     "Starts a crashed member from its disk.",
		Examples: []string{"restart n1"}, args: []kind{aMember},
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
		Name: "member", Category: Membership, Usage: "member add|remove|promote|update MEMBER [--learner] [--peer-urls URL] [--client c1] [--endpoint n2]",
		Help:     "Asks the cluster to take in a member, to let one go, to make a learner a voter, or to look for one at another address. A new one is started with restart.",
		Examples: []string{"member add n4 --learner", "member promote n4", "member remove n2", "member update n3 --peer-urls http://n3:2380"},
		args:     []kind{aChange, aMember}, flags: []string{"--learner", "--peer-urls", "--client", "--endpoint"},
	}, {
		Name: "move-leader", Category: Membership, Usage: "move-leader MEMBER [--client c1] [--endpoint n2]",
		Help:     "Asks the leader, which must be the endpoint, to hand over.",
		Examples: []string{"move-leader n2 --endpoint n1"}, args: []kind{aMember}, flags: []string{"--client", "--endpoint"},
	}, {
		Name: "snapshot", Category: Membership, Usage: "snapshot save FILE [--client c1] [--endpoint n2], or snapshot restore FILE",
		Help:     "Copies a member's database to a file, or founds a new cluster from one when the old one is lost.",
		Examples: []string{"snapshot save backup.db", "snapshot restore backup.db"},
		args:     []kind{aBackup, aText}, flags: []string{"--client", "--endpoint"},
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
		Name: "load", Category: Workload, Usage: "load N/s [--client c1], or load off",
		Help:     "Makes a client write at a steady rate, or ends that.",
		Examples: []string{"load 1000/s", "load 50/s --client c2", "load off"},
		args:     []kind{aRate}, flags: []string{"--client"},
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
		Help:     "Checks facts of the world; the script fails if one does not hold.",
		Examples: []string{"expect leaders == 1 and term >= 2", "expect value /pods/pod1 == data1"},
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
	{"unpause", "resume"}, {"elect", "timeout"}, {"campaign", "timeout"}, {"partition", "split"},
	{"isolate", "split"}, {"disconnect", "cut"}, {"connect", "mend"}, {"lose", "drop"}, {"dup", "duplicate"},
	{"release", "deliver"}, {"workload", "load"}, {"wait", "run"}, {"assert", "expect"}, {"check", "expect"},
}

// Verbs returns the table of the language, in the order in which help lists it.
func Verbs() []Verb { return slices.Clone(verbs[:]) }

func findVerb(name string) (Verb, bool) {
	for _, v := range verbs {
		if v.Name == name {
			return v, true
		}
	}
	return Verb{}, false
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
