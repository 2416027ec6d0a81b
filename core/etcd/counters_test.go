package etcd

import (
	"strconv"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"pgregory.net/rapid"
)

// TestPlace: a value is in the first bucket whose bound it does not exceed.
func TestPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.IntRange(0, len(bucketsOf)-1).Draw(t, "kind")
		b := &bucketsOf[kind]
		v := rapid.Int64Range(0, b.start<<(b.count+1)).Draw(t, "value")
		if rapid.Bool().Draw(t, "near a bound") {
			v = b.start<<rapid.IntRange(0, b.count).Draw(t, "bound") + rapid.Int64Range(-1, 1).Draw(t, "off")
		}
		want := 0
		for bound := b.start; want < b.count && v > bound; bound *= 2 {
			want++
		}
		if got := b.place(v); got != want {
			t.Fatalf("%d is put into bucket %d of %+v, want %d", v, got, *b, want)
		}
	})
}

// TestNumber: numbers are written as Go writes the float64 that Prometheus has, with the fewest digits that tell it.
func TestNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(-1<<50, 1<<50).Draw(t, "number")
		if rapid.Bool().Draw(t, "round") {
			v = rapid.Int64Range(-999, 999).Draw(t, "few digits") * []int64{1, 10, 1000, 1_000_000,
				1_000_000_000}[rapid.IntRange(0, 4).Draw(t, "zeros")]
		}
		decimals := rapid.SampledFrom([]int{0, 6}).Draw(t, "decimals")
		exact := strconv.FormatInt(v, 10)
		if decimals > 0 {
			exact += "e-6"
		}
		f, err := strconv.ParseFloat(exact, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(appendNumber(nil, v, decimals)), strconv.FormatFloat(f, 'g', -1, 64); got != want {
			t.Fatalf("%s is written as %s, Go writes %s", exact, got, want)
		}
	})
}

// TestHistogramText: what stands in the buckets adds up to the count, and bounds and sum are in seconds.
func TestHistogramText(t *testing.T) {
	var h histogram
	for _, took := range []sim.Time{0, sim.Millisecond, sim.Millisecond + 1, 300 * sim.Millisecond, 9 * sim.Second} {
		h.observe(timeSync, took)
	}
	var p page
	p.times("x", "About x.", timeSync, &h)
	want := "# HELP x About x.\n# TYPE x histogram\n"
	for i, n := range []int{2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4} {
		want += `x_bucket{le="` + []string{"0.001", "0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.128", "0.256",
			"0.512", "1.024", "2.048", "4.096",
			"8.192"}[i] + `"} ` + strconv.Itoa(n) + "\n"
	}
	want += "x_bucket{le=\"+Inf\"} 5\nx_sum 9.302001\nx_count 5\n"
	if got := p.text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWholeMilliseconds: what etcd measures in milliseconds is cut off to them before it is counted.
func TestWholeMilliseconds(t *testing.T) {
	var h histogram
	h.observe(timePause, 2*sim.Millisecond+900)
	if h.sum != 2 || h.counts[1] != 1 {
		t.Errorf("2.9 ms were counted as %d ms, in %v", h.sum, h.counts)
	}
}

// TestLateHeartbeats: a heartbeat counts as failed when the last to the same member is more than two intervals ago,
// unless the leader has changed since.
func TestLateHeartbeats(t *testing.T) {
	var c peerCounters
	messages := []raft.Message{{Type: raft.MsgHeartbeat, To: 2}, {Type: raft.MsgApp, To: 3}}
	beat := func(at sim.Time, want uint32) {
		t.Helper()
		c.countBeats(at*sim.Millisecond, 100*sim.Millisecond, messages)
		if c.lateHeartbeats != want {
			t.Errorf("at %d ms %d heartbeats were late, want %d", at, c.lateHeartbeats, want)
		}
	}
	beat(100, 0)
	beat(300, 0)
	beat(501, 1)
	c.countLeader(1)
	beat(900, 1)
	beat(1101, 2)
}

// TestCodes: every code that an error text has is one that is counted by its own name.
func TestCodes(t *testing.T) {
	for text, want := range map[string]api.Code{
		"": "OK", api.ErrNoSpace: api.ResourceExhausted, api.ErrTimeout: api.Unavailable,
		api.ErrDeadline:  api.DeadlineExceeded,
		api.ErrCompacted: api.OutOfRange, api.ErrEmptyKey: api.InvalidArgument, api.ErrLeaseNotFound: api.NotFound,
		api.ErrCorrupt:     api.DataLoss,
		api.ErrLeaseExists: api.FailedPrecondition, api.ErrWatchCanceled: api.Canceled, "anything": api.Unknown,
	} {
		if got := codeNames[codePlace(text)]; got != want {
			t.Errorf("%q is counted as %s, want %s", text, got, want)
		}
	}
	if len(codeByName) != codes {
		t.Error("a table that orders names lacks one")
	}
	for i := 1; i < len(codeByName); i++ {
		if codeNames[codeByName[i-1]] >= codeNames[codeByName[i]] {
			t.Errorf("%s is printed before %s", codeNames[codeByName[i-1]], codeNames[codeByName[i]])
		}
	}
}
