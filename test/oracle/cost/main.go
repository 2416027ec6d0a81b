// Command cost measures what a write costs the processes of a real cluster: for clusters of several sizes on loopback
// it lets clients write at the leader and prints how much processor time the leader and a follower took for each write.
// Processor time, unlike writes per second, is nearly the same on a busy machine. core/world's model of cost is fitted
// to it (docs/figures.md).
//
//	go run ./cost -members 1,3,5 -clients 100 -writes 20000 -rounds 3
//
// The members are this program again, each with an etcd server inside, without fsync. Linux only: the times come from
// /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "member" {
		member(os.Args[2:])
	}
	sizes := flag.String("members", "1,3,5", "sizes of the clusters")
	clients := flag.Int("clients", 100, "how many write at the same time")
	writes := flag.Int("writes", 20_000, "in each round")
	value := flag.Int("value", 256, "bytes of a value")
	rounds := flag.Int("rounds", 3, "")
	flag.Parse()
	dir, err := os.MkdirTemp("", "cost")
	check(err)
	defer os.RemoveAll(dir)
	fmt.Println("members  writes/s  µs of the leader's processor a write  of a follower's")
	for round := range *rounds {
		for _, s := range strings.Split(*sizes, ",") {
			n, err := strconv.Atoi(s)
			check(err)
			c := start(filepath.Join(dir, fmt.Sprint(round, "-", n)), n)
			c.load(*writes/10, *clients, *value)
			before, began := c.times(), time.Now()
			c.load(*writes, *clients, *value)
			took := time.Since(began)
			after := c.times()
			lead, follow := after[0]-before[0], time.Duration(0)
			for i := 1; i < n; i++ {
				follow += (after[i] - before[i]) / time.Duration(n-1)
			}
			each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(*writes) }
			fmt.Printf("%7d  %8.0f  %36.1f  %15.1f\n", n, float64(*writes)/took.Seconds(), each(lead), each(follow))
			c.stop()
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

// cluster is members that run; the first leads.
type cluster struct {
	procs   []*exec.Cmd
	clients []*clientv3.Client
}

func start(dir string, n int) *cluster {
	var urls, peers, names []string
	for i := range n {
		urls, peers = append(urls, "http://"+free()), append(peers, "http://"+free())
		names = append(names, fmt.Sprintf("n%d=%s", i, peers[i]))
	}
	c := &cluster{}
	for i := range n {
		p := exec.Command(os.Args[0], "member", fmt.Sprintf("n%d", i), filepath.Join(dir, fmt.Sprint(i)), urls[i], peers[i],
			strings.Join(names, ","))
		check(p.Start())
		c.procs = append(c.procs, p)
	}
	all, err := clientv3.New(clientv3.Config{Endpoints: urls, DialTimeout: time.Minute})
	check(err)
	defer all.Close()
	leader := 0
	for i, url := range urls {
		s, err := all.Status(context.Background(), url)
		check(err)
		if s.Header.MemberId == s.Leader {
			leader = i
		}
	}
	c.procs[0], c.procs[leader] = c.procs[leader], c.procs[0]
	for range 10 { // connections; each carries many clients
		one, err := clientv3.New(clientv3.Config{Endpoints: urls[leader : leader+1]})
		check(err)
		c.clients = append(c.clients, one)
	}
	return c
}

// member runs a server until it is killed. Its election timeout is long, so that a busy machine does not change the
// leader.
func member(args []string) {
	client, err := url.Parse(args[2])
	check(err)
	peer, err := url.Parse(args[3])
	check(err)
	cfg := embed.NewConfig()
	cfg.Name, cfg.Dir, cfg.InitialCluster, cfg.LogLevel, cfg.UnsafeNoFsync = args[0], args[1], args[4], "error", true
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{*client}, []url.URL{*client}
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{*peer}, []url.URL{*peer}
	cfg.TickMs, cfg.ElectionMs = 200, 5000
	_, err = embed.StartEtcd(cfg)
	check(err)
	select {}
}

func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	return l.Addr().String()
}

func (c *cluster) load(writes, clients, value int) {
	text := strings.Repeat("v", value)
	var n atomic.Int64
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			for k := n.Add(1); k <= int64(writes); k = n.Add(1) {
				_, err := c.clients[i%len(c.clients)].Put(context.Background(), fmt.Sprintf("%08d", k), text)
				check(err)
			}
		})
	}
	group.Wait()
}

// times returns the processor time that each process has taken (proc(5), stat: utime and stime, in hundredths of a
// second).
func (c *cluster) times() (list []time.Duration) {
	for _, p := range c.procs {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
		check(err)
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		user, err := strconv.Atoi(fields[11])
		check(err)
		system, err := strconv.Atoi(fields[12])
		check(err)
		list = append(list, time.Duration(user+system)*10*time.Millisecond)
	}
	return list
}

func (c *cluster) stop() {
	for _, one := range c.clients {
		check(one.Close())
	}
	for _, p := range c.procs {
		check(p.Process.Kill())
		_ = p.Wait() // it says that it was killed
	}
}
