package article

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

const (
	sideEffects = "Side Effects of Compaction"
	perKey      = "Per-Key Limits"
)

// compaction drops history by hand and automatically.
func (r *Report) compaction() {
	g := r.begin(1, "preset=etcd")
	for i := range 20 {
		g.ask("put key1 %d", i)
	}
	g.ask("compaction 10")
	old, young := g.ask("get key1 --rev 5"), g.ask("get key1 --rev 15")
	r.claim(Claim{sideEffects, "A revision before the compaction cannot be read", "an error", old.Err,
		old.Err == api.ErrCompacted, ""})
	r.claim(Claim{sideEffects, "One behind it can", "yes", young.Outcome.String(), young.Outcome == client.Acknowledged,
		""})
	g.do("watch key1 --rev 5 --client c2")
	g.pass(sim.Second)
	err := g.Clients()[1].Watches()[0].Err
	r.claim(Claim{sideEffects, "A watch from before is refused", "watch revision too old", err, err == api.ErrCompacted,
		""})

	g = r.begin(1, "members=1", "preset=etcd", "auto-compaction=article")
	g.do("load 1/s --key-space-size 10")
	g.pass(5 * sim.Hour)
	before := g.Members()[0].Store().CompactRevision()
	g.pass(2 * sim.Hour)
	s := g.Members()[0].Store()
	kept := s.Revision() - s.CompactRevision()
	r.claim(Claim{"Compaction Operation", "Automatic compaction every 6 hours, keeping 1 hour", "after 6 h",
		fmt.Sprintf("after 5 h at revision %d, after 7 h at %d of %d", max(before, 0), s.CompactRevision(), s.Revision()),
		before <= 0 && s.CompactRevision() > 0 && kept > 7000 && kept < 7400, ""})
}

// limits tries keys and values of the article's sizes.
func (r *Report) limits() {
	const key, value, config = 512 << 10, 1 << 20, 10 << 20
	r.claim(r.refuses("Largest key", "~512 KB", "limits=article", key, 1))
	r.claim(r.refuses("Largest value", "~1 MB", "limits=article", 1, value))
	op := r.putOf("limits=etcd", 1, config)
	r.claim(Claim{perKey, "A ConfigMap of 10 MB", "rejected", op.Err, op.Err == api.ErrTooLarge, ""})
	g := r.begin(1, "preset=etcd", "quota=1MiB")
	var last client.Operation
	for i := 0; i < 40 && last.Err == ""; i++ {
		last = g.put(fmt.Sprint("k", i), strings.Repeat("v", 100_000))
	}
	r.claim(Claim{perKey, "Total size is configurable", "yes", "quota=1MiB: " + last.Err, last.Err == api.ErrNoSpace, ""})
	r.claim(Claim{perKey, "Total size by default", "unlimited", fmt.Sprintf("%d GiB", etcd.DefaultQuota>>30), false,
		"etcd's default quota is 2 GiB"})
}

// refuses tries a size, and one byte more on what is larger.
func (r *Report) refuses(text, claimed, limits string, key, value int) Claim {
	fits := r.putOf(limits, key, value)
	if key > value {
		key++
	} else {
		value++
	}
	over := r.putOf(limits, key, value)
	return Claim{perKey, text, claimed, fmt.Sprintf("%s; one byte more: %s", fits.Outcome, over.Err),
		fits.Outcome == client.Acknowledged && over.Err == api.ErrTooLarge, ""}
}

func (r *Report) putOf(limits string, key, value int) client.Operation {
	return r.begin(1, "preset=etcd", limits).put(strings.Repeat("k", key), strings.Repeat("v", value))
}

// put writes what no line of the language could say.
func (g *rig) put(key, value string) client.Operation {
	before := g.History().Len()
	if err := g.Do(script.Call{Call: api.Put{Key: key, Value: value}}); err != nil {
		panic(err)
	}
	g.until(15*sim.Second, func() bool { return g.History().Len() > before })
	return g.History().At(g.History().Len() - 1)
}
