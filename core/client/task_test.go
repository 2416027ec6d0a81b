package client_test

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// counter stands in for the members: a test answers what the client asks.
type counter struct {
	t      *testing.T
	c      client.Client
	out    client.Output
	asked  []*etcd.Request // not answered yet
	at     []string        // the endpoints of their processes
	number uint64
	report *client.Report // the last one
}

func newCounter(t *testing.T, command client.Command) *counter {
	x := &counter{t: t, c: client.New(sim.Client(1), 3, 1)}
	x.c.Begin(0, 1, command, &x.out)
	x.take()
	return x
}

// take makes the calls that the client asks for.
func (x *counter) take() {
	asks := x.out.Asks
	for i := range x.out.Reports {
		x.report = &x.out.Reports[i]
	}
	x.out.Reset()
	for _, a := range asks {
		x.number++
		x.asked = append(x.asked, &etcd.Request{ID: x.number, Client: x.c.Host, Call: a.Call})
		x.at = append(x.at, fmt.Sprint(a.Endpoints))
		x.c.Call(0, x.asked[len(x.asked)-1], a, &x.out)
	}
}

// wants checks what is asked next, and answers it.
func (x *counter) wants(call api.Call, body api.Body, err string) {
	x.t.Helper()
	if len(x.asked) == 0 || fmt.Sprint(x.asked[0].Call) != fmt.Sprint(call) {
		x.t.Fatalf("the client asks %v, want %v", x.asked, call)
	}
	req := x.asked[0]
	x.asked, x.at = x.asked[1:], x.at[1:]
	x.c.OnResponse(0, &etcd.Response{ID: req.ID, Reply: api.Reply{Header: api.Header{Revision: 7}, Body: body}, Err: err,
		Executed: err == ""}, &x.out)
	x.take()
}

var (
	noSpace = api.AlarmInfo{Member: 2, MemberID: 22, Alarm: api.AlarmNoSpace}
	corrupt = api.AlarmInfo{Member: 3, MemberID: 33, Alarm: api.AlarmCorrupt}
)

func alarms(list ...api.AlarmInfo) api.AlarmReply { return api.AlarmReply{Alarms: list} }

// TestDisarm clears the alarms that are listed, one after another. What is printed are those that were cleared, without
// a header.
func TestDisarm(t *testing.T) {
	x := newCounter(t, client.Command{Kind: client.Disarm})
	x.wants(api.Alarm{}, alarms(noSpace, corrupt), "")
	x.wants(api.Alarm{Action: api.AlarmDeactivate, Member: 2, Alarm: api.AlarmNoSpace}, alarms(noSpace), "")
	// somebody was faster
	x.wants(api.Alarm{Action: api.AlarmDeactivate, Member: 3, Alarm: api.AlarmCorrupt}, alarms(), "")
	if got := fmt.Sprint(x.report.Reply); !x.report.Done || got != fmt.Sprint(api.Reply{Body: alarms(noSpace)}) {
		t.Errorf("it reports %s", got)
	}

	x = newCounter(t, client.Command{Kind: client.Disarm})
	x.wants(api.Alarm{}, alarms(noSpace, corrupt), "")
	x.wants(api.Alarm{Action: api.AlarmDeactivate, Member: 2, Alarm: api.AlarmNoSpace}, nil, api.ErrTooManyRequests)
	if !x.report.Done || x.report.Err != api.ErrTooManyRequests || len(x.asked) > 0 {
		t.Errorf("after an error it reports %+v and asks %v", x.report, x.asked)
	}
}

// TestHealth asks two members. One has an alarm, the other does not tell: neither is healthy, and the first to have
// told all comes first.
func TestHealth(t *testing.T) {
	x := newCounter(t, client.Command{Kind: client.Health, Cluster: true})
	x.wants(api.MemberList{}, api.MembersReply{Members: []api.MemberInfo{{Member: 3, ClientURL: "http://n3:2379"},
		{Member: 1, ClientURL: "http://n1:2379"}, {Member: 2}}}, "")
	if fmt.Sprint(x.at) != "[[http://n3:2379] [http://n1:2379]]" {
		t.Fatalf("it asks %v", x.at)
	}
	get := x.asked[0].Call
	x.wants(get, api.RangeReply{}, "")
	x.wants(get, api.RangeReply{}, "")
	if fmt.Sprint(x.at) != "[[http://n3:2379] [http://n1:2379]]" {
		t.Fatalf("for their alarms it asks %v", x.at)
	}
	x.asked[0], x.asked[1] = x.asked[1], x.asked[0]
	x.wants(api.Alarm{}, nil, api.ErrCorrupt)
	x.wants(api.Alarm{}, alarms(noSpace), "")
	a := x.report.Answers
	if !x.report.Done || len(a) != 2 || a[0].Endpoint != "http://n1:2379" || !a[0].Silent || a[1].Silent ||
		fmt.Sprint(a[1].Reply.Body) != fmt.Sprint(alarms(noSpace)) {
		t.Errorf("it reports %+v", x.report)
	}

	x = newCounter(t, client.Command{Kind: client.Health, Cluster: true})
	x.wants(api.MemberList{}, nil, api.ErrCorrupt)
	if x.report.Why != "failed to fetch endpoints from etcd cluster member list: " || x.report.Err != api.ErrCorrupt {
		t.Errorf("without the members it reports %+v", x.report)
	}
}

// TestCloneOfTask lets two copies of a client go different ways.
func TestCloneOfTask(t *testing.T) {
	x := newCounter(t, client.Command{Kind: client.Survey, Call: api.Status{}, Cluster: true})
	x.wants(api.MemberList{}, api.MembersReply{Members: []api.MemberInfo{{Member: 1, ClientURL: "http://n1:2379"},
		{Member: 2, ClientURL: "http://n2:2379"}}}, "")
	x.wants(api.Status{}, api.StatusReply{RaftTerm: 1}, "")
	y := *x
	y.c, y.out, y.asked = x.c.Clone(), client.Output{}, append([]*etcd.Request(nil), x.asked...)
	x.wants(api.Status{}, api.StatusReply{RaftTerm: 2}, "")
	y.wants(api.Status{}, nil, api.ErrCorrupt)
	a, b := x.report.Answers, y.report.Answers
	if len(a) != 2 || len(b) != 2 || a[1].Err != "" || b[1].Err != api.ErrCorrupt || fmt.Sprint(a[0]) != fmt.Sprint(b[0]) {
		t.Errorf("the copies report\n%+v\n%+v", a, b)
	}
}

// TestPerf takes a check perf through its calls. What goes wrong behind the load ends it, but for the deletion; Ctrl-C
// deletes, too, and only when that is done another ends the process.
func TestPerf(t *testing.T) {
	look := api.Range{Key: "p/", End: "p0", RangeOptions: mvcc.RangeOptions{Limit: 1}}
	drop, clean := api.Compaction{Revision: 7, Physical: true}, api.DeleteRange{Key: "p/", End: "p0"}
	begin := func() *counter {
		x := newCounter(t, client.Command{Kind: client.Perf, Name: "p/", Compact: true, Defrag: true, Timeout: sim.Minute})
		x.wants(look, api.RangeReply{}, "")
		if x.report.Load != client.LoadBegins || x.report.Done {
			t.Fatalf("it reports %+v", x.report)
		}
		return x
	}
	loaded := func(x *counter) {
		x.c.OnLoaded(0, 1, &x.out)
		x.take()
	}
	interrupt := func(x *counter) {
		x.c.Interrupt(0, &x.out)
		x.take()
	}

	x := begin()
	loaded(x)
	x.wants(clean, api.DeleteReply{}, "")
	x.wants(drop, nil, "")
	x.wants(api.Defragment{}, nil, "")
	x.wants(api.Defragment{}, nil, api.ErrConnection)
	if !x.report.Done || x.report.Err != api.ErrConnection || len(x.asked) > 0 {
		t.Errorf("it reports %+v and asks %v", x.report, x.asked)
	}

	x = begin()
	loaded(x)
	x.wants(clean, nil, api.ErrNoLeader)
	for range 3 {
		x.wants(api.Defragment{}, nil, "")
	}
	if !x.report.Done || x.report.Load != client.LoadJudged {
		t.Errorf("when nothing could be deleted it reports %+v", x.report)
	}

	x = begin()
	interrupt(x)
	if x.report.Load != client.LoadEnds {
		t.Errorf("interrupted it reports %+v", x.report)
	}
	interrupt(x)
	x.wants(clean, api.DeleteReply{}, "")
	loaded(x)
	x.wants(clean, api.DeleteReply{}, "")
	if x.report.Done || len(x.asked) != 1 {
		t.Errorf("it reports %+v and asks %v", x.report, x.asked)
	}
	interrupt(x)
	if !x.report.Killed || !x.report.Done {
		t.Errorf("interrupted again it reports %+v", x.report)
	}
}
