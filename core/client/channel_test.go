package client

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// wire stands in for the network: a test says what comes back.
type wire struct {
	t       *testing.T
	c       Client
	out     Output
	now     sim.Time
	wakes   []sim.Time
	life    map[sim.Host]uint32 // of the processes that answer; none answers for the others
	refuse  map[sim.Host]bool
	dials   []sim.Time // attempts to connect
	pings   []sim.Time
	sent    []Sending
	lost    []sim.Time // when connections broke, or could not be made
	ended   []Operation
	learned []string // lists of endpoints
	calls   uint64
}

func newWire(t *testing.T, members int) *wire {
	return &wire{t: t, c: New(sim.Client(1), members, 1), life: map[sim.Host]uint32{}, refuse: map[sim.Host]bool{}}
}

// carry takes what the client has put out, and answers at once what is answered.
func (w *wire) carry() {
	for len(w.out.Signals)+len(w.out.Send)+len(w.out.Events)+len(w.out.Wakes)+len(w.out.Asks) > 0 {
		asks := w.out.Asks
		signals := append([]Sending(nil), w.out.Signals...)
		w.sent = append(w.sent, w.out.Send...)
		w.wakes = append(w.wakes, w.out.Wakes...)
		for _, e := range w.out.Events {
			switch e.Kind {
			case Unreachable:
				w.lost = append(w.lost, w.now)
			case Returned:
				w.ended = append(w.ended, e.Operation)
			case Learned:
				w.learned = append(w.learned, e.Text)
			}
		}
		w.out.Reset()
		for _, s := range signals {
			w.answer(s)
		}
		for _, a := range asks {
			w.begin(a.Call, a)
		}
	}
}

func (w *wire) answer(s Sending) {
	back := etcd.Signal{Conn: s.Conn, Incarnation: w.life[s.To]}
	switch s.Signal.Kind {
	case etcd.Syn:
		w.dials = append(w.dials, w.now)
		back.Kind = etcd.SynAck
		if w.refuse[s.To] {
			back.Kind = etcd.Rst
		}
	case etcd.Preface:
		back.Kind = etcd.Settings
	case etcd.Ping:
		w.pings = append(w.pings, w.now)
		back.Kind = etcd.Pong
	}
	if w.life[s.To] != 0 || back.Kind == etcd.Rst {
		w.c.OnSignal(w.now, s.To, &back, &w.out)
	}
}

// call makes one.
func (w *wire) call(call api.Call, a Ask) {
	w.begin(call, a)
	w.carry()
}

func (w *wire) begin(call api.Call, a Ask) {
	w.calls++
	a.Call = call
	w.c.Call(w.now, &etcd.Request{ID: w.calls, Client: w.c.Host, Call: call}, a, &w.out)
}

// answered lets a member answer what was sent last.
func (w *wire) answered(resp etcd.Response) {
	last := w.sent[len(w.sent)-1]
	resp.ID = last.Request.ID
	w.c.OnResponse(w.now, &resp, &w.out)
	w.carry()
}

// pass lets time go by.
func (w *wire) pass(until sim.Time) {
	for {
		next := -1
		for i, at := range w.wakes {
			if at <= until && (next < 0 || at < w.wakes[next]) {
				next = i
			}
		}
		if next < 0 {
			w.now = until
			return
		}
		w.now = max(w.now, w.wakes[next])
		w.wakes = append(w.wakes[:next], w.wakes[next+1:]...)
		w.c.Wake(w.now, &w.out)
		w.carry()
	}
}

func (w *wire) want(what string, got, want sim.Time) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

var (
	get = api.Range{Key: "a"}
	put = api.Put{Key: "a", Value: "1"}
)

// TestTurns lets a program make calls over three connections that are ready: each gets every third.
func TestTurns(t *testing.T) {
	w := newWire(t, 3)
	w.life = map[sim.Host]uint32{1: 1, 2: 1, 3: 1}
	for range 9 {
		w.call(get, Ask{})
	}
	count := map[sim.Host]int{}
	for _, s := range w.sent[3:] { // of the first, some came before all were ready
		count[s.To]++
	}
	if len(w.sent) != 9 || count[1] != 2 || count[2] != 2 || count[3] != 2 {
		t.Errorf("of %d calls the members got %v", len(w.sent), count)
	}
}

// TestWaitForReady makes a call while no connection is ready. It goes out when one is; until then nothing can have come
// of it.
func TestWaitForReady(t *testing.T) {
	w := newWire(t, 3)
	w.refuse[1] = true
	w.call(put, Ask{Purpose: Purpose{Task: 1}})
	w.pass(2 * sim.Second)
	if len(w.sent) != 0 {
		t.Fatalf("it sends %v", w.sent)
	}
	w.life[1], w.refuse[1] = 1, false
	w.pass(4 * sim.Second)
	if len(w.sent) != 1 || w.sent[0].To != sim.Member(1) {
		t.Fatalf("it sends %v", w.sent)
	}
	w.answered(etcd.Response{Executed: true})
	if len(w.ended) != 1 || w.ended[0].Outcome != Acknowledged || len(w.c.channels) != 0 {
		t.Errorf("it ends with %+v and %d channels", w.ended, len(w.c.channels))
	}

	w = newWire(t, 3)
	w.call(put, Ask{Purpose: Purpose{Task: 1}})
	w.pass(Timeout)
	if len(w.ended) != 1 || w.ended[0].Outcome != Failed || w.ended[0].Err != api.ErrDeadline {
		t.Errorf("without any connection it ends with %+v", w.ended)
	}
}

// TestBackoff refuses one attempt after another, and then lets them be silent.
func TestBackoff(t *testing.T) {
	w := newWire(t, 1)
	w.refuse[1] = true
	w.call(get, Ask{NoDeadline: true})
	w.pass(10 * sim.Minute)
	want := sim.Second
	for i := 1; i < len(w.dials); i++ {
		wait := w.dials[i] - w.dials[i-1]
		if least, most := want*8/10, want*12/10; i > 1 && (wait < least || wait > most) || i == 1 && wait != want {
			t.Errorf("attempt %d comes after %v, want %v, a fifth more or less", i, wait, want)
		}
		want = min(want*16/10, 2*sim.Minute)
	}
	if len(w.dials) < 13 || len(w.dials) > 17 {
		t.Errorf("%d attempts in ten minutes", len(w.dials))
	}

	w = newWire(t, 1)
	w.call(get, Ask{NoDeadline: true})
	w.pass(22 * sim.Second)
	w.want("a silent attempt ends", w.lost[0], 20*sim.Second)
	w.want("the next begins", w.dials[1], 21*sim.Second)
}

// TestKeepalive lets the other end fall silent: under a call, and while nothing is asked.
func TestKeepalive(t *testing.T) {
	w := newWire(t, 1)
	w.life[1] = 1
	w.call(put, Ask{NoDeadline: true})
	w.life[1] = 0
	w.pass(15 * sim.Second)
	w.want("it asks whether somebody is there", w.pings[0], 10*sim.Second)
	w.pass(17 * sim.Second)
	w.want("the connection breaks", w.lost[0], 16*sim.Second)
	if len(w.ended) != 1 || w.ended[0].Outcome != Indeterminate || w.ended[0].Err != api.ErrKeepalive {
		t.Errorf("the call ends with %+v", w.ended)
	}

	w = newWire(t, 1)
	w.life[1] = 1
	w.call(get, Ask{})
	w.answered(etcd.Response{})
	w.life[1] = 0
	w.pass(sim.Minute)
	if len(w.pings) != 0 || len(w.lost) != 0 {
		t.Errorf("with nothing to do it asks at %v and loses its connection at %v", w.pings, w.lost)
	}
	w.call(get, Ask{NoDeadline: true})
	w.want("it asks at once", w.pings[0], sim.Minute)
	w.pass(2 * sim.Minute)
	w.want("the connection breaks", w.lost[0], sim.Minute+6*sim.Second)
}

// TestOtherLife ends a process: connections to it break, those to the next do not.
func TestOtherLife(t *testing.T) {
	w := newWire(t, 1)
	w.life[1] = 1
	w.call(get, Ask{})
	w.life[1] = 2
	for range 2 { // TCP may say it twice
		w.c.OnSignal(w.now, 1, &etcd.Signal{Kind: etcd.Closed, Incarnation: 1}, &w.out)
		w.carry()
	}
	w.pass(w.now + 30*sim.Millisecond)
	if len(w.lost) != 1 || len(w.dials) != 2 || w.sent[len(w.sent)-1].Incarnation != 2 {
		t.Errorf("it loses its connection at %v, dials at %v and sends %v", w.lost, w.dials, w.sent)
	}
}

// TestRepeats answers with errors.
func TestRepeats(t *testing.T) {
	for _, test := range []struct {
		members  int
		call     api.Call
		resp     etcd.Response
		repeated bool
		outcome  Outcome
	}{
		{3, get, etcd.Response{Err: api.ErrTimeout, Executed: true}, true, Waiting},
		{3, put, etcd.Response{Err: api.ErrTimeout, Executed: true}, false, Indeterminate},
		{3, put, etcd.Response{Err: api.ErrNoLeader}, false, Failed},
		{3, api.LeaseGrant{TTL: 10}, etcd.Response{Err: api.ErrNoLeader}, true, Waiting},
		{3, put, etcd.Response{Err: api.ErrDeadline}, true, Waiting},
		{3, put, etcd.Response{Err: api.ErrDeadline, Executed: true}, false, Indeterminate},
		{3, put, etcd.Response{Err: api.ErrForLearner}, true, Waiting},
		{1, put, etcd.Response{Err: api.ErrForLearner}, false, Failed},
		{3, get, etcd.Response{Err: api.ErrCompacted}, false, Failed},
	} {
		w := newWire(t, test.members)
		for n := 1; n <= test.members; n++ {
			w.life[sim.Member(n)] = 1
		}
		w.call(test.call, Ask{})
		w.answered(test.resp)
		w.pass(w.now + 30*sim.Millisecond)
		outcome := Waiting
		if len(w.ended) > 0 {
			outcome = w.ended[0].Outcome
		}
		if repeated := len(w.sent) > 1; repeated != test.repeated || outcome != test.outcome {
			t.Errorf("%v of %d members answered with %q: sent %d times, %v", test.call, test.members, test.resp.Err, len(w.sent),
				outcome)
		}
	}
}
