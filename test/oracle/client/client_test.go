package client

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// What etcdctl gives its client (ctlv3/ctl.go).
const (
	commandTimeout   = 5 * time.Second
	dialTimeout      = 2 * time.Second
	keepaliveTime    = 2 * time.Second
	keepaliveTimeout = 6 * time.Second
)

// keepaliveLeast is when gRPC's keepalive can break a connection at the earliest: it does not ask sooner than after 10
// s, whatever it is told. The silence may have begun up to as long before as a test takes from one step to the next.
const keepaliveLeast = 10 * time.Second

// dial makes a client as etcdctl does.
func dial(t *testing.T, endpoints ...string) *clientv3.Client {
	t.Helper()
	cli, err := clientv3.New(clientv3.Config{
		Endpoints: endpoints, DialTimeout: dialTimeout, DialKeepAliveTime: keepaliveTime,
		DialKeepAliveTimeout: keepaliveTimeout, Logger: zap.NewNop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return cli
}

// calls are those that a command makes, by how it is written.
var calls = map[string]func(context.Context, *clientv3.Client) error{
	"get a": func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Get(ctx, "a")
		return err
	},
	"get a --consistency s": func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Get(ctx, "a", clientv3.WithSerializable())
		return err
	},
	"put a 1": func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Put(ctx, "a", "1")
		return err
	},
	"member list": func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.MemberList(ctx)
		return err
	},
	"lease grant 100": func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Grant(ctx, 100)
		return err
	},
	`txn then "put a 1"`: func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Txn(ctx).Then(clientv3.OpPut("a", "1")).Commit()
		return err
	},
	"lease timetolive 7b": func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.TimeToLive(ctx, 0x7b)
		return err
	},
}

// places are addresses, which are another in every run and not in ours.
var places = regexp.MustCompile(`read tcp \S+->\S+: `)

// told returns what a user is told.
func told(err error) string {
	if err == nil {
		return answered
	}
	return places.ReplaceAllString(err.Error(), "")
}

// command makes one call as etcdctl does, with a client of its own.
func command(t *testing.T, call string, endpoints []string) string {
	cli := dial(t, endpoints...)
	defer cli.Close()
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	return told(calls[call](ctx, cli))
}

// tries is how often an answer is asked for that load may keep from coming in time.
const tries = 10

// compare holds what the real client is told against what ours is, for as long as load may be the reason.
func compare(t *testing.T, want string, theirs func() string) {
	t.Helper()
	got := theirs()
	for n := 1; n < tries && want == answered && got != want; n++ {
		got = theirs()
	}
	if got != want {
		t.Errorf("the real client is told %q, ours %q", got, want)
	}
}

// lists are the members that a client is given, as numbers. The first is the one that something is wrong with.
var lists = [][]int{{1}, {1, 2}, {1, 2, 3}}

// commands asks for each call with each list of endpoints.
func commands(t *testing.T, addresses []string, fault string) {
	for _, call := range []string{"get a", "get a --consistency s", "put a 1", "member list", "lease grant 100"} {
		for _, list := range lists {
			t.Run(fmt.Sprintf("%s at %s", call, endpoints(list)), func(t *testing.T) {
				t.Parallel()
				want := ours(t, fault, "run 4s", call+" --endpoint "+endpoints(list), "run 1m")
				compare(t, want, func() string { return command(t, call, addresses[:len(list)]) })
			})
		}
	}
}

// proxies stand before all members.
func (c *cluster) proxies(t *testing.T) (list []*proxy, addresses []string) {
	for _, s := range c.members {
		p := newProxy(t, s.Client)
		list, addresses = append(list, p), append(addresses, p.address)
	}
	return list, addresses
}

// TestCommands begins commands when something is wrong with one member already.
func TestCommands(t *testing.T) {
	c := found(t, 3)
	t.Run("group", func(t *testing.T) {
		for _, fault := range []struct {
			name, script string
			state        state
		}{{"refused", "crash n1", refuses}, {"cut", "cut c1 - n1", swallows}, {"silent", "pause n1", swallows}} {
			t.Run(fault.name, func(t *testing.T) {
				t.Parallel()
				list, addresses := c.proxies(t)
				list[0].set(fault.state)
				t.Run("group", func(t *testing.T) { commands(t, addresses, fault.script) })
			})
		}
	})
}

// TestStopped does the same with a process that is stopped.
func TestStopped(t *testing.T) {
	c := found(t, 3)
	if err := c.members[0].process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.await("another leader", func(ctx context.Context) bool { return c.led(ctx, c.members[1]) })
	addresses := []string{c.members[0].Client, c.members[1].Client, c.members[2].Client}
	t.Run("group", func(t *testing.T) { commands(t, addresses, "pause n1") })
}

// under makes a call without a deadline, and lets something happen to its connection while it is under way.
func under(t *testing.T, call string, list []*proxy, addresses []string, how state, happens func()) (string,
	time.Duration) {
	t.Helper()
	for _, p := range list[1:] {
		p.set(refuses)
	}
	cli := dial(t, addresses...)
	defer cli.Close()
	if err := await.Until("the connection to the first is ready", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
		defer cancel()
		return calls["get a"](ctx, cli) == nil
	}); err != nil {
		t.Fatal(err)
	}
	list[0].set(how)
	for _, p := range list[1:] {
		p.set(passes)
	}
	begin := time.Now()
	end := make(chan string, 1)
	go func() { end <- told(calls[call](context.Background(), cli)) }()
	happens()
	select {
	case got := <-end:
		return got, time.Since(begin)
	case <-time.After(await.Patience):
		return "nothing", await.Patience
	}
}

// TestUnderWay lets connections fall silent, or break, under calls that have no deadline.
func TestUnderWay(t *testing.T) {
	c := found(t, 3)
	t.Run("group", func(t *testing.T) {
		for _, call := range []string{`txn then "put a 1"`, "lease timetolive 7b"} {
			for _, list := range lists[1:] {
				name := fmt.Sprintf("%s at %s", call, endpoints(list))
				begin := call + " --endpoint " + endpoints(list)
				t.Run("silent: "+name, func(t *testing.T) {
					t.Parallel()
					want := ours(t, "cut c1 - n2", "cut c1 - n3", begin, "run 500us", "pause n1", "heal", "run 2m")
					proxies, addresses := c.proxies(t)
					got, took := under(t, call, proxies[:len(list)], addresses[:len(list)], swallows, func() {})
					if got != want || took < keepaliveLeast {
						t.Errorf("the real client is told %q after %v, ours %q", got, took, want)
					}
				})
				t.Run("broken: "+name, func(t *testing.T) {
					want := ours(t, "cut c1 - n2", "cut c1 - n3", begin, "run 500us", "pause n1", "heal", "crash n1", "run 2m")
					proxies, addresses := c.proxies(t)
					before := c.revision(t)
					got, _ := under(t, call, proxies[:len(list)], addresses[:len(list)], mutes, func() {
						if strings.HasPrefix(call, "txn") {
							c.await("it has been carried out", func(context.Context) bool { return c.revision(t) > before })
						}
						proxies[0].set(refuses)
					})
					if got != want {
						t.Errorf("the real client is told %q, ours %q", got, want)
					}
				})
			}
		}
	})
}

// revision asks the second member, past all proxies, for the revision of its store.
func (c *cluster) revision(t *testing.T) int64 {
	cli := dial(t, c.members[1].Client)
	defer cli.Close()
	ctx, cancel := context.WithTimeout(context.Background(), await.Patience)
	defer cancel()
	r, err := cli.Get(ctx, "revision")
	if err != nil {
		t.Fatal(err)
	}
	return r.Header.Revision
}

// TestWatches lets the connection under a watch fall silent, or break, and puts a key that is watched.
func TestWatches(t *testing.T) {
	c := found(t, 3)
	t.Run("group", func(t *testing.T) {
		for _, fault := range []struct {
			name, script, then string
			state              state
			least              time.Duration
		}{
			{"refused", "crash n1", "run until c1.events == 1 within 1s", refuses, 0},
			{"silent", "pause n1", "run 5s\nexpect c1.events == 0\nrun until c1.events == 1 within 8s", swallows,
				keepaliveLeast},
		} {
			for _, list := range lists[1:] {
				t.Run(fault.name+" at "+endpoints(list), func(t *testing.T) {
					t.Parallel()
					for _, seed := range seeds {
						play(t, seed, "cut c1 - n2", "cut c1 - n3", "watch w --endpoint "+endpoints(list), "run 1s", "heal", "run 30s",
							fault.script, "run 4s", "put w 1 --client c2 --endpoint n2", fault.then)
					}
					proxies, addresses := c.proxies(t)
					took := c.watch(t, fault.name+endpoints(list), proxies[:len(list)], addresses[:len(list)], fault.state)
					if took < fault.least {
						t.Errorf("the real watch is told after %v", took)
					}
				})
			}
		}
	})
}

// watch watches a key over the first member, lets something happen there, puts the key, and waits until it is told.
func (c *cluster) watch(t *testing.T, key string, list []*proxy, addresses []string, what state) time.Duration {
	for _, p := range list[1:] {
		p.set(refuses)
	}
	cli := dial(t, addresses...)
	defer cli.Close()
	ctx, cancel := context.WithTimeout(clientv3.WithRequireLeader(context.Background()), await.Patience)
	defer cancel()
	told := cli.Watch(ctx, key, clientv3.WithCreatedNotify())
	if r := <-told; !r.Created {
		t.Fatalf("the watch begins with %+v", r)
	}
	for _, p := range list[1:] {
		p.set(passes)
	}
	begin := time.Now()
	list[0].set(what)
	direct := dial(t, c.members[1].Client)
	defer direct.Close()
	if _, err := direct.Put(ctx, key, "1"); err != nil {
		t.Fatal(err)
	}
	if r := <-told; len(r.Events) != 1 {
		t.Fatalf("the watch is told %+v: %v", r, r.Err())
	}
	return time.Since(begin)
}

// TestMembers asks a learner, lets members come and go, and lets a client ask for the list of members.
func TestMembers(t *testing.T) {
	c := found(t, 3)
	admin := dial(t, c.members[1].Client)
	defer admin.Close()
	s := &server{settings: settings{Name: "n4", Dir: t.TempDir(), Client: free(t), Peer: free(t), State: "existing"}}
	s.Cluster = c.members[0].Cluster + ",n4=http://" + s.Peer
	c.await("the member is added", func(ctx context.Context) bool {
		_, err := admin.MemberAddAsLearner(ctx, []string{"http://" + s.Peer})
		return err == nil || strings.Contains(err.Error(), "Peer URLs already exists")
	})
	c.start(s)
	c.members = append(c.members, s)
	c.await("it serves", func(ctx context.Context) bool {
		cli := dial(t, s.Client)
		defer cli.Close()
		return calls["get a --consistency s"](ctx, cli) == nil
	})
	syncs, fixed := c.syncing(t, syncInterval), c.syncing(t, 0)
	joins := []string{"member add n4 --learner", "run 1s", "restart n4", "run 5s"}
	for _, call := range []string{"get a", "get a --consistency s", "put a 1", "member list"} {
		for _, list := range [][]int{{4}, {4, 1}} {
			t.Run(fmt.Sprintf("%s at %s", call, endpoints(list)), func(t *testing.T) {
				want := ours(t, append(joins[:4:4], call+" --endpoint "+endpoints(list), "run 10s")...)
				addresses := make([]string, len(list))
				for i, n := range list {
					addresses[i] = c.members[n-1].Client
				}
				compare(t, want, func() string { return command(t, call, addresses) })
			})
		}
	}
	c.listed(t, admin, append(joins[:4:4], "member list", "run 1s"))
	c.learned(t, syncs, joins)
	c.await("the member is promoted", func(ctx context.Context) bool {
		list, err := admin.MemberList(ctx)
		if err != nil {
			return false
		}
		for _, m := range list.Members {
			if m.Name == "n4" && m.IsLearner {
				_, err = admin.MemberPromote(ctx, m.ID)
				return err == nil
			}
		}
		return true
	})
	joins = append(joins, "member promote n4", "run 1s")
	c.listed(t, admin, append(joins[:len(joins):len(joins)], "member list", "run 1s"))
	c.learned(t, syncs, joins)
	id := c.ids(t)["n1"]
	c.await("the first member is removed", func(ctx context.Context) bool {
		n, _ := strconv.ParseUint(id, 16, 64)
		_, err := admin.MemberRemove(ctx, n)
		return err == nil || errors.Is(err, rpctypes.ErrMemberNotFound)
	})
	joins = append(joins, "member remove n1 --endpoint n2", "run 2s")
	c.learned(t, syncs, joins)
	c.await("it goes on without the member", func(ctx context.Context) bool { return calls["put a 1"](ctx, syncs) == nil })
	want := ours(t, append(joins[:len(joins):len(joins)], "get a --endpoint n1", "run 10s")...)
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	if got := told(calls["get a"](ctx, fixed)); got != want ||
		!slices.Equal(fixed.Endpoints(), []string{c.members[0].Client}) {
		t.Errorf("a client that learns nothing is told %q and has the endpoints %v, ours is told %q", got, fixed.Endpoints(),
			want)
	}
}

// syncInterval is an AutoSyncInterval.
const syncInterval = 50 * time.Millisecond

// syncing makes a client of the first member that asks for the list of members at an interval; with 0 it does not.
func (c *cluster) syncing(t *testing.T, interval time.Duration) *clientv3.Client {
	t.Helper()
	cli, err := clientv3.New(clientv3.Config{
		Endpoints: []string{c.members[0].Client}, AutoSyncInterval: interval, Logger: zap.NewNop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cli.Close() })
	return cli
}

// learned compares the endpoints that a client and a load of ours have learned by asking at an interval. The real one
// is asked again until it has had its time.
func (c *cluster) learned(t *testing.T, syncs *clientv3.Client, lines []string) {
	t.Helper()
	w := play(t, 1, slices.Concat([]string{"load 10/s --auto-sync 500ms --endpoint n1"}, lines, []string{"run 5s"})...)
	text := ""
	for i := w.Journal().First(); i < w.Journal().Next(); i++ {
		if e := w.Journal().At(i).Client; e != nil && e.Kind == client.Learned {
			text = e.Text
		}
	}
	list := strings.Split(text, ", ")
	slices.Sort(list) // the real list is in the order of ids, which are other ones
	want, got := strings.Join(list, " "), ""
	err := await.Until("it has learned", func() bool {
		list = list[:0]
		for _, s := range c.members {
			if slices.Contains(syncs.Endpoints(), "http://"+s.Client) {
				list = append(list, s.Name)
			}
		}
		got = strings.Join(list, " ")
		return got == want
	})
	if err != nil {
		t.Errorf("%v: the real client goes on with %s, ours with %s", err, got, want)
	}
}

// listed compares the endpoints of a client that has asked for the members: by Sync, and as ours reads the list.
func (c *cluster) listed(t *testing.T, admin *clientv3.Client, lines []string) {
	t.Helper()
	var names []string
	for _, e := range play(t, 1, lines...).Clients()[0].Endpoints() {
		names = append(names, " "+e.Host.String())
	}
	slices.Sort(names) // the real list is in the order of ids, which are other ones
	want := strings.Join(names, "")
	c.await("the list is known", func(ctx context.Context) bool { return admin.Sync(ctx) == nil })
	got := ""
	for _, s := range c.members {
		for _, e := range admin.Endpoints() {
			if e == "http://"+s.Client {
				got += " " + s.Name
			}
		}
	}
	if got != want {
		t.Errorf("the real client goes on with%s, ours with%s", got, want)
	}
}
