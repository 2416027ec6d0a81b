package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/rng"
)

// TestQueueModel holds the heap to a plain list that is sorted by instant and then by turn of arrival, clones included.
func TestQueueModel(t *testing.T) {
	type item struct {
		at  Time
		seq int
	}
	rapid.Check(t, func(t *rapid.T) {
		var q Queue[int]
		var model []item
		sort := func() {
			slices.SortStableFunc(model, func(a, b item) int {
				if a.at != b.at {
					return int(a.at - b.at)
				}
				return a.seq - b.seq
			})
		}
		instant := rapid.Int64Range(0, 20)
		next := 0
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if q.Len() != len(model) {
					t.Fatalf("%d wait, want %d", q.Len(), len(model))
				}
				other := q.Clone()
				for i, want := range model {
					if at, v := other.Pop(); at != want.at || v != want.seq {
						t.Fatalf("event %d is %d at %d, want %d at %d", i, v, at, want.seq, want.at)
					}
				}
			},
			"push": func(t *rapid.T) {
				next++
				at := Time(instant.Draw(t, "at"))
				q.Push(at, next)
				model = append(model, item{at, next})
				sort()
			},
			"pop": func(t *rapid.T) {
				if len(model) > 0 {
					q.Pop()
					model = model[1:]
				}
			},
			"reschedule": func(t *rapid.T) {
				third, to := rapid.IntRange(0, 2).Draw(t, "which"), Time(instant.Draw(t, "to")-1)
				q.Reschedule(func(_ Time, v *int) (Time, bool) { return to, *v%3 == third })
				for i := range model {
					if model[i].seq%3 == third {
						model[i].at = to
					}
				}
				model = slices.DeleteFunc(model, func(it item) bool { return it.at < 0 })
				sort()
			},
		})
	})
}

// TestQueueOrder holds a large queue, which events enter one behind the other while others leave, to the order of
// instants: that a search for the least of four children goes on into the next node's shows only among thousands.
func TestQueueOrder(t *testing.T) {
	var q Queue[int]
	draw := rng.New(1, "queue")
	var now, last Time
	for range 300_000 {
		if q.Len() < 3000 && draw.Intn(3) > 0 {
			last = max(last, now) + 20
			q.Push(last, 0)
			continue
		}
		if q.Len() == 0 {
			continue
		}
		at, _ := q.Pop()
		if at < now {
			t.Fatalf("an event of %v comes after one of %v", at, now)
		}
		now = at
	}
}

// TestCloneOfAQueue holds that a queue and its clone do not write into each other.
func TestCloneOfAQueue(t *testing.T) {
	var q Queue[string]
	q.Push(1, "a")
	c := q.Clone()
	c.Push(0, "clone")
	q.Push(0, "original")
	if _, v := q.Pop(); v != "original" {
		t.Errorf("the original holds %q", v)
	}
	if _, v := c.Pop(); v != "clone" {
		t.Errorf("the clone holds %q", v)
	}
}

// TestNoiseStays holds what makes two runs comparable: the latency of a link at an instant is the same whatever rules
// there are and whatever was sent over other links.
func TestNoiseStays(t *testing.T) {
	peer, err := NewQuantiles(Quantile{0, 100}, Quantile{million, 5000})
	if err != nil {
		t.Fatal(err)
	}
	quiet, busy := NewNetwork(5, peer, peer), NewNetwork(5, peer, peer)
	busy.Add(Rule{From: Member(2).Bit(), To: Member(3).Bit(), Fate: Drop})
	for now := Time(0); now < Second; now += 10 * Millisecond {
		busy.Route(now, Member(2), Member(3))
		busy.Route(now, Member(2), Member(1))
		_, a := quiet.Route(now, Member(1), Member(2))
		_, b := busy.Route(now, Member(1), Member(2))
		if a != b {
			t.Fatalf("sent at %v, a packet arrives at %v on a quiet network and at %v on a busy one", now, a, b)
		}
	}
}

func TestNames(t *testing.T) {
	for h := Member(1); h <= Client(MaxClients); h++ {
		if got, ok := ParseHost(h.String()); !ok || got != h || h.IsMember() == h.IsClient() {
			t.Errorf("host %d is called %v, which is read as %d", uint8(h), h, uint8(got))
		}
	}
	for _, s := range []string{"", "net", "n0", "n10", "c5", "x1", "?"} {
		if h, ok := ParseHost(s); ok {
			t.Errorf("%q is read as %v", s, h)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		t    Time
		text string
	}{
		{0, "0s"}, {17, "17us"}, {1500, "1.5ms"}, {1_500_000, "1.5s"}, {90 * Second, "90s"}, {1_234_567, "1234.567ms"},
		{-Second, "-1s"},
	} {
		if got := c.t.String(); got != c.text {
			t.Errorf("%d µs is written %q, want %q", int64(c.t), got, c.text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := Time(rapid.Int64Range(0, int64(1000*Hour)).Draw(t, "time"))
		if got, err := ParseTime(want.String()); err != nil || got != want {
			t.Fatalf("%v is read back as %v: %v", want, got, err)
		}
	})
	for _, s := range []string{"", "5", "s", "-1s", "1.s", ".5s", "1.0000001s", "0.5us", "99999999999999h", "1e3s",
		"1 s"} {
		if got, err := ParseTime(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}

// TestHostsHaveKindAndNumber: a host is found by its kind and number and by its name, has a bit of its own, and its
// kind agrees with the questions that are asked often.
func TestHostsHaveKindAndNumber(t *testing.T) {
	var all Set
	count := 0
	for k, most := range map[Kind]int{AMember: MaxMembers, AClient: MaxClients} {
		for n := 1; n <= most; n++ {
			h := HostOf(k, n)
			if h.Kind() != k || h.Number() != n || h.IsMember() != (k == AMember) || h.IsClient() != (k == AClient) {
				t.Errorf("%v is number %d of kind %d", h, h.Number(), h.Kind())
			}
			if back, ok := ParseHost(h.String()); !ok || back != h {
				t.Errorf("%v is read as %v", h, back)
			}
			if all&h.Bit() != 0 {
				t.Errorf("%v shares its bit", h)
			}
			all |= h.Bit()
			count++
		}
		if HostOf(k, 0) != 0 || HostOf(k, most+1) != 0 {
			t.Errorf("kind %d has more than %d hosts", k, most)
		}
	}
	if count != hosts-1 || Host(0).String() != "net" || Host(0).Kind() != Nobody || Client(2).String() != "c2" {
		t.Errorf("%d hosts, %v and %v", count, Host(0), Client(2))
	}
}
