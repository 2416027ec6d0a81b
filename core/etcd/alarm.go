package etcd

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
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
func (m *Member) Quota() int64 { return m.cfg.quota() }

// affords reports whether the quota lets a call in. What counts is the length of the file, not what is in use.
func (m *Member) affords(c api.Call) bool {
	n := cost(c)
	return n == 0 || m.cfg.quota() < 0 || m.store.Size()+n < m.cfg.quota()
}

// raise proposes an alarm for this member; the errand goes on when it is in force.
func (m *Member) raise(now sim.Time, t api.AlarmType, e errand, out *Output) {
	m.run(now, api.Alarm{Action: api.AlarmActivate, Member: api.Member(m.id()), Alarm: t}, e, out)
}

// refusedByAlarm returns why a call is not applied while alarms are active, or nothing.
func (m *Member) refusedByAlarm(c api.Call) string {
	if m.alarms.any(api.AlarmCorrupt) && api.RowOf(c).RefusedIfCorrupt {
		return api.ErrCorrupt
	}
	if m.alarms.any(api.AlarmNoSpace) && cost(c) > 0 {
		return api.ErrNoSpace
	}
	return ""
}

// applyAlarm reads, raises or clears alarms.
func (m *Member) applyAlarm(a api.Alarm, out *Output) api.Body {
	var reply api.AlarmReply
	x := alarm{a.Alarm, a.Member}
	switch a.Action {
	case api.AlarmGet:
		reply.Alarms = m.activeAlarms(a.Alarm)
	case api.AlarmActivate:
		if a.Alarm != api.AlarmNone {
			m.alarms = m.alarms.with(x)
			m.tally.countAlarm(x, 1)
			out.event(Event{Kind: AlarmRaised, Text: m.alarmName(a.Member, a.Alarm)})
			reply.Alarms = []api.AlarmInfo{m.alarmInfo(a.Member, a.Alarm)}
		}
	case api.AlarmDeactivate:
		if _, active := m.alarms.find(x); active {
			m.alarms = m.alarms.without(x)
			m.tally.countAlarm(x, -1)
			out.event(Event{Kind: AlarmCleared, Text: m.alarmName(a.Member, a.Alarm)})
			reply.Alarms = []api.AlarmInfo{m.alarmInfo(a.Member, a.Alarm)}
		}
	}
	return reply
}

func (m *Member) alarmInfo(member api.Member, t api.AlarmType) api.AlarmInfo {
	return api.AlarmInfo{Member: member, MemberID: m.cluster.of(raft.ID(member)).id, Alarm: t}
}

// Alarms returns the alarms that are active at the member.
func (m *Member) Alarms() []api.AlarmInfo { return m.activeAlarms(api.AlarmNone) }

// activeAlarms lists the alarms of a type, or all.
func (m *Member) activeAlarms(of api.AlarmType) (list []api.AlarmInfo) {
	for _, a := range m.alarms {
		if of == api.AlarmNone || of == a.kind {
			list = append(list, m.alarmInfo(a.member, a.kind))
		}
	}
	return list
}

func (m *Member) alarmName(member api.Member, t api.AlarmType) string {
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
