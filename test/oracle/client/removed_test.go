package client

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// leaseTTL is how long the leases live that are kept alive over a member which is removed, in seconds.
const leaseTTL = 5

// TestRemoved removes the member that a watch and a keep-alive go through. Who knows others goes on there; for who does
// not, the watch is silent, and the lease is lost for want of answers when its time is up.
func TestRemoved(t *testing.T) {
	c := found(t, 3)
	type run struct {
		list []int
		cli  *clientv3.Client
		told clientv3.WatchChan
		kept <-chan *clientv3.LeaseKeepAliveResponse
	}
	var runs []*run
	var shut []*proxy
	ctx, cancel := context.WithTimeout(context.Background(), await.Patience)
	defer cancel()
	for _, list := range lists {
		proxies, addresses := c.proxies(t)
		for _, p := range proxies[1:] {
			p.set(refuses)
		}
		r := &run{list: list, cli: dial(t, addresses[:len(list)]...)}
		defer r.cli.Close()
		r.told = r.cli.Watch(clientv3.WithRequireLeader(ctx), "w", clientv3.WithCreatedNotify())
		if w := <-r.told; !w.Created {
			t.Fatalf("the watch begins with %+v", w)
		}
		lease, err := r.cli.Grant(ctx, leaseTTL)
		if err == nil {
			r.kept, err = r.cli.KeepAlive(ctx, lease.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		if k := <-r.kept; k == nil || k.TTL != leaseTTL {
			t.Fatalf("the lease is kept with %v", k)
		}
		runs, shut = append(runs, r), append(shut, proxies[1:]...)
	}
	for _, p := range shut {
		p.set(passes)
	}
	c.remove(t)
	for _, r := range runs {
		t.Run(endpoints(r.list), func(t *testing.T) {
			alone := len(r.list) == 1
			if got, want := kept(r.kept), ourKept(t, r.list); got != want || got == alone {
				t.Errorf("the real lease is kept: %v, ours: %v", got, want)
			}
			for _, seed := range seeds {
				ourWatch(t, seed, r.list)
			}
			if alone {
				select {
				case w := <-r.told:
					t.Errorf("the watch is told %+v: %v", w, w.Err())
				default:
				}
				return
			}
			if w := <-r.told; len(w.Events) != 1 {
				t.Errorf("the watch is told %+v: %v", w, w.Err())
			}
		})
	}
}

// remove removes the first member, waits until it is gone, and puts the key that is watched.
func (c *cluster) remove(t *testing.T) {
	t.Helper()
	direct := dial(t, c.members[1].Client)
	defer direct.Close()
	id, _ := strconv.ParseUint(c.ids(t)["n1"], 16, 64)
	c.await("the member is removed", func(ctx context.Context) bool { // refused until all have been connected for 5 s
		_, err := direct.MemberRemove(ctx, id)
		return err == nil || errors.Is(err, rpctypes.ErrMemberNotFound)
	})
	c.await("the member is gone", func(context.Context) bool {
		conn, err := net.Dial("tcp", c.members[0].Client)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	c.await("the key is put", func(ctx context.Context) bool {
		_, err := direct.Put(ctx, "w", "1")
		return err == nil
	})
}

// kept reports whether a lease is still kept alive after its whole life.
func kept(answers <-chan *clientv3.LeaseKeepAliveResponse) bool {
	for end := time.Now().Add(2 * leaseTTL * time.Second); time.Now().Before(end); {
		if _, on := <-answers; !on {
			return false
		}
	}
	return true
}

// removal is what happens to our member.
const removal = "heal\nrun 3s\nmember remove n1 --client c2 --endpoint n2\nrun 4s\n"

// ourWatch is told of a change behind the removal if it has another endpoint.
func ourWatch(t *testing.T, seed int, list []int) {
	want := "run until c1.events == 1 within 1s"
	if len(list) == 1 {
		want = "run 20s\nexpect c1.events == 0"
	}
	w := play(t, seed, "cut c1 - n2", "cut c1 - n3", "watch w --endpoint "+endpoints(list), "run 1s", removal,
		"put w 1 --client c2 --endpoint n2", want)
	if watches := w.Clients()[0].Watches(); len(watches) != 1 || watches[0].Ended {
		t.Errorf("seed %d: our watch has ended: %+v", seed, watches)
	}
}

// ourKept reports whether our lease is still kept alive after its whole life.
func ourKept(t *testing.T, list []int) (alive bool) {
	line := "shell 'id=$(etcdctl lease grant " + strconv.Itoa(leaseTTL) +
		" | cut -d\" \" -f2); etcdctl lease keep-alive $id --endpoints " + endpoints(list) + " &'"
	for i, seed := range seeds {
		w := play(t, seed, "cut c1 - n2", "cut c1 - n3", line, "run 3s", removal, "run 10s")
		text, _ := w.Fact(script.Fact{Of: "c1", Name: "output"})
		gone := strings.Contains(text, "expired or revoked")
		if on := strings.Contains(text, "keepalived with TTL(5)"); on == gone || i > 0 && on != alive || leases(w) == gone {
			t.Fatalf("seed %d: our client says %q, and the lease is there: %v", seed, text, leases(w))
		} else {
			alive = on
		}
	}
	return alive
}

// leases reports whether there is a lease.
func leases(w *world.World) bool {
	return len(w.Members()[1].Lessor().Leases()) > 0
}
