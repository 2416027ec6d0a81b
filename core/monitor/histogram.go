package monitor

import (
	"math/bits"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Histogram counts durations. A bucket is a thirty-second of the power of two that it lies in.
type Histogram struct {
	Count   int
	Most    sim.Time
	buckets [(32 - fine + 1) << fine]int32
}

const fine = 5

func bucket(t sim.Time) int {
	v := uint32(min(max(t, 0), 1<<31-1))
	shift := max(bits.Len32(v)-fine-1, 0)
	return shift<<fine + int(v>>shift)
}

// bucketEnd returns the longest duration of a bucket.
func bucketEnd(i int) sim.Time {
	shift := max(i>>fine-1, 0)
	return sim.Time(i-shift<<fine+1)<<shift - 1
}

// Add counts a duration.
func (h *Histogram) Add(t sim.Time) {
	h.Count++
	h.Most = max(h.Most, t)
	h.buckets[bucket(t)]++
}

// Percentile returns the duration that so many percent do not exceed, to about 3 %.
func (h *Histogram) Percentile(percent int) sim.Time {
	left := (h.Count*percent + 99) / 100
	for i, n := range h.buckets {
		if left -= int(n); left <= 0 && h.Count > 0 {
			return min(bucketEnd(i), h.Most)
		}
	}
	return h.Most
}

// Between returns how many durations lie above from and do not exceed to, as nearly as the buckets tell.
func (h *Histogram) Between(from, to sim.Time) int {
	n := 0
	for i := bucket(from) + 1; i <= bucket(to); i++ {
		n += int(h.buckets[i])
	}
	return n
}

// Window is what the operations that ended in a stretch of time took.
type Window struct {
	From, To sim.Time
	Histogram
	Sum [Stages]sim.Time // over all of them
}

// Window looks at the changes that were acknowledged after from and not after to, or at the reads. If the first of them
// are not kept any more it begins later.
func (l *Latency) Window(from, to sim.Time, reads bool) *Window {
	if first := l.done.First(); first > 0 {
		from = max(from, l.done.Ref(first).At)
	}
	w := &Window{From: from, To: to}
	for i := l.done.Len() - 1; i >= l.done.First(); i-- {
		b := l.done.Ref(i)
		if b.At <= from {
			break
		}
		if b.At > to || b.Changes == reads {
			continue
		}
		w.Add(b.Latency())
		for s, d := range b.Stages {
			w.Sum[s] += sim.Time(d)
		}
	}
	return w
}

// Mean returns how long a stage took on average.
func (w *Window) Mean(s Stage) sim.Time { return w.Sum[s] / sim.Time(max(w.Count, 1)) }

// PerSecond returns how many operations ended in a second.
func (w *Window) PerSecond() int {
	return int(sim.Time(w.Count) * sim.Second / max(w.To-w.From, 1))
}

// Bottleneck names what operations spend most of their time on: the network, a processor, the disk, the followers or
// the store.
func (w *Window) Bottleneck() string {
	names := [...]string{"network", "processor", "disk", "quorum", "apply"}
	of := [...]sim.Time{
		w.Sum[ToMember] + w.Sum[Forwarded] + w.Sum[Answer], w.Sum[Queued], w.Sum[DiskBusy] + w.Sum[Fsync], w.Sum[Quorum],
		w.Sum[Apply],
	}
	most := 0
	for i := range of {
		if of[i] > of[most] {
			most = i
		}
	}
	return names[most]
}
