package swarm

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// What happens when space is scarce: a small quota, history that is dropped without being asked for, limits on sizes;
// and how a person helps.

// limit draws, in some runs, how much a cluster may hold, and when it drops history.
func limit(c *world.Config, random *rng.Stream) {
	if random.Intn(5) == 0 {
		c.Quota = int64(64+random.Intn(100)) << 10 // an empty file has 20 KiB
	}
	switch random.Intn(8) {
	case 0, 1: // many times within a run
		c.AutoCompaction = compact.Setting{Mode: compact.Periodic,
			Period: sim.Time(5+random.Intn(100)) * 100 * sim.Millisecond}
	case 2: // once in five minutes: while all is being repaired, if at all
		c.AutoCompaction = compact.Setting{Mode: compact.Revision, Keep: int64(1 + random.Intn(50))}
	}
	if random.Intn(8) == 0 {
		c.Limits = "article"
	}
	if random.Intn(3) > 0 { // else ten minutes: longer than any run
		c.ProgressNotify = 100*sim.Millisecond + sim.Time(random.Intn(3000))*sim.Millisecond
	}
}

// housekeeping draws, in some runs, API servers that drop history, and how much loads write.
func (g *generator) housekeeping(random *rng.Stream) {
	if random.Intn(4) == 0 {
		for i := range g.world.Clients() {
			if random.Intn(3) > 0 {
				g.do(script.CompactorStart{Interval: sim.Time(1+random.Intn(8)) * sim.Second, Client: script.ClientName(i + 1)})
			}
		}
	}
	switch c := g.world.Config(); {
	case c.Quota != 0:
		g.bulk, g.filler = random.Intn(4000), strings.Repeat(".", random.Intn(3500))
	case c.Limits != "":
		_, value := c.MostBytes()
		g.bulk = value + random.Intn(2)
	case random.Intn(8) == 0: // three events are more than a response may have: who wants it gets it in pieces
		g.bulk = 700_000 + random.Intn(300_000)
		g.mix.weigh(doLoad, 20)
	}
}

// spare keeps a load from writing more than a few megabytes in all.
func (g *generator) spare(l script.Load) script.Load {
	if l.ValSize = g.bulk; l.ValSize > large {
		l.PerSecond = 1
	}
	return l
}

// large is from how many bytes on a value is so large that a few make megabytes.
const large = 1 << 16

// makeRoom does what etcd's page on maintenance says when a quota is exceeded: it deletes, drops history, and makes the
// files small again. Clearing the alarm comes last.
func makeRoom(w *world.World) {
	if !full(w) {
		return
	}
	deleteAll(w)
	rev := int64(1)
	for _, m := range w.Members() {
		if m.Up() {
			rev = max(rev, m.Store().Revision())
		}
	}
	_ = w.Do(script.Call{Call: api.Compaction{Revision: rev, Physical: true}})
	settled(w)
	w.Advance(w.Now()+20*w.Preset().Tick, 1<<40) // the other members drop their rows, too
	for i, m := range w.Members() {
		if m.Up() && w.Broken() == nil {
			_ = w.Do(script.Call{Call: api.Defragment{}, Flags: script.Flags{Endpoint: script.MemberName(i + 1)}})
			settled(w)
		}
	}
}

// deleteAll deletes every key, for the live ones alone may be more than the quota; the first key last. A compaction
// leaves the tombstones of the revision that it is at: if that were one deletion of all, a full member would keep them
// for ever, because nothing could make another revision.
func deleteAll(w *world.World) {
	leader := w.Leader()
	if leader == nil {
		return
	}
	first, err := leader.Store().Range("\x00", mvcc.FromKey, mvcc.RangeOptions{Limit: 1})
	if err != nil || len(first.KVs) == 0 {
		return
	}
	key := first.KVs[0].Key
	_ = w.Do(script.Call{Call: api.DeleteRange{Key: key + "\x00", End: mvcc.FromKey}})
	settled(w)
	_ = w.Do(script.Call{Call: api.DeleteRange{Key: key}})
	settled(w)
}

// full reports whether a member's file is so long that a write may raise an alarm.
func full(w *world.World) bool {
	for _, m := range w.Members() {
		if q := w.Config().Quota; q != 0 && m.Up() && m.Store().Size() > q/2 {
			return true
		}
	}
	return false
}
