package ctl

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"go.etcd.io/etcd/etcdctl/v3/ctlv3/command"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
	"google.golang.org/grpc"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// typed are commands that are typed one after another at a real cluster of one and at our world. LEASE1 is the first
// lease that was granted, and so on.
var typed = []string{
	"member list", "member list -w table", "member list -w json", "get a", "get a -w json", "get a -w fields",
	"put a 1", "put a 2 --prev-kv", "put b 1 -w json", "put b 2 --prev-kv -w fields", "get a --rev 2", "get a --rev 99",
	"get a c -w json",
	`get "" --prefix --keys-only`, "get a --count-only -w fields", "get a --count-only", "get a --hex",
	"get a --print-value-only",
	"put c x --ignore-lease", "put c --ignore-value", "put z --ignore-value", `put "" 1`,
	"del a --prev-kv", "del a", "del b d --range --prev-kv -w json",
	`txn if 'version("a") = "0"' then "put a 3" "get a" "del b" else "get b"`,
	`txn if 'mod("a") > "99"' then "put a 4" else "get a" "del a --prev-kv" -w json`,
	`txn if 'value("a") = "x"' -w fields`,
	`txn then "put a 1" "put a 2"`, "txn then",
	"endpoint hashkv", "endpoint hashkv -w table", "endpoint hashkv --rev 3 -w json", "endpoint hashkv --rev 99",
	"compaction 5", "compaction 5",
	"compaction 99", "get a --rev 3", "endpoint hashkv -w fields", "put a 9 --prev-kv --hex",
	"get a b --consistency s --order ASCEND --sort-by VALUE",
	"lease grant 86400", "lease grant 90000 -w json", "lease grant 9000000001", "lease list", "put k v --lease LEASE1",
	"lease timetolive LEASE1 --keys", "put l v --lease LEASE1 -w fields",
	"put m v --lease 7b", "lease timetolive LEASE1", "lease timetolive 7b", "lease timetolive LEASE2 -w fields",
	"lease keep-alive LEASE1 --once", "lease keep-alive LEASE2 --once -w json", "lease keep-alive 7b --once",
	"lease keep-alive 7b", "get k -w json",
	"lease revoke LEASE1", "lease revoke LEASE1", "get k", "lease list -w table",
	"endpoint health", "endpoint status", "endpoint status -w json", "endpoint status -w fields",
	"endpoint status -w table",
	"alarm list", "alarm list -w json", "alarm disarm", "alarm disarm -w json", "defrag", "compaction 8 --physical",
	"endpoint status", "move-leader n1", "move-leader n1 -w json", "move-leader n1 -w protobuf",
	"member update n1 --peer-urls http://z:1,http://n1:2380", "member list -w json",
	"member update n1 --peer-urls http://n1:2380", "member promote n1", "member list -w fields",
	"put o 1", "get a z --order DESCEND --sort-by MODIFY", "get a z --limit 2 -w fields",
}

// real is a server that is new, whose addresses are those of the simulator, but for where it listens.
func real(t *testing.T, seen *recorder) *embed.Etcd {
	t.Helper()
	cfg := embed.NewConfig()
	cfg.Name, cfg.Dir = "n1", t.TempDir()
	cfg.TickMs, cfg.ElectionMs = 10, 100
	cfg.UnsafeNoFsync = true
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	cfg.ListenClientUrls, cfg.ListenPeerUrls = free(), free()
	cfg.AdvertisePeerUrls = []url.URL{{Scheme: "http", Host: "n1:2380"}}
	cfg.AdvertiseClientUrls = []url.URL{{Scheme: "http", Host: "n1:2379"}}
	cfg.InitialCluster = "n1=http://n1:2380"
	cfg.GRPCAdditionalServerOptions = []grpc.ServerOption{grpc.ChainUnaryInterceptor(seen.unary),
		grpc.ChainStreamInterceptor(seen.stream)}
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	if err := await.Until("etcd has published itself and agreed on a version", func() bool {
		select {
		case <-e.Server.ReadyNotify():
			return e.Server.ClusterVersion() != nil
		default:
			return false
		}
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

// side is one of the two worlds in which commands are typed.
type side struct{ leases []string }

var granted = regexp.MustCompile(`lease ([0-9a-f]+) granted with|"ID":([0-9]+),"TTL":90000`)

// learn notes a lease that was granted.
func (s *side) learn(line string, p printed) {
	if m := granted.FindStringSubmatch(p.stdout); m != nil && strings.HasPrefix(line, "lease grant") {
		if m[2] != "" {
			var id int64
			fmt.Sscan(m[2], &id)
			m[1] = fmt.Sprintf("%016x", id)
		}
		s.leases = append(s.leases, m[1])
	}
}

// say puts the names of leases into a line.
func (s *side) say(line string) string {
	for i, id := range s.leases {
		line = strings.ReplaceAll(line, fmt.Sprintf("LEASE%d", i+1), strings.TrimLeft(id, "0"))
	}
	return line
}

// unlike is what of a status depends on when the server last wrote to its file, and what of a lease on the instant.
var unlike = regexp.MustCompile(`3\.[56]\.0\b|[0-9.]+ kB|[0-9]+%|"dbSize(InUse)?":[0-9]+|"DBSize(InUse)?" : [0-9]+|remaining\([0-9]+s\)|"TTL" : [0-9]+`)

// plain takes out what has to differ: the leases' ids, which hold the instant of a start, how long things took, and the
// size of the file.
func (s *side) plain(line string, p printed) printed {
	p = normalise(p)
	if strings.HasPrefix(line, "endpoint status") || strings.HasPrefix(line, "lease timetolive") {
		p.stdout = unlike.ReplaceAllString(p.stdout, "_")
	}
	if strings.HasPrefix(line, "endpoint") && strings.HasSuffix(line, "table") {
		p.stdout = regexp.MustCompile(` +|-+`).ReplaceAllString(p.stdout, " ") // columns are as wide as what is in them
	}
	for i, id := range s.leases {
		var n int64
		fmt.Sscanf(id, "%x", &n)
		name := fmt.Sprintf("LEASE%d", i+1)
		for _, text := range []string{id, strings.TrimLeft(id, "0"), fmt.Sprint(n)} {
			p.stdout, p.stderr = strings.ReplaceAll(p.stdout, text, name), strings.ReplaceAll(p.stderr, text, name)
		}
	}
	return p
}

// ours is our world, at which commands are typed.
type ours struct {
	side
	w *world.World
}

func newOurs(t *testing.T) *ours {
	t.Helper()
	cfg := world.Default()
	cfg.Members, cfg.Clients, cfg.Preset = 1, 4, "etcd"
	w, err := world.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(5*sim.Second, 1<<30)
	return &ours{w: w}
}

// begin types a command, and returns its number.
func (o *ours) begin(t *testing.T, line string) uint64 {
	t.Helper()
	c, err := script.Parse(o.say(line))
	if err == nil {
		err = o.w.Do(c)
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return o.w.Commands()
}

// read returns what a command has printed when it is over, or when it has printed so many lines.
func (o *ours) read(t *testing.T, id uint64, lines int) (p printed) {
	t.Helper()
	end := o.w.Now() + sim.Minute
	for next := 0; o.w.Now() < end; {
		for ; next < o.w.Said().Len(); next++ {
			s := o.w.Said().Ref(next)
			if s.ID != id {
				continue
			}
			out, err, exit := s.Print()
			p.stdout, p.stderr = p.stdout+out, p.stderr+err
			if s.Done {
				p.exit = exit
				return p
			}
			if lines > 0 && strings.Count(p.stdout, "\n") >= lines {
				return p
			}
		}
		o.w.Advance(o.w.Now()+sim.Millisecond, 1<<30)
	}
	t.Fatalf("the command does not end; it has printed\n%s", p.stdout)
	return p
}

// TestTyped types the same commands at real etcd, with real etcdctl, and at our world: what they print is the same.
func TestTyped(t *testing.T) {
	t.Parallel()
	e, o := real(t, &recorder{}), newOurs(t)
	var theirs side
	for _, line := range typed {
		args, stdin := theirArguments(t, e, theirs.say(line))
		got := renamed(e, etcdctl(t, stdin, args...))
		want := o.read(t, o.begin(t, line), 0)
		theirs.learn(line, got)
		o.learn(line, want)
		compareSides(t, line, theirs.plain(line, got), o.plain(line, want))
	}
	t.Logf("%d commands", len(typed))
}

func compareSides(t *testing.T, line string, got, want printed) {
	t.Helper()
	if got != want {
		t.Errorf("%s\netcdctl: exit %d\n%s%s\nwe: exit %d\n%s%s", line, got.exit, got.stdout, got.stderr, want.exit,
			want.stdout, want.stderr)
	}
}

// renamed puts the name of the server in place of where it listens.
func renamed(e *embed.Etcd, p printed) printed {
	address := e.Config().ListenClientUrls[0].String()
	return printed{strings.ReplaceAll(p.stdout, address, "http://n1:2379"),
		strings.ReplaceAll(p.stderr, address, "http://n1:2379"), p.exit}
}

// theirArguments are etcdctl's for a line of ours: members are called by their ids, and a transaction is typed.
func theirArguments(t *testing.T, e *embed.Etcd, line string) (args []string, stdin string) {
	args = command.Argify(line)
	switch args[0] {
	case "txn":
		args, stdin = txnArguments(t, args)
	case "member", "move-leader":
		for i := range args {
			if args[i] == "n1" {
				args[i] = e.Server.MemberID().String()
			}
		}
	}
	return append([]string{"--endpoints", e.Config().ListenClientUrls[0].String()}, args...), stdin
}

// txnArguments turns a transaction in one line, which only we have, into what etcdctl reads from a terminal.
func txnArguments(t *testing.T, args []string) (out []string, stdin string) {
	t.Helper()
	blocks, at := [3]string{}, -1
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "if" || a == "then" || a == "else":
			at = map[string]int{"if": 0, "then": 1, "else": 2}[a]
		case a == "-w":
			out = append(out, a, args[i+1])
			i++
		case at >= 0:
			blocks[at] += a + "\n"
		default:
			out = append(out, a)
		}
	}
	return out, strings.Join(blocks[:], "\n") + "\n"
}
