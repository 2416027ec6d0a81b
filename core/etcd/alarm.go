package etcd

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
)

// The quota and the alarms. A member measures its own file against the quota, twice: before it proposes, and when it
// applies. When it would be exceeded, an alarm goes through Raft, and from then on all members refuse what makes the
// database grow, until somebody clears the alarm: freeing space alone does not (storage/quota.go,
// etcdserver/apply/apply.go, api/v3alarm/alarms.go).

// alarm is one that is active. Member 0: it is about no member in particular.
type alarm struct {
	kind   api.AlarmType
	member api.Member
}

// alarms are those that are active, by kind and then by member. The list is never written in place.
type alarms []alarm

func (a alarms) any(t api.AlarmType) bool {
	for _, x := range a {
		if x.kind == t {
			return true
		}
	}
	return false
}

// find returns where an alarm stands, or would stand.
func (a alarms) find(x alarm) (i int, found bool) {
	for i < len(a) && (a[i].kind < x.kind || (a[i].kind == x.kind && a[i].member < x.member)) {
		i++
	}
	return i, i < len(a) && a[i] == x
}

// with and without return the list with an alarm added, or taken away.
func (a alarms) with(x alarm) alarms {
	i, found := a.find(x)
	if found {
		return a
	}
	return append(append(a[:i:i], x), a[i:]...)
}

func (a alarms) without(x alarm) alarms {
	i, found := a.find(x)
	if !found {
		return a
	}
	return append(a[:i:i], a[i+1:]...)
}

// hash is a digest of the list.
func (a alarms) hash() (h uint64) {
	for _, x := range a {
		h = rng.Mix(h, uint64(x.kind)<<32|uint64(x.member))
	}
	return h
}

// leaseCost is what a grant is counted as (storage/quota.go, leaseOverhead).
const leaseCost = 64

// cost is what a call may add to the database, in bytes; what costs nothing is never refused.
func cost(c api.Call) int64 {
	switch c := c.(type) {
	case api.Put:
		return mvcc.PutCost(c.Key, c.Value)
	case api.LeaseGrant:
		return leaseCost
	case api.Txn:
		return max(costs(c.Success), costs(c.Failure))
	}
	return 0
}

func costs(ops []api.Call) (sum int64) {
	for _, op := range ops {
		sum += cost(op)
	}
	return sum
}

func (c *Config) quota() int64 {
	if c.Quota == 0 {
		return DefaultQuota
	}
	return c.Quota
}

// Quota returns the most bytes that the member's database file may have; below 0: there is no limit.
func (m *Member) Quota() int64 { return m.self.cfg.quota() }

// affords reports whether the quota lets a call in. What counts is the length of the file, not what is in use.
func (a *applier) affords(t *turn, c api.Call) bool {
	n := cost(c)
	return n == 0 || t.self.cfg.quota() < 0 || a.store.Size()+n < t.self.cfg.quota()
}

// refusedByAlarm returns why a call is not applied while alarms are active, or nothing.
func (a *applier) refusedByAlarm(c api.Call) string {
	if a.alarms.any(api.AlarmCorrupt) && api.RowOf(c).RefusedIfCorrupt {
		return api.ErrCorrupt
	}
	if a.alarms.any(api.AlarmNoSpace) && cost(c) > 0 {
		return api.ErrNoSpace
	}
	return ""
}

// applyAlarm reads, raises or clears alarms.
func (a *applier) applyAlarm(t *turn, c api.Alarm) api.Body {
	var reply api.AlarmReply
	x := alarm{c.Alarm, c.Member}
	switch c.Action {
	case api.AlarmGet:
		reply.Alarms = a.activeAlarms(c.Alarm)
	case api.AlarmActivate:
		if c.Alarm != api.AlarmNone {
			a.alarms = a.alarms.with(x)
			a.counters.countAlarm(x, 1)
			t.out.event(Event{Kind: AlarmRaised, Text: alarmName(c.Member, c.Alarm)})
			reply.Alarms = []api.AlarmInfo{a.alarmInfo(c.Member, c.Alarm)}
		}
	case api.AlarmDeactivate:
		if _, active := a.alarms.find(x); active {
			a.alarms = a.alarms.without(x)
			a.counters.countAlarm(x, -1)
			t.out.event(Event{Kind: AlarmCleared, Text: alarmName(c.Member, c.Alarm)})
			reply.Alarms = []api.AlarmInfo{a.alarmInfo(c.Member, c.Alarm)}
		}
	}
	return reply
}

func (a *applier) alarmInfo(member api.Member, t api.AlarmType) api.AlarmInfo {
	return api.AlarmInfo{Member: member, MemberID: a.cluster.of(raft.ID(member)).id, Alarm: t}
}

// Alarms returns the alarms that are active at the member.
func (m *Member) Alarms() []api.AlarmInfo {
	if m.process == nil {
		return nil
	}
	return m.process.applier.activeAlarms(api.AlarmNone)
}

// activeAlarms lists the alarms of a type, or all.
func (a *applier) activeAlarms(of api.AlarmType) (list []api.AlarmInfo) {
	for _, x := range a.alarms {
		if of == api.AlarmNone || of == x.kind {
			list = append(list, a.alarmInfo(x.member, x.kind))
		}
	}
	return list
}

func alarmName(member api.Member, t api.AlarmType) string {
	return alarmNames[t] + " of " + raft.ID(member).String()
}

var alarmNames = [...]string{"NONE", "NOSPACE", "CORRUPT"}

// alarmText writes an alarm as etcd's protobuf struct prints itself, space at the end included.
func alarmText(a api.AlarmInfo) string {
	s := ""
	if a.MemberID != 0 {
		s = "memberID:" + strconv.FormatUint(a.MemberID, 10) + " "
	}
	return s + "alarm:" + alarmNames[a.Alarm] + " "
}
