package client

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The commands that ask several members, or ask twice (etcdctl ep_command.go, defrag_command.go,
// move_leader_command.go; client/v3 maintenance.go, AlarmDisarm).

func (d *doing) beginSurvey() {
	switch {
	case d.Kind == Disarm:
		d.deadline = d.limit()
		d.ask(Ask{Purpose: Purpose{Part: getAlarms}, Call: api.Alarm{}})
	case d.Cluster:
		d.ask(Ask{Purpose: Purpose{Part: getMembers}, Call: api.MemberList{}})
	case d.Endpoints != nil:
		d.survey(d.Endpoints)
	default:
		d.survey(d.c.endpoints)
	}
}

// survey begins to ask: each endpoint over a connection of its own.
func (d *doing) survey(list []Endpoint) {
	d.list, d.left = list, list
	if d.Kind != Survey {
		d.deadline = d.limit()
	}
	if d.Kind != Health {
		d.askNext()
		return
	}
	d.open = len(list)
	for i := range list {
		p := Purpose{Part: askOne, At: uint8(i)}
		d.ask(Ask{Purpose: p, Call: api.Range{Key: "health"}, Endpoints: list[i : i+1 : i+1]})
	}
	d.end()
}

// askNext asks the next member, if there is one.
func (d *doing) askNext() {
	switch {
	case len(d.left) == 0:
		d.end()
	case d.Kind == Transfer:
		d.ask(Ask{Purpose: Purpose{Part: findLeader}, Call: api.Status{}, Endpoints: d.left[:1:1]})
	default:
		d.ask(Ask{Purpose: Purpose{Part: askOne}, Call: d.Call, Endpoints: d.left[:1:1]})
	}
}

// end ends a task that has asked everybody.
func (d *doing) end() {
	switch {
	case d.Kind == Transfer:
		d.fail("no leader endpoint given at "+printed(d.list), "")
	case d.Kind == Survey || d.open == 0:
		d.report(Report{Answers: d.answers, Done: true})
	}
}

// printed prints a list of endpoints as Go does.
func printed(list []Endpoint) string {
	s := ""
	for _, e := range list {
		s += " " + e.String()
	}
	return "[" + s[min(1, len(s)):] + "]"
}

func (d *doing) surveyed(op *Operation) {
	switch op.Purpose.Part {
	case getMembers:
		d.gotMembers(op)
	case askOne:
		d.gotAnswer(op)
	case getAlarms:
		d.gotAlarms(op)
	case clearAlarm:
		d.gotCleared(op)
	case findLeader:
		d.gotStatus(op)
	case move:
		if op.Err != "" {
			d.fail("", op.Err)
			return
		}
		d.report(Report{Call: d.Call, Reply: op.Response.Reply, Leader: d.leader, Done: true})
	}
}

func (d *doing) gotMembers(op *Operation) {
	if op.Err != "" {
		d.fail("failed to fetch endpoints from etcd cluster member list: ", op.Err)
		return
	}
	var list []Endpoint
	for _, m := range op.Response.Body.(api.MembersReply).Members {
		if m.ClientURL != "" {
			list = append(list, Endpoint{Host: sim.Member(m.Member.Machine()), Name: m.ClientURL})
		}
	}
	d.survey(list)
}

func (d *doing) answer(e Endpoint, op *Operation) Answer {
	a := Answer{Endpoint: e.String(), Err: op.Err, Took: d.now - op.Call}
	if op.Err == "" {
		a.Reply = op.Response.Reply
	}
	return a
}

// add appends to a list that a clone may share.
func add(list []Answer, a Answer) []Answer { return append(list[:len(list):len(list)], a) }

func (d *doing) gotAnswer(op *Operation) {
	if d.Kind == Survey {
		d.answers = add(d.answers, d.answer(d.left[0], op))
		d.left = d.left[1:]
		d.askNext()
		return
	}
	e := d.list[op.Purpose.At]
	a := d.answer(e, op)
	if op.Err != "" {
		d.settle(a)
		return
	}
	d.half = add(d.half, a)
	d.ask(Ask{Purpose: Purpose{Part: getAlarms, At: op.Purpose.At}, Call: api.Alarm{}, Endpoints: []Endpoint{e}})
}

// settle notes that a member has told all that a Health wants to know.
func (d *doing) settle(a Answer) {
	d.answers = add(d.answers, a)
	d.open--
	d.end()
}

// gotStatus asks the leader to hand over, or goes on looking for it.
func (d *doing) gotStatus(op *Operation) {
	at := d.left[:1:1]
	d.left = d.left[1:]
	if op.Err != "" {
		d.fail("", op.Err)
		return
	}
	if s := op.Response.Body.(api.StatusReply); s.Leader != op.Response.Header.MemberID {
		d.askNext()
		return
	}
	d.leader = op.Response.Header.MemberID
	d.ask(Ask{Purpose: Purpose{Part: move}, Call: d.Call, Endpoints: at})
}

// gotAlarms is the second question of a Health, and the first of a Disarm.
func (d *doing) gotAlarms(op *Operation) {
	if d.Kind == Disarm {
		if op.Err != "" {
			d.fail("", op.Err)
			return
		}
		d.alarms = op.Response.Body.(api.AlarmReply).Alarms
		d.clearNext()
		return
	}
	for _, a := range d.half {
		if a.Endpoint == d.list[op.Purpose.At].String() {
			a.Silent = op.Err != ""
			if !a.Silent {
				a.Reply = op.Response.Reply
			}
			d.settle(a)
			return
		}
	}
}

// gotCleared takes the answer to the clearing of one alarm.
func (d *doing) gotCleared(op *Operation) {
	if op.Err != "" {
		d.fail("", op.Err)
		return
	}
	n := len(d.cleared)
	d.cleared = append(d.cleared[:n:n], op.Response.Body.(api.AlarmReply).Alarms...)
	d.clearNext()
}

// clearNext clears the alarms that were listed, one after another.
func (d *doing) clearNext() {
	if len(d.alarms) == 0 { // the answer that is printed is put together by the client: it has no header
		all := api.Reply{Body: api.AlarmReply{Alarms: d.cleared}}
		d.report(Report{Call: api.Alarm{Action: api.AlarmDeactivate}, Reply: all, Done: true})
		return
	}
	a := d.alarms[0]
	d.alarms = d.alarms[1:]
	d.ask(Ask{Purpose: Purpose{Part: clearAlarm},
		Call: api.Alarm{Action: api.AlarmDeactivate, Member: a.Member, Alarm: a.Alarm}})
}
