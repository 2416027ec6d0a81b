package monitor

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/sim"
)

// TestHistogram holds percentiles to those of a sorted list.
func TestHistogram(t *testing.T) {
	var h Histogram
	for i := range 1000 {
		h.Add(sim.Time(1000-i) * 100)
	}
	for percent, want := range map[int]sim.Time{50: 50_000, 99: 99_000, 100: 100_000, 1: 1000} {
		if got := h.Percentile(percent); got < want || got > want*104/100 {
			t.Errorf("p%d is %v, want %v", percent, got, want)
		}
	}
	if n := h.Between(0, 50_000); n < 480 || n > 520 {
		t.Errorf("%d durations up to 50 ms, want 500", n)
	}
	if (&Histogram{}).Percentile(99) != 0 {
		t.Error("no durations have a percentile")
	}
}
