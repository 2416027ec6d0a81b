package ctl

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// lines makes command lines as people type them, with the mistakes that people make.
type lines struct {
	random *rand.Rand
	dir    string
	leases int
}

// form is a command: its words, its arguments, and its own flags. A flag with a kind behind = takes a value of that
// kind.
type form struct {
	words string
	args  string // kinds, with spaces between; one with ? may be missing
	flags string
	often int
}

var forms = [...]form{
	{"put", "key value", "--lease=lease --prev-kv --ignore-value --ignore-lease", 12},
	{"put", "key", "--lease=lease --prev-kv --ignore-value --ignore-lease", 3},
	{"get", "key key?", "--consistency=consistency --order=order --sort-by=sort --limit=number --prefix --from-key " +
		"--rev=number --keys-only --count-only " +
		"--print-value-only --min-create-rev=number --max-create-rev=number --min-mod-rev=number --max-mod-rev=number", 16},
	{"del", "key", "--prefix --prev-kv --from-key --range", 4},
	{"del", "key key", "--range --prev-kv", 1},
	{"txn", "", "-i --interactive", 4},
	{"compaction", "number", "--physical", 2},
	{"watch", "key key?", "-i --prefix --rev=number --prev-kv --progress-notify", 3},
	{"lease grant", "ttl", "", 3}, {"lease revoke", "lease", "", 2}, {"lease timetolive", "lease", "--keys", 2},
	{"lease keep-alive", "lease", "--once", 2}, {"lease list", "", "", 2},
	{"lock", "key word?", "--ttl=number", 1}, {"elect", "key word?", "-l --listen", 1},
	{"member list", "", "--consistency=consistency", 3}, {"member add", "name", "--peer-urls=urls --learner", 2},
	{"member remove", "stranger", "", 1}, {"member promote", "member", "", 1},
	{"member update", "member", "--peer-urls=urls", 2},
	{"move-leader", "member", "", 1}, {"endpoint status", "", "--cluster", 2}, {"endpoint health", "", "--cluster", 2},
	{"endpoint hashkv", "", "--rev=number --cluster", 2}, {"alarm list", "", "", 2}, {"alarm disarm", "", "", 1},
	{"defrag", "", "--cluster", 1},
	{"snapshot save", "file", "", 1}, {"check perf", "", "--load=load --prefix=key --auto-compact", 1},
	{"version", "", "", 1},
	{"help", "verb", "", 1}, {"snapshot", "word?", "", 1}, {"member", "word?", "", 1},
	{"user add", "word", "--no-password", 1},
	{"role grant-permission", "word word key", "--prefix", 1}, {"auth enable", "", "", 1},
	{"make-mirror", "word", "--dest-prefix=key", 1},
	{"downgrade validate", "word", "", 1}, {"completion", "word", "", 1}, {"check datascale", "", "--load=load", 1},
}

// globals are the flags that every command has.
var globals = [...]string{"-w=format", "-w=format", "-w=format", "--write-out=format", "--hex", "--hex",
	"--endpoints=endpoints", "--command-timeout=span",
	"--dial-timeout=span", "--keepalive-time=span", "--keepalive-timeout=span", "--insecure-transport=true",
	"--password=word",
	"--insecure-discovery", "--max-recv-bytes=million", "--help", "-h", "--cert=nothing", "--discovery-srv-name=word"}

// good and bad are values of a kind.
var good = map[string][]string{
	"key":    {"a", "b", "c", "aa", "k", "é", "a b", `q"q`, "\x01\xff", "-", "zz"},
	"value":  {"1", "x", "two words", "", "<&>", "\xfe\x00"[:1], "-", "é"},
	"word":   {"x", "build", "me"},
	"number": {"0", "1", "2", "3", "5", "-1", "0x2", "010", "0b11", "1_0", "99", "9223372036854775807"},
	"ttl":    {"86400", "90000", "9000000001"}, "lease": {"LEASE1", "LEASE1", "LEASE2", "7b", "0"},
	"consistency": {"l", "s"}, "order": {"ASCEND", "descend", ""},
	"sort":   {"KEY", "mod", "MODIFY", "version", "CREATE", "VALUE", ""},
	"member": {"dead", "1", "MEMBER"}, "stranger": {"dead", "1"}, "name": {"x"},
	"urls": {"http://10.0.0.1:2380", "http://a:1", "http://b:2,http://a:1", "http://a:1,http://a:1",
		"https://a:1,http://b:2"},
	"load": {"s", "medium"}, "format": {"json", "fields", "table", "simple", "protobuf", "json", "fields"},
	"endpoints": {"ADDR", "http://ADDR", "ADDR,ADDR"}, "span": {"10s", "1m30s", "1.5h", "0s", "-3s"},
	"million": {"1000000"},
	"nothing": {""}, "verb": {"get", "member", "lease grant", "", "mem li"}, "false": {"false", "0", "F"},
	"true": {"true", "1"},
}

var bad = map[string][]string{
	"key": {"", "--k", "-k", "-5"}, "value": {"-5", "--v", "-w"},
	"number": {"x", "", "1.5", "99999999999999999999", "--limit", "0x", "1__0"},
	"ttl":    {"x", "", "1.5", "0x10"}, "lease": {"zz", "", "99999999999999999", "-1"}, "consistency": {"x", "L", ""},
	"order": {"UP", "asc"},
	"sort":  {"REV", "key "}, "member": {"zz", "", "11111111111111111"}, "stranger": {"zz", "", "11111111111111111"},
	"name": {"", "x y"}, "urls": {"", "10.0.0.1:2380", "localhost:1", "http://a", "ftp://a:1", "a", "http://a:1/x",
		"http://a:1,", "http://a:1,b", "http://a:1, http://b:2"},
	"load": {"huge", ""}, "format": {"xml", "", "JSON"}, "endpoints": {`"`, `a"b`, `"x`, `"a"b`, `"a"",b`},
	"span": {"5", "", "s", "5x", "1h5", "-", "9999999999h"},
	"verb": {"foo", "member foo", "lease"}, "million": {"x"}, "false": {"no"}, "true": {"yes"},
}

// chance reports true in so many of a hundred cases.
func (g *lines) chance(percent int) bool { return g.random.IntN(100) < percent }

func (g *lines) pick(list []string) string { return list[g.random.IntN(len(list))] }

func (g *lines) value(kind string) string {
	if list := bad[kind]; len(list) > 0 && g.chance(12) {
		return g.pick(list)
	}
	v := g.pick(good[kind])
	if strings.HasPrefix(v, "LEASE") && g.leases == 0 {
		return "7b"
	}
	if v == "LEASE2" && g.leases < 2 {
		return "LEASE1"
	}
	return v
}

// line makes one line; leases is how many there are.
func (g *lines) line(leases int) typedLine {
	g.leases = leases
	f := g.form()
	words := g.words(f.words)
	rest := g.args(f.args)
	for _, flag := range g.flags(f) {
		at := g.random.IntN(len(rest) + 1)
		rest = slices.Insert(rest, at, flag...)
	}
	if g.chance(4) {
		rest = slices.Insert(rest, g.random.IntN(len(rest)+1), "--")
	}
	argv := slices.Concat(words, rest)
	for g.chance(25) {
		argv = slices.Insert(argv, g.random.IntN(len(words)+1), g.flag(globals[g.random.IntN(len(globals))])...)
	}
	l := script.Line{Argv: argv, Stdin: g.stdin(f), Env: g.environment()}
	l.Piped = l.Stdin != ""
	text := strings.Join(slices.Concat(argv, l.Env), " ")
	if !strings.Contains(text, "--endpoints") && !strings.Contains(text, "ETCDCTL_ENDPOINTS") {
		l.Argv = slices.Concat([]string{"--endpoints", "http://ADDR"}, l.Argv)
	}
	l.Argv = slices.Concat([]string{"etcdctl"}, l.Argv)
	return typedLine{l}
}

func (g *lines) form() form {
	sum := 0
	for _, f := range forms {
		sum += f.often
	}
	n := g.random.IntN(sum)
	for _, f := range forms {
		if n -= f.often; n < 0 {
			return f
		}
	}
	return forms[0]
}

// words returns the words of a command, sometimes shortened or misspelt.
func (g *lines) words(text string) []string {
	list := strings.Fields(text)
	for i, w := range list {
		switch {
		case g.chance(12):
			list[i] = w[:1+g.random.IntN(len(w))]
		case g.chance(3):
			at := g.random.IntN(len(w))
			list[i] = w[:at] + string(rune('a'+g.random.IntN(26))) + w[at+g.random.IntN(2):]
		}
	}
	if g.chance(1) {
		list = list[:len(list)-1]
	}
	return list
}

func (g *lines) args(kinds string) (list []string) {
	for kind := range strings.FieldsSeq(kinds) {
		kind, maybe := strings.CutSuffix(kind, "?")
		switch {
		case maybe && g.chance(50), g.chance(4):
		case kind == "file":
			list = append(list, filepath.Join(g.dir, strconv.Itoa(g.random.IntN(1<<30))))
		case kind == "verb":
			list = append(list, strings.Fields(g.value(kind))...)
		default:
			list = append(list, g.value(kind))
		}
	}
	if g.chance(6) {
		list = append(list, g.value("key"))
	}
	return list
}

// flags makes flags for a command: mostly its own, some that all have, some of another, some that nobody has.
func (g *lines) flags(f form) (list [][]string) {
	own := strings.Fields(f.flags)
	for len(own) > 0 && g.chance(45) {
		list = append(list, g.flag(own[g.random.IntN(len(own))]))
	}
	for g.chance(35) {
		list = append(list, g.flag(globals[g.random.IntN(len(globals))]))
	}
	if g.chance(3) {
		if other := strings.Fields(g.form().flags); len(other) > 0 {
			list = append(list, g.flag(g.pick(other)))
		}
	}
	if g.chance(3) {
		list = append(list, []string{g.pick([]string{"--foo", "-x", "-wx", "-hw", "--pref", "---x", "--=a", "-5", "--foo=bar",
			"-é", "-iw=json", "--no-prefix"})})
	}
	return list
}

// flag writes a flag in one of the ways in which it can be written.
func (g *lines) flag(text string) []string {
	name, kind, takes := strings.Cut(text, "=")
	switch {
	case !takes && g.chance(12):
		return []string{name + "=" + g.pick([]string{"true", "false", "1", "F", "yes", "", "TRUE"})}
	case !takes, g.chance(2):
		return []string{name}
	case name == "-w" && g.chance(40):
		return []string{name + g.value(kind)}
	case g.chance(50) || kind == "true" || kind == "false":
		return []string{name + "=" + g.value(kind)}
	}
	return []string{name, g.value(kind)}
}

// stdin makes what put or txn reads.
func (g *lines) stdin(f form) string {
	switch {
	case f.words == "put" && f.args == "key" && g.chance(80):
		return g.pick([]string{"v", "v\n", "two\nlines\n", "\n"})
	case f.words == "watch":
		return g.watchLines()
	case f.words != "txn" || g.chance(8):
		return ""
	}
	s := ""
	for block := range 3 {
		// Nothing deletes a range without an end (--from-key): a put that keeps its value behind that, of a key in it, makes
		// the real server panic, since the rule against duplicates does not see it (TestDeath in test/oracle/server).
		for g.chance(45) {
			if block == 0 {
				s += g.pick([]string{`mod("a") > "0"`, `ver("b") = "1"`, `val("a") != "1"`, `c("zz") < "5"`, `lease("k") = "0"`,
					`create("a")="0"`, `foo("a") = "1"`,
					`mod("a") > "x"`, `mod(a) > "0"`, `version("a") = 0`, "nonsense", `value("a") = "1" `, `lease("a") = "zz"`,
					`val("a") > 1`}) + "\n"
				continue
			}
			s += g.pick([]string{"put a 1", "get a", "get a --prefix", "del b", "put b 'two words' --prev-kv", `put c "x\ny"`,
				"get a b --limit 1", "del a --prev-kv",
				"put a", "get", "foo a", "get a --order UP", "put k --ignore-value", "get a --foo",
				"del k", "del a z", "del a b c", "ge a", "put -5 x", "get a --rev=1", "put a 1 --lease zz",
				"get a --limit x", "del a --prefix", "get zz", "put a 2 --lease 7b", "get a --prefix --from-key",
				"get a --consistency s -w json"}) + "\n"
		}
		if !g.chance(3) {
			s += "\n"
		}
	}
	return s
}

// watchLines makes what watch -i reads: no watch that begins, because how much it prints until its input ends is a
// matter of time.
func (g *lines) watchLines() (s string) {
	for g.chance(50) {
		s += g.pick([]string{"progress", "foo", "", "watch", "watch b --foo", `watch "`, "progress x", "put a 1",
			"watch a b --prefix", "watch a --rev x", "watch --",
			"watch -h", "  progress", "watcha", "watch a --", "watch --prefix"}) + "\n"
	}
	if g.chance(10) {
		s += "watch a"
	}
	return s
}

func (g *lines) environment() (list []string) {
	for g.chance(6) {
		list = append(list, g.pick([]string{"ETCDCTL_API=3", "ETCDCTL_WRITE_OUT=json", "ETCDCTL_HEX=true",
			"ETCDCTL_ENDPOINTS=ADDR", "ETCDCTL_CLUSTER=true",
			"ETCDCTL_WRITE_OUT=xml", "ETCDCTL_COMMAND_TIMEOUT=x", "ETCDCTL_FOO=1", "ETCDCTL_WATCH_KEY=a",
			"ETCDCTL_WATCH_RANGE_END=b", "ETCDCTL_CERT=",
			"ETCDCTL_KEEPALIVE_TIME=3s"}))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
