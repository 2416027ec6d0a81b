package client

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// members is an answer that lists members: one that has not said its name yet and a learner among them.
func members(numbers ...int) etcd.Response {
	list := []api.MemberInfo{{Member: 8, ClientURL: "http://n8:2379"},
		{Member: 9, Name: "n9", ClientURL: "http://n9:2379", Learner: true}}
	for _, n := range numbers {
		name := sim.Member(n).String()
		list = append(list, api.MemberInfo{Member: api.Member(n), Name: name, ClientURL: "http://" + name + ":2379"})
	}
	return etcd.Response{Reply: api.Reply{Body: api.MembersReply{Members: list}}}
}

// goesTo returns the members to which calls of a load go.
func (w *wire) goesTo(a Ask) string {
	w.t.Helper()
	text := ""
	for n := 1; n <= 9; n++ {
		for range 20 { // every endpoint has its turn
			w.call(get, a)
			to := w.sent[len(w.sent)-1].To
			w.answered(etcd.Response{})
			if to == sim.Member(n) {
				text += to.String()
				break
			}
		}
	}
	return text
}

// TestAutoSync lets a load ask for the list of members: members that it learns of are dialled, one that has left takes
// no more calls, and what is under way on that connection is still answered.
func TestAutoSync(t *testing.T) {
	w := newWire(t, 3)
	for n := range 9 {
		w.life[sim.Member(n+1)] = 1
	}
	a := Ask{Endpoints: []Endpoint{{Host: sim.Member(1)}, {Host: sim.Member(2)}}, AutoSync: sim.Second, NoDeadline: true}
	if got := w.goesTo(a); got != "n1n2" {
		t.Fatalf("at first calls go to %s", got)
	}
	w.call(get, a)
	under := w.sent[len(w.sent)-1]
	w.pass(sim.Second)
	if last := w.sent[len(w.sent)-1]; last.Request.Call != (api.MemberList{}) {
		t.Fatalf("after the interval it asks %v", last.Request.Call)
	}
	other := sim.Member(1) + sim.Member(2) - under.To
	w.answered(members(other.Number(), 3, 4))
	if got, want := w.goesTo(a), other.String()+"n3n4"; got != want {
		t.Errorf("having learned calls go to %s, want %s", got, want)
	}
	if got := w.c.channels[0].size(); got != 3 || len(w.c.channels[0].conns) != 4 {
		t.Errorf("it has %d endpoints and %d connections, want 3 and one that is leaving", got, len(w.c.channels[0].conns))
	}
	w.c.OnResponse(w.now, &etcd.Response{ID: under.Request.ID}, &w.out)
	w.carry()
	if last := w.ended[len(w.ended)-1]; last.Outcome != Acknowledged || len(w.c.channels[0].conns) != 3 {
		t.Errorf("what was under way is %v, then there are %d connections", last.Outcome, len(w.c.channels[0].conns))
	}
	if want := fmt.Sprintf("[%v, n3, n4]", other); fmt.Sprint(w.learned) != want {
		t.Errorf("it has learned %v, want %s", w.learned, want)
	}
}

// TestAutoSyncFails holds that a list that does not come changes nothing, that the next is asked for an interval after
// its deadline, and that one without members changes nothing either.
func TestAutoSyncFails(t *testing.T) {
	w := newWire(t, 2)
	w.life[sim.Member(1)], w.life[sim.Member(2)] = 1, 1
	a := Ask{AutoSync: 10 * sim.Second, NoDeadline: true}
	w.goesTo(a)
	asked := func() (n int) {
		for _, s := range w.sent {
			if s.Request.Call == (api.MemberList{}) {
				n++
			}
		}
		return n
	}
	w.pass(10*sim.Second + Timeout + 10*sim.Second - 1)
	if n := asked(); n != 1 {
		t.Fatalf("it has asked %d times, want once", n)
	}
	w.pass(10*sim.Second + Timeout + 10*sim.Second)
	if n := asked(); n != 2 {
		t.Fatalf("it has asked %d times, want twice", n)
	}
	w.answered(members())
	if got := w.goesTo(a); got != "n1n2" || len(w.learned) != 0 {
		t.Errorf("calls go to %s, it has learned %v", got, w.learned)
	}
}

// TestEndSync holds that a program which has ended asks for nothing more, and that its connections go with its last
// call.
func TestEndSync(t *testing.T) {
	w := newWire(t, 2)
	w.life[sim.Member(1)], w.life[sim.Member(2)] = 1, 1
	w.call(get, Ask{AutoSync: sim.Second, NoDeadline: true})
	w.c.EndSync(w.now, &w.out)
	w.carry()
	w.pass(sim.Minute)
	if len(w.sent) != 1 || len(w.c.channels) != 1 {
		t.Fatalf("%d calls were sent over %d channels, want one over one", len(w.sent), len(w.c.channels))
	}
	w.call(get, Ask{AutoSync: sim.Second, NoDeadline: true})
	if len(w.c.channels) != 2 {
		t.Error("a new program goes over the connections of one that has ended")
	}
	w.c.OnResponse(w.now, &etcd.Response{ID: w.sent[0].Request.ID}, &w.out)
	w.carry()
	if len(w.c.channels) != 1 || w.c.channels[0].over {
		t.Errorf("after the last answer there are %d channels", len(w.c.channels))
	}
}

// TestLeavingBreaks breaks the connection to a member that has left the list: it is not dialled again.
func TestLeavingBreaks(t *testing.T) {
	w := newWire(t, 2)
	w.life[sim.Member(1)], w.life[sim.Member(2)] = 1, 1
	a := Ask{AutoSync: sim.Second, NoDeadline: true}
	w.call(get, a)
	under := w.sent[0]
	other := sim.Member(1) + sim.Member(2) - under.To
	w.pass(sim.Second)
	w.answered(members(other.Number()))
	dials := len(w.dials)
	w.c.OnSignal(w.now, under.To, &etcd.Signal{Kind: etcd.Closed, Incarnation: 1}, &w.out)
	w.carry()
	w.pass(w.now + 2*retryWait)
	if last := w.sent[len(w.sent)-1]; last.To != other || last.Request.ID != under.Request.ID {
		t.Errorf("the read goes on at %v", last.To)
	}
	if len(w.dials) != dials || len(w.c.channels[0].conns) != 1 {
		t.Errorf("%d dials after that, %d connections", len(w.dials)-dials, len(w.c.channels[0].conns))
	}
}
