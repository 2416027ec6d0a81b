package sim

import "github.com/etcdscope/etcdscope/core/rng"

// Disk is a member's device. It does one fsync at a time; one that is asked for while another runs waits for it. What
// it holds is the member's business: a crash loses what was written after the last fsync that was finished.
type Disk struct {
	fsync *Quantiles
	noise rng.Noise
	busy  Time // until when

	Slow    int  // every fsync takes this many times as long; 0 and 1: as the table says
	Stalled bool // no fsync ends
	Full    bool // nothing can be written
}

// NewDisk returns the disk of a host.
func NewDisk(seed uint64, host Host, fsync *Quantiles) Disk {
	return Disk{fsync: fsync, noise: rng.NewNoise(seed, "fsync").For(uint64(host), 0)}
}

// Sync begins an fsync and returns the instant at which it is done; false if the disk is stalled. Transfer is how long
// the device takes to write what is to be synced, beside the time that any fsync takes.
func (d *Disk) Sync(now, transfer Time) (Time, bool) {
	if d.Stalled {
		return 0, false
	}
	start := max(now, d.busy)
	d.busy = start + (d.fsync.table[d.noise.At(int64(start), buckets)]+transfer)*Time(max(d.Slow, 1))
	return d.busy, true
}

// Crash forgets what was under way.
func (d *Disk) Crash() { d.busy = 0 }

// Hash is a digest of how the disk does.
func (d *Disk) Hash() uint64 {
	h := rng.Mix(uint64(d.busy), uint64(d.Slow)<<2)
	if d.Stalled {
		h = rng.Mix(h, 1)
	}
	if d.Full {
		h = rng.Mix(h, 2)
	}
	return h
}
