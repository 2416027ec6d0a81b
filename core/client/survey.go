package client

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The commands that ask several members, or ask twice (etcdctl ep_command.go, defrag_command.go,
// move_leader_command.go; client/v3 maintenance.go, AlarmDisarm).

// survey is how far a command is that asks the endpoints.
type survey struct {
	list    []Endpoint // whom it asks
	left    []Endpoint // of them, those that it has not asked
	answers []Answer
	half    []Answer // Health: what came from those that have not told their alarms yet
	open    int      // how many have not told all
	alarms  []api.AlarmInfo
	cleared []api.AlarmInfo
	leader  uint64
}

// surveyor is a step of such a command.
type surveyor struct{ *step }

func (d surveyor) begin() {
	switch {
	case d.Kind == Disarm:
		d.deadline = d.limit()
		d.ask(Ask{Purpose: Purpose{Part: getAlarms}, Call: api.Alarm{}})
	case d.Cluster:
		d.ask(Ask{Purpose: Purpose{Part: getMembers}, Call: api.MemberList{}})
	case d.Endpoints != nil:
		d.askAll(d.Endpoints)
	default:
		d.askAll(d.c.endpoints)
	}
}

// askAll begins to ask: each endpoint over a connection of its own.
func (d surveyor) askAll(list []Endpoint) {
	d.survey.list, d.survey.left = list, list
	if d.Kind != Survey {
		d.deadline = d.limit()
	}
	if d.Kind != Health {
		d.askNext()
		return
	}
	d.survey.open = len(list)
	for i := range list {
		p := Purpose{Part: askOne, At: uint8(i)}
		d.ask(Ask{Purpose: p, Call: api.Range{Key: "health"}, Endpoints: list[i : i+1 : i+1]})
	}
	d.end()
}

// askNext asks the next member, if there is one.
func (d surveyor) askNext() {
	switch {
	case len(d.survey.left) == 0:
		d.end()
	case d.Kind == Transfer:
		d.ask(Ask{Purpose: Purpose{Part: findLeader}, Call: api.Status{}, Endpoints: d.survey.left[:1:1]})
	default:
		d.ask(Ask{Purpose: Purpose{Part: askOne}, Call: d.Call, Endpoints: d.survey.left[:1:1]})
	}
}

// end ends a task that has asked everybody.
func (d surveyor) end() {
	switch {
	case d.Kind == Transfer:
		d.fail("no leader endpoint given at "+printed(d.survey.list), "")
	case d.Kind == Survey || d.survey.open == 0:
		d.report(Report{Answers: d.survey.answers, Done: true})
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

func (d surveyor) onOutcome(op *Operation) {
	switch op.Purpose.Part {
	case getMembers:
		d.onMembers(op)
	case askOne:
		d.onAnswer(op)
	case getAlarms:
		d.onAlarms(op)
	case clearAlarm:
		d.onCleared(op)
	case findLeader:
		d.onStatus(op)
	case move:
		if op.Err != "" {
			d.fail("", op.Err)
			return
		}
		d.report(Report{Call: d.Call, Reply: op.Response.Reply, Leader: d.survey.leader, Done: true})
	}
}

func (d surveyor) onMembers(op *Operation) {
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
	d.askAll(list)
}

func (d surveyor) answer(e Endpoint, op *Operation) Answer {
	a := Answer{Endpoint: e.String(), Err: op.Err, Took: d.now - op.Call}
	if op.Err == "" {
		a.Reply = op.Response.Reply
	}
	return a
}

// add appends to a list that a clone may share.
func add(list []Answer, a Answer) []Answer { return append(list[:len(list):len(list)], a) }

func (d surveyor) onAnswer(op *Operation) {
	if d.Kind == Survey {
		d.survey.answers = add(d.survey.answers, d.answer(d.survey.left[0], op))
		d.survey.left = d.survey.left[1:]
		d.askNext()
		return
	}
	e := d.survey.list[op.Purpose.At]
	a := d.answer(e, op)
	if op.Err != "" {
		d.settle(a)
		return
	}
	d.survey.half = add(d.survey.half, a)
	d.ask(Ask{Purpose: Purpose{Part: getAlarms, At: op.Purpose.At}, Call: api.Alarm{}, Endpoints: []Endpoint{e}})
}

// settle notes that a member has told all that a Health wants to know.
func (d surveyor) settle(a Answer) {
	d.survey.answers = add(d.survey.answers, a)
	d.survey.open--
	d.end()
}

// onStatus asks the leader to hand over, or goes on looking for it.
func (d surveyor) onStatus(op *Operation) {
	at := d.survey.left[:1:1]
	d.survey.left = d.survey.left[1:]
	if op.Err != "" {
		d.fail("", op.Err)
		return
	}
	if s := op.Response.Body.(api.StatusReply); s.Leader != op.Response.Header.MemberID {
		d.askNext()
		return
	}
	d.survey.leader = op.Response.Header.MemberID
	d.ask(Ask{Purpose: Purpose{Part: move}, Call: d.Call, Endpoints: at})
}

// onAlarms is the second question of a Health, and the first of a Disarm.
func (d surveyor) onAlarms(op *Operation) {
	if d.Kind == Disarm {
		if op.Err != "" {
			d.fail("", op.Err)
			return
		}
		d.survey.alarms = op.Response.Body.(api.AlarmReply).Alarms
		d.clearNext()
		return
	}
	for _, a := range d.survey.half {
		if a.Endpoint == d.survey.list[op.Purpose.At].String() {
			a.Silent = op.Err != ""
			if !a.Silent {
				a.Reply = op.Response.Reply
			}
			d.settle(a)
			return
		}
	}
}

// onCleared takes the answer to the clearing of one alarm.
func (d surveyor) onCleared(op *Operation) {
	if op.Err != "" {
		d.fail("", op.Err)
		return
	}
	n := len(d.survey.cleared)
	d.survey.cleared = append(d.survey.cleared[:n:n], op.Response.Body.(api.AlarmReply).Alarms...)
	d.clearNext()
}

// clearNext clears the alarms that were listed, one after another.
func (d surveyor) clearNext() {
	if len(d.survey.alarms) == 0 { // the answer that is printed is put together by the client: it has no header
		all := api.Reply{Body: api.AlarmReply{Alarms: d.survey.cleared}}
		d.report(Report{Call: api.Alarm{Action: api.AlarmDeactivate}, Reply: all, Done: true})
		return
	}
	a := d.survey.alarms[0]
	d.survey.alarms = d.survey.alarms[1:]
	d.ask(Ask{Purpose: Purpose{Part: clearAlarm},
		Call: api.Alarm{Action: api.AlarmDeactivate, Member: a.Member, Alarm: a.Alarm}})
}
