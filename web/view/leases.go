package view

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

const (
	leasesMost    = 40
	leaseKeysMost = 5
	grantsMost    = 8
)

// Leases shows the leases as the selected member sees them, else the leader.
func Leases(run *world.Run, lens Lens) *wire.Leases {
	w, v := run.World(), &wire.Leases{}
	m, h := storeOf(w, lens.Select)
	if m == nil {
		return v
	}
	v.Member, v.Counts = h.String(), m.Lessor().Primary()
	for one := range m.Lessor().All(math.MinInt64) {
		if len(v.Rows) == leasesMost {
			v.More = m.Lessor().Len() - leasesMost
			break
		}
		v.Rows = append(v.Rows, leaseOf(w, m, one))
	}
	return v
}

func leaseOf(w *world.World, m *etcd.Member, one lease.Lease) wire.Lease {
	v := wire.Lease{ID: leaseID(one.ID), TTL: one.TTL,
		Select: wire.Selection{Of: wire.SelectLease, Number: int64(one.ID)}}
	if !one.Forever {
		v.Left = int64(one.Expiry - w.Now())
	}
	v.Keys = m.Lessor().Keys(one.ID)
	if n := len(v.Keys); n > leaseKeysMost {
		v.Keys = append(v.Keys[:leaseKeysMost:leaseKeysMost], fmt.Sprintf("%d more", n-leaseKeysMost))
	}
	return v
}

func leaseID(id lease.ID) string { return strconv.FormatInt(int64(id), 16) }

// grants names leases that keys can be written with, as the member sees them that is furthest.
func grants(w *world.World) (list []string) {
	m, _ := storeOf(w, wire.Selection{})
	if m == nil || m.Lessor().Len() == 0 {
		return nil
	}
	for one := range m.Lessor().All(math.MinInt64) {
		if len(list) == grantsMost {
			break
		}
		list = append(list, leaseID(one.ID))
	}
	return list
}

func whyLease(w *world.World, id lease.ID) *wire.Why {
	text := leaseID(id)
	c := &wire.Why{Title: "Lease " + text, At: -1, Text: []string{"It is gone: it was revoked, or has not been granted."}}
	found, ttl := false, int64(0)
	for i, m := range w.Members() {
		if !m.Up() {
			continue
		}
		one, has := m.Lessor().Lookup(id)
		if name := sim.Member(i + 1).String(); !has {
			fact(c, name, "no such lease")
		} else {
			found, ttl = true, one.TTL
			leaseFacts(c, w, name, m, one)
		}
	}
	if found {
		fact(c, "granted for", "%d s", ttl)
		c.Actions = []wire.Button{
			{Label: "Keep alive once", Command: "lease keep-alive " + text + " --once"},
			{Label: "Ask its time", Command: "lease timetolive " + text + " --keys"},
			{Label: "Revoke", Command: "lease revoke " + text},
		}
	}
	return c
}

// leaseFacts adds to a lease's card how one member sees it; what the leader says is also the text.
func leaseFacts(c *wire.Why, w *world.World, name string, m *etcd.Member, one lease.Lease) {
	left := one.Expiry - w.Now()
	cite(c, rule.LeaseExpiresAtLeader)
	switch {
	case one.Forever:
		fact(c, name, "forever")
		return
	case left < 0:
		fact(c, name, "expired %s ago", text.Span(-left))
		c.Text[0] = fmt.Sprintf("Its time is over. %s proposes to revoke it; its keys are deleted when that is applied.",
			name)
		cite(c, rule.LeaseRevokeRetried, rule.RenewalWaitsForRevoke)
	default:
		fact(c, name, "%s left", text.Span(left))
		c.Text[0] = fmt.Sprintf("By %s's clock it has %s of %d s to go. The others keep it forever: they only hear of its "+
			"end through the log.", name, text.Span(left), one.TTL)
		cite(c, rule.LeaseExtendedByNewLeader)
	}
	if keys := m.Lessor().Keys(one.ID); len(keys) > 0 {
		fact(c, "keys", "%s", strings.Join(keys[:min(len(keys), leaseKeysMost)], ", "))
	}
}
