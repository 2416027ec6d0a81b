package lease

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coreos/go-semver/semver"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	real "go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	"go.uber.org/zap"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/sim"
)

// cluster is one of version 3.6.
type cluster struct{}

func (cluster) Version() *semver.Version { return semver.New("3.6.0") }

// deleter is their way to the store: it notes what is deleted, and detaches it as the store does.
type deleter struct {
	*pair
	tx backend.BatchTx
}

func (d deleter) End() { d.tx.Unlock() }

func (d deleter) DeleteRange(key, _ []byte) (int64, int64) {
	d.deleted = append(d.deleted, string(key))
	if err := d.theirs.Detach(d.theirs.GetLease(real.LeaseItem{Key: string(key)}),
		[]real.LeaseItem{{Key: string(key)}}); err != nil {
		d.t.Fatal(err)
	}
	return 1, 0
}

// pair is the two lessors, in the bubble's time.
type pair struct {
	t     *testing.T
	r     *rand.Rand
	start time.Time
	cfg   lease.Config

	ours    lease.Lessor
	theirs  real.Lessor
	backend backend.Backend

	scan    sim.Time // when they scan next
	deleted []string
	written []lease.Remaining
	keys    map[string]lease.ID // what the store holds
	waiting map[lease.ID][]chan error
	reached map[string]int
}

func newPair(t *testing.T, seed uint64, checkpoints bool) *pair {
	cfg := backend.DefaultBackendConfig(zap.NewNop())
	cfg.Path, cfg.BatchInterval, cfg.UnsafeNoFsync = t.TempDir()+"/db", 1000*time.Hour, true
	p := &pair{t: t, r: rand.New(rand.NewPCG(seed, 2)), start: time.Now(), backend: backend.New(cfg),
		keys:    map[string]lease.ID{},
		cfg:     lease.Config{MinTTL: 2, Retry: 7 * sim.Second, Checkpoints: checkpoints},
		waiting: map[lease.ID][]chan error{}, reached: map[string]int{}}
	p.ours = lease.New(p.cfg)
	p.open()
	return p
}

// open starts their lessor on what the backend holds.
func (p *pair) open() {
	p.theirs = real.NewLessor(zap.NewNop(), p.backend, cluster{}, real.LessorConfig{MinLeaseTTL: p.cfg.MinTTL,
		ExpiredLeasesRetryInterval: span(p.cfg.Retry)})
	p.theirs.SetRangeDeleter(func() real.TxnDelete {
		tx := p.backend.BatchTx()
		tx.LockOutsideApply()
		return deleter{p, tx}
	})
	if p.cfg.Checkpoints {
		p.theirs.SetCheckpointer(p.checkpointer)
	}
	p.scan = p.now() + lease.ScanInterval
	time.Sleep(100 * time.Millisecond) // all else sleeps quarters of seconds, and so never falls on a scan
}

// checkpointer applies their checkpoints at once.
func (p *pair) checkpointer(_ context.Context, r *pb.LeaseCheckpointRequest) error {
	for _, c := range r.Checkpoints {
		p.written = append(p.written, lease.Remaining{ID: lease.ID(c.ID), TTL: c.Remaining_TTL})
		if err := p.theirs.Checkpoint(real.LeaseID(c.ID), c.Remaining_TTL); err != nil {
			return err
		}
	}
	return nil
}

func (p *pair) close() {
	p.theirs.Stop()
	if err := p.backend.Close(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) now() sim.Time { return sim.Time(time.Since(p.start).Microseconds()) }

// sameErr compares errors: theirs have no prefix, and "requested" is added on the way to the client.
func (p *pair) sameErr(what string, ours, theirs error) {
	want := map[error]error{nil: nil, real.ErrLeaseNotFound: lease.ErrNotFound, real.ErrLeaseExists: lease.ErrExists,
		real.ErrLeaseTTLTooLarge: lease.ErrTTLTooLarge, real.ErrNotPrimary: lease.ErrNotPrimary}[theirs]
	if ours != want {
		p.t.Fatalf("%s: ours %v, theirs %v", what, ours, theirs)
	}
	if ours != nil {
		p.reached[ours.Error()]++
	}
}

// sleep lets time pass, and compares each scan on the way.
func (p *pair) sleep(span time.Duration) {
	end := p.now() + sim.Time(span.Microseconds())
	for ; p.scan < end; p.scan += lease.ScanInterval {
		time.Sleep(time.Duration(p.scan-p.now())*time.Microsecond + time.Millisecond)
		synctest.Wait()
		p.sameScan(p.scan)
	}
	time.Sleep(time.Duration(end-p.now()) * time.Microsecond)
}

func (p *pair) sameScan(at sim.Time) {
	var ours, theirs []lease.ID
	for _, e := range p.ours.Expired(at, lease.RevokeLimit) {
		ours = append(ours, e.ID)
		if e.Again {
			p.reached["again"]++
		}
	}
	select {
	case list := <-p.theirs.ExpiredLeasesC():
		for _, l := range list {
			theirs = append(theirs, lease.ID(l.ID))
		}
	default:
	}
	slices.Sort(ours)
	slices.Sort(theirs) // theirs leaves the order of equals to chance
	if !slices.Equal(ours, theirs) {
		p.t.Fatalf("scan at %s: ours %v, theirs %v", at, ours, theirs)
	}
	p.reached["expired"] += len(ours)
	p.sameCheckpoints(at)
}

func (p *pair) sameCheckpoints(at sim.Time) {
	due := p.ours.DueCheckpoints(at)
	for _, d := range due {
		p.ours.Checkpoint(at, d.ID, d.TTL)
	}
	order := func(a, b lease.Remaining) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(due, order)
	slices.SortFunc(p.written, order)
	if theirs := slices.Compact(p.written); !slices.Equal(due, theirs) { // theirs may say the same twice
		p.t.Fatalf("checkpoints at %s: ours %v, theirs %v", at, due, theirs)
	}
	p.reached["checkpoint"] += len(due)
	p.written = nil
}

func (p *pair) grant(id lease.ID) {
	ttl := []int64{-1, 1, 2, 3, 5, 8, 20, 100, 301, 900, 3000, lease.MaxTTL, lease.MaxTTL + 1}[p.r.IntN(13)]
	g, err := p.ours.Grant(p.now(), id, ttl)
	l, theirErr := p.theirs.Grant(real.LeaseID(id), ttl)
	p.sameErr("grant", err, theirErr)
	if err == nil && g.TTL != l.TTL() {
		p.t.Fatalf("grant: ours %d, theirs %d", g.TTL, l.TTL())
	}
}

func (p *pair) revoke(id lease.ID) {
	p.deleted = nil
	keys, err := p.ours.Revoke(id)
	theirErr := p.theirs.Revoke(real.LeaseID(id))
	p.sameErr("revoke", err, theirErr)
	if !slices.Equal(keys, p.deleted) {
		p.t.Fatalf("revoke %d: ours %v, theirs %v", id, keys, p.deleted)
	}
	for _, key := range keys {
		delete(p.keys, key)
	}
	if err == nil {
		p.answerWaiting(id, real.ErrLeaseNotFound)
	}
}

// put does what the store does at a put, or with no lease at a deletion.
func (p *pair) put(id lease.ID) {
	key := string(rune('a' + p.r.IntN(6)))
	item := []real.LeaseItem{{Key: key}}
	if p.theirs.Lookup(real.LeaseID(id)) == nil && id != lease.None {
		p.sameErr("attach", p.ours.Attach(id, key), p.theirs.Attach(real.LeaseID(id), item))
		return
	}
	if old := p.theirs.GetLease(item[0]); old != real.NoLease {
		if err := p.theirs.Detach(old, item); err != nil {
			p.t.Fatal(err)
		}
	}
	if id == lease.None {
		p.ours.Detach(key)
		delete(p.keys, key)
		return
	}
	p.sameErr("attach", p.ours.Attach(id, key), p.theirs.Attach(real.LeaseID(id), item))
	p.keys[key] = id
}

// renew sends a keep-alive to both. Theirs waits in a goroutine.
func (p *pair) renew(id lease.ID) {
	r := p.ours.Renew(p.now(), id)
	if r.Outcome == lease.MustClear {
		p.reached["clear"]++
		p.ours.Checkpoint(p.now(), id, 0)
		r = p.ours.Refresh(p.now(), id)
	}
	answer := make(chan error, 1)
	ttl := int64(0)
	go func() {
		got, err := p.theirs.Renew(real.LeaseID(id))
		ttl = got
		answer <- err
	}()
	synctest.Wait()
	p.written = nil
	if r.Outcome == lease.MustWait {
		p.waiting[id] = append(p.waiting[id], answer)
		p.reached["wait"]++
		return
	}
	var theirErr error
	select {
	case theirErr = <-answer:
	default:
		p.t.Fatalf("renew %d: ours %+v, theirs waits", id, r)
	}
	p.sameErr("renew", map[lease.Outcome]error{lease.NotFound: lease.ErrNotFound,
		lease.NotPrimary: lease.ErrNotPrimary}[r.Outcome], theirErr)
	if theirErr == nil && r.TTL != ttl {
		p.t.Fatalf("renew %d: ours %+v, theirs %d", id, r, ttl)
	}
}

// answerWaiting checks what those get that waited for a lease.
func (p *pair) answerWaiting(id lease.ID, want error) {
	synctest.Wait()
	for _, answer := range p.waiting[id] {
		select {
		case err := <-answer:
			if !errors.Is(err, want) {
				p.t.Fatalf("a keep-alive that waited for %d gets %v, want %v", id, err, want)
			}
		default:
			p.t.Fatalf("a keep-alive waits on for %d", id)
		}
	}
	delete(p.waiting, id)
}

func (p *pair) office() {
	if !p.ours.Primary() {
		p.ours.Promote(p.now(), sim.Second)
		p.theirs.Promote(time.Second)
		return
	}
	p.ours.Demote()
	p.theirs.Demote()
	p.demoted()
}

// checkpoint applies one that the scan did not ask for, as from a leader before.
func (p *pair) checkpoint(id lease.ID) {
	left := p.r.Int64N(1000)
	p.ours.Checkpoint(p.now(), id, left)
	if err := p.theirs.Checkpoint(real.LeaseID(id), left); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) demoted() {
	for id := range p.waiting {
		p.answerWaiting(id, real.ErrNotPrimary)
	}
}

// restart starts both again from what the backend holds, perhaps with another least TTL.
func (p *pair) restart() {
	p.cfg.MinTTL = 1 + p.r.Int64N(4)
	p.ours = lease.Recover(p.cfg, p.ours.Saved())
	p.theirs.Stop()
	p.demoted()
	p.open()
	for key, id := range p.keys {
		p.sameErr("attach", p.ours.Attach(id, key), p.theirs.Attach(real.LeaseID(id), []real.LeaseItem{{Key: key}}))
	}
}

// compare looks at all that can be seen.
func (p *pair) compare() {
	var theirs []lease.Lease
	for _, l := range p.theirs.Leases() {
		one := lease.Lease{ID: lease.ID(l.ID), TTL: l.TTL(), Forever: l.Demoted()}
		if !one.Forever {
			one.Expiry = p.now() + sim.Time(l.Remaining().Microseconds())
		}
		theirs = append(theirs, one)
		keys := l.Keys()
		slices.Sort(keys)
		if ours := p.ours.Keys(one.ID); !slices.Equal(ours, keys) {
			p.t.Fatalf("keys of %d: ours %v, theirs %v", one.ID, ours, keys)
		}
		if t, err := p.ours.TimeToLive(p.now(), one.ID, false); err == nil &&
			(t.TTL != int64(l.Remaining().Seconds()) || t.GrantedTTL != l.TTL()) {
			p.t.Fatalf("ttl of %d: ours %+v, theirs %s", one.ID, t, l.Remaining())
		}
	}
	if !slices.IsSortedFunc(theirs, func(a, b lease.Lease) int { return cmp.Compare(a.Expiry, b.Expiry) }) {
		p.t.Fatal("theirs are not in the order of their expiries")
	}
	slices.SortStableFunc(theirs,
		func(a, b lease.Lease) int { return cmp.Or(cmp.Compare(a.Expiry, b.Expiry), cmp.Compare(a.ID, b.ID)) })
	ours := p.ours.Leases()
	for i := range ours {
		ours[i].Checkpoint = 0 // theirs cannot be seen; it shows at the next change of leader
	}
	if !slices.Equal(ours, theirs) {
		p.t.Fatalf("at %s\nours   %+v\ntheirs %+v", p.now(), ours, theirs)
	}
}

func (p *pair) step() {
	id := lease.ID(p.r.IntN(6))
	switch n := p.r.IntN(40); {
	case n < 10:
		p.grant(id)
	case n < 13:
		p.revoke(id)
	case n < 20:
		p.put(id)
	case n < 28:
		p.renew(id)
	case n < 30:
		p.office()
	case n < 31:
		p.restart()
	case n < 33:
		p.checkpoint(id)
	case n < 38:
		p.sleep(time.Duration(1+p.r.IntN(40)) * 250 * time.Millisecond)
	default:
		p.sleep(time.Duration(1+p.r.IntN(400)) * time.Second)
	}
}

// TestLessor: whatever is asked of them and however long they wait, the two lessors are in the same state.
func TestLessor(t *testing.T) {
	for _, checkpoints := range []bool{false, true} {
		t.Run(fmt.Sprint("checkpoints=", checkpoints), func(t *testing.T) {
			reached := map[string]int{}
			for seed := range uint64(30) {
				synctest.Test(t, func(t *testing.T) {
					p := newPair(t, seed, checkpoints)
					defer p.close()
					for range 200 {
						p.step()
						p.compare()
					}
					for what, n := range p.reached {
						reached[what] += n
					}
				})
			}
			t.Log(reached)
			for _, what := range []string{"expired", "again", "wait", lease.ErrNotFound.Error(), lease.ErrExists.Error(),
				lease.ErrTTLTooLarge.Error(), lease.ErrNotPrimary.Error()} {
				if reached[what] == 0 {
					t.Errorf("no input led to %q", what)
				}
			}
			if checkpoints != (reached["checkpoint"] > 0) || checkpoints != (reached["clear"] > 0) {
				t.Error("checkpoints were made, or none")
			}
		})
	}
}

// TestSpread: with many leases a change of leader spreads the expiries as theirs does, to a microsecond.
func TestSpread(t *testing.T) {
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			p := newPair(t, seed, false)
			defer p.close()
			n := 990 + p.r.IntN(3000)
			ttls := 1 + p.r.Int64N(30)
			for id := range n {
				ttl := 10 + p.r.Int64N(ttls)
				_, ours := p.ours.Grant(p.now(), lease.ID(id+1), ttl)
				_, theirs := p.theirs.Grant(real.LeaseID(id+1), ttl)
				p.sameErr("grant", ours, theirs)
			}
			p.ours.Promote(p.now(), sim.Second)
			p.theirs.Promote(time.Second)
			ours := p.ours.Leases()
			for i, l := range p.theirs.Leases() { // in the same order, but which of several with one expiry was moved is chance
				if d := ours[i].Expiry - p.now() - sim.Time(l.Remaining().Microseconds()); d < -1 || d > 1 {
					t.Fatalf("seed %d, %d leases: the %d. to expire: ours %s, theirs %s", seed, n, i+1, ours[i].Expiry-p.now(),
						l.Remaining())
				}
			}
		})
	}
}
