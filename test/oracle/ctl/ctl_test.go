package ctl

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3/command"
	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc/status"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/script"
)

// formats are the ways to print that each command is tried with.
var formats = []string{"", " -w fields", " -w json", " -w table", " --hex", " --hex -w fields", " --hex -w json"}

// each are commands that can be carried out again and again; ID is the lease that the test has made.
var each = []string{
	"put a 1", `put b "two words" --prev-kv`, "put b --ignore-value", "put c 3 --lease ID --prev-kv",
	"put c 4 --ignore-lease", `put "" 1`,
	"put d 1 --lease 7b", `put d ""`, "put bin \"\\x01\\xff<>&\"", "put a --ignore-value --lease ID",
	"get a", "get none", "get a c", "get a --prefix", `get "" --prefix`, `get "" --from-key --limit 2`,
	"get b --from-key --keys-only",
	"get a d --order DESCEND", "get a d --order ascend --sort-by KEY", "get a --prefix --sort-by MODIFY --order DESCEND",
	"get a z --sort-by VALUE",
	"get a z --sort-by CREATE --order ASCEND", "get a z --sort-by VERSION", "get a --rev 2", "get a --rev 100000",
	"get a --consistency s",
	"get a z --min-create-rev 2 --max-create-rev 4", "get a z --min-mod-rev 3 --max-mod-rev 20",
	"get a z --print-value-only",
	"get a z --count-only", `get bin`, `get ""`,
	"del none", "del a --prev-kv", "del a b --range", "del b --prefix --prev-kv", "del c e --range", "del x --from-key",
	`del ""`,
	"compaction 2", "compaction 100000",
	"lease grant 100", "lease grant 9000000001", "lease revoke 7b", "lease timetolive ID", "lease timetolive ID --keys",
	"lease timetolive 7b",
	"lease timetolive 7b --keys", "lease list", "lease keep-alive ID --once", "lease keep-alive 7b --once",
	"member list", "member list --consistency s",
	"endpoint status", "endpoint status --cluster", "endpoint hashkv", "endpoint hashkv --rev 4",
	"endpoint hashkv --rev 100000", "endpoint health",
	"endpoint health --cluster", "alarm list", "alarm disarm", "defrag", "move-leader n1",
}

// TestEachCommand carries out each command in each format.
func TestEachCommand(t *testing.T) {
	id := prepare(t)
	for _, line := range each {
		line = strings.ReplaceAll(line, "ID", id)
		for _, f := range formats {
			if line == "alarm disarm" && strings.Contains(f, "fields") {
				continue // etcdctl panics: its answer has no header
			}
			check(t, line+f)
			if strings.Contains(line, "del ") {
				etcdctl(t, "", "put", "a", "again")
				etcdctl(t, "", "put", "b", "again", "--lease", id)
			}
		}
	}
}

// TestWarning lets etcdctl wait two seconds, as it does before it deletes a range that nobody confirmed.
func TestWarning(t *testing.T) {
	check(t, "del c e")
}

// prepare fills the store, and makes a lease.
func prepare(t *testing.T) string {
	t.Helper()
	for _, kv := range []string{"a", "b", "c", "aa", "bb", "x"} {
		etcdctl(t, "", "put", kv, "value of "+kv)
	}
	out := etcdctl(t, "", "lease", "grant", "1000").stdout
	id := strings.Fields(out)[1]
	etcdctl(t, "", "put", "leased", "1", "--lease", id)
	return id
}

// TestMembers changes the membership, which leaves a learner that never runs.
func TestMembers(t *testing.T) {
	for i, f := range formats {
		// one that was removed must not come again, and its ID is a digest of address and second
		joining = fmt.Sprintf("http://127.0.0.1:%d,http://127.0.0.1:%d", i+101, i+201)
		check(t, "member add n2 --learner"+f)
		check(t, "member list"+f)
		check(t, "member add n2 --learner"+f) // it is known
		check(t, "member update n2 --peer-urls http://127.0.0.1:7777"+f)
		check(t, "member promote n2"+f)
		check(t, "move-leader n2"+f)
		check(t, "endpoint status"+f)
		check(t, "member remove n2"+f)
	}
	check(t, "member remove n2")
	check(t, "member promote n2")
}

// TestPromotion adds a learner that runs, and makes it a voter as soon as the leader lets it. It has a cluster of its
// own: etcd lets nobody remove a voter that it has known for a few seconds only.
func TestPromotion(t *testing.T) {
	shared, own := member, free()
	first, err := start("n1", t.TempDir(), own, "n1="+own[0].String(), embed.ClusterStateFlagNew)
	if err != nil {
		t.Fatal(err)
	}
	member = first
	defer func() { member = shared }()
	defer first.Close()
	peer := free()
	joining = peer[0].String()
	check(t, "member add n2 --learner")
	cluster := "n1=" + member.Config().AdvertisePeerUrls[0].String() + ",n2=" + peer[0].String()
	second, err := start("n2", t.TempDir(), peer, cluster, embed.ClusterStateFlagExisting)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	c, err := script.Parse("member promote n2")
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		seen.forget(t)
		got := etcdctl(t, "", arguments(c, c.String())...)
		done = got.exit == 0
		judge(t, c, seen.take(), got)
	}
	check(t, "member list")
}

// TestAlarms raises alarms on the server itself.
func TestAlarms(t *testing.T) {
	for _, f := range formats {
		for _, kind := range []pb.AlarmType{pb.AlarmType_NOSPACE, pb.AlarmType_CORRUPT} {
			raise(t, kind)
			check(t, "alarm list"+f)
			check(t, "endpoint status"+f)
			check(t, "endpoint health"+f)
			check(t, "put a 1"+f)
			if strings.Contains(f, "fields") {
				etcdctl(t, "", "alarm", "disarm")
			} else {
				check(t, "alarm disarm"+f)
			}
		}
	}
}

func raise(t *testing.T, kind pb.AlarmType) {
	t.Helper()
	_, err := member.Server.Alarm(t.Context(), &pb.AlarmRequest{Action: pb.AlarmRequest_ACTIVATE,
		MemberID: uint64(member.Server.MemberID()), Alarm: kind})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSnapshot(t *testing.T) {
	for i, f := range formats {
		check(t, fmt.Sprintf("snapshot save %s/%d.db%s", t.TempDir(), i, f))
	}
}

// TestTransactions carries out the transactions of core/script's transcript, and some more.
func TestTransactions(t *testing.T) {
	prepare(t)
	text, err := os.ReadFile("../../../core/script/testdata/transactions.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := []string{
		"val(\"a\") = \"value of a\"\n\nput a 2 --prev-kv\nget a b\nget none\ndel b --prev-kv\n\nget a\n\n",
		"ver(\"none\") > \"0\"\n\n\nget a --keys-only\ndel none\n\n",
		"c(\"a\") > \"1\"\nm(\"a\") != \"1\"\nlease(\"a\") = \"0\"\n\nput a 'it is'\n\n\n",
		"\n\n\n", "\n", "", "mod(\"a\") > 0\n", "mod(\"a\") > \"0\n", "mod(\"a\" > \"0\"\n", "(\"a\") = \"0\"\n",
		"val(\"a\") = `b`\n\n\n\n",
		"\nput a\n", "\nput a 1 2\n\n\n", "\nput a b --ignore-value\n", "\nget a --prefix --from-key\n", "\ndel a b c\n",
		"\ndel a --prefix --from-key\n",
		"\nget a --keys-only --count-only\n", "\nget a --min-mod-rev 5 --max-mod-rev 3\n",
		"\nget a --min-create-rev 5 --max-create-rev 3\n",
		"\nget a --sort-by size\n", "\nget a --consistency x\n", "\nput a 1\nput a 2\n\n\n", "\nget a --rev\n",
		"\nfrobnicate a\n",
	}
	for _, block := range strings.Split(string(text), "\ntxn\n")[1:] {
		in, _, _ := strings.Cut(block, "----\n")
		list = append(list, strings.ReplaceAll(in, "_", ""))
	}
	for _, in := range list {
		for _, f := range formats[:4] {
			if _, err := script.ParseTxn(in); err == nil || f == "" {
				checkTxn(t, in, f)
			}
		}
	}
}

// checkTxn reads a transaction as core/script and as etcdctl, and compares what comes of it.
func checkTxn(t *testing.T, in, format string) {
	t.Helper()
	seen.forget(t)
	got := etcdctl(t, in, append([]string{"txn"}, strings.Fields(format)...)...)
	list := seen.take()
	txn, err := script.ParseTxn(in)
	if err != nil {
		u := err.(*script.UsageError)
		want := printed{"", "Error: " + u.Text + "\n", u.Exit}
		got.stdout, got.stderr = "", got.stderr[max(0, strings.LastIndex(got.stderr, "Error: ")):]
		compareOutput(t, fmt.Sprintf("txn %q", in), want, got)
		return
	}
	if len(list) == 0 {
		t.Errorf("txn %q: etcdctl sent nothing, said %q", in, got.stderr)
		return
	}
	again, err := script.Parse(script.Call{Call: txn}.String() + format)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, again, list, got)
}

var (
	took   = regexp.MustCompile(`\b([0-9.]+(h|m|s|ms|µs|ns))+\b`)
	logged = regexp.MustCompile(`(?m)^\{"level".*\n`)
)

// normalise takes out what has to differ.
func normalise(p printed) printed {
	p.stderr = logged.ReplaceAllString(p.stderr, "")
	if strings.Contains(p.stdout+p.stderr, "took") || strings.Contains(p.stdout, "Took") ||
		strings.Contains(p.stdout, "TOOK") {
		p.stdout, p.stderr = took.ReplaceAllString(p.stdout, "0s"), took.ReplaceAllString(p.stderr, "0s")
		p.stdout = regexp.MustCompile(` +0s|--+`).ReplaceAllString(p.stdout, " 0s") // the column is as wide as the time
		p.stdout = regexp.MustCompile(` +TOOK +`).ReplaceAllString(p.stdout, " TOOK ")
	}
	return p
}

func compareOutput(t *testing.T, what string, want, got printed) {
	t.Helper()
	if want, got = normalise(want), normalise(got); want != got {
		t.Errorf("%s\netcdctl: exit %d\n%s%s\nwe: exit %d\n%s%s", what, got.exit, got.stdout, got.stderr, want.exit,
			want.stdout, want.stderr)
	}
}

// check carries out a command with etcdctl and prints with core/ctl what its member answered.
func check(t *testing.T, line string) {
	t.Helper()
	c, err := script.Parse(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	seen.forget(t)
	got := etcdctl(t, "", arguments(c, line)...)
	judge(t, c, seen.take(), got)
}

// ids are those of the members, by name. That of n2 is of the one that was added last.
func ids() map[string]uint64 {
	out := map[string]uint64{"n1": uint64(member.Server.MemberID()), "n2": 0xdead}
	for _, m := range member.Server.Cluster().Members() {
		if m.ID != member.Server.MemberID() {
			out["n2"] = uint64(m.ID)
		}
	}
	return out
}

// arguments are etcdctl's for a line of ours: it calls members by their IDs.
func arguments(c script.Command, line string) []string {
	args := command.Argify(line)
	if strings.HasPrefix(line, "member add") {
		return append(args, "--peer-urls", joining)
	}
	for i, a := range args {
		if id, ok := ids()[a]; ok {
			args[i] = fmt.Sprintf("%x", id)
		}
	}
	return args
}

// judge compares a request with the command, and what etcdctl printed with what core/ctl prints for the answers.
func judge(t *testing.T, c script.Command, list []exchange, got printed) {
	t.Helper()
	if h, ok := c.(script.Health); ok {
		compareOutput(t, c.String(), health(t, h, list), got)
		return
	}
	if len(list) == 0 {
		t.Fatalf("%v: etcdctl has asked nothing, and says\n%s%s", c, got.stdout, got.stderr)
	}
	call := c.(script.Call)
	if r, ok := list[len(list)-1].request.(*pb.LeaseGrantRequest); ok {
		r.ID = 0 // the server has chosen one
	}
	if want := request(call.Call); want != nil && list[len(list)-1].request != nil &&
		message(want) != message(list[len(list)-1].request) {
		t.Errorf("%v\netcdctl asks %s\nwe ask %s", c, message(list[len(list)-1].request), message(want))
	}
	compareOutput(t, c.String(), output(t, call, list), got)
}

// output is what core/ctl prints for the answers to a command.
func output(t *testing.T, c script.Call, list []exchange) (p printed) {
	t.Helper()
	o := ctl.OptionsOf(c)
	o.Leader = uint64(member.Server.Leader())
	switch call := c.Call.(type) {
	case api.MemberRemove, api.MemberUpdate, api.MemberPromote:
		o.Member = lastID
	case api.MoveLeader:
		o.Member = ids()[fmt.Sprintf("n%d", call.Target)]
	case api.Status, api.HashKV, api.Defragment:
		a := ctl.Answer{Endpoint: endpoint()}
		if e := list[len(list)-1]; e.err != nil {
			a.Err = status.Convert(e.err).Message()
		} else {
			a.Reply = reply(t, e.reply)
		}
		p.stdout, p.stderr, p.exit = ctl.PrintEndpoints(call, []ctl.Answer{a}, o)
		return p
	case api.Snapshot:
		p.stdout, p.stderr, p.exit = ctl.Print(call, reply(t, list[0].reply), o)
		return p
	case api.Alarm:
		if call.Action == api.AlarmDeactivate && len(list) > 1 {
			list = list[1:] // the list of alarms, and then each is cleared
		}
	}
	e := list[len(list)-1]
	if e.err != nil {
		p.stdout, p.stderr, p.exit = ctl.PrintError(c.Call, status.Convert(e.err).Message(), o)
		return p
	}
	r := reply(t, e.reply)
	if b, ok := r.Body.(api.MembersReply); ok && b.Changed.ID != 0 {
		lastID = b.Changed.ID
	}
	p.stdout, p.stderr, p.exit = ctl.Print(c.Call, r, o)
	return p
}

// joining is the address of the member that is added next: of one that never runs, a port that nobody listens on.
var joining string

// lastID is of the member that was added last.
var lastID uint64 = 0xdead

// health is what core/ctl prints for endpoint health.
func health(t *testing.T, c script.Health, list []exchange) (p printed) {
	t.Helper()
	list = slices.DeleteFunc(list,
		func(e exchange) bool { _, members := e.reply.(*pb.MemberListResponse); return members })
	a := ctl.Answer{Endpoint: endpoint()}
	for _, e := range list {
		if e.err != nil {
			a.Err = status.Convert(e.err).Message()
		} else if r, ok := e.reply.(*pb.AlarmResponse); ok {
			a.Err = ctl.HealthOf(reply(t, r).Body.(api.AlarmReply))
		}
	}
	p.stdout, p.stderr, p.exit = ctl.PrintHealth([]ctl.Answer{a}, ctl.Options{Format: c.Format, Hex: c.Hex})
	return p
}

// TestNobodyThere asks an endpoint that nobody listens on.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	const nowhere = "http://127.0.0.1:1"
	for _, line := range []string{"endpoint status", "endpoint hashkv", "endpoint health", "defrag", "get a", "put a 1",
		"lease grant 5", "lease revoke 5"} {
		for _, f := range formats[:4] {
			c, err := script.Parse(line + f)
			if err != nil {
				t.Fatal(err)
			}
			args := append(command.Argify(line+f), "--endpoints", nowhere, "--command-timeout", "100ms")
			got := etcdctl(t, "", args...)
			var want printed
			a := []ctl.Answer{{Endpoint: nowhere, Err: api.ErrDeadline}}
			switch c := c.(type) {
			case script.Health:
				want.stdout, want.stderr, want.exit = ctl.PrintHealth(a, ctl.Options{Format: c.Format})
			case script.Call:
				switch c.Call.(type) {
				case api.Status, api.HashKV, api.Defragment:
					want.stdout, want.stderr, want.exit = ctl.PrintEndpoints(c.Call, a, ctl.OptionsOf(c))
				default:
					want.stdout, want.stderr, want.exit = ctl.PrintError(c.Call, api.ErrDeadline, ctl.OptionsOf(c))
				}
			}
			compareOutput(t, c.String(), want, got)
		}
	}
}
