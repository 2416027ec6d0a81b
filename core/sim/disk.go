package sim

import "github.com/etcdscope/etcdscope/core/rng"

// Disk is a member's device. It does one fsync at a time; one that is asked for while another runs waits for it. What it holds is the
// member's business: a crash loses what was written after the last fsync that was finished.
type Disk struct {
	fsync   *Quantiles
	weather rng.Weather
	busy    Time // until when
}

// NewDisk returns the disk of a host.
func NewDisk(seed uint64, host Host, fsync *Quantiles) Disk {
	return Disk{fsync: fsync, weather: rng.NewWeather(seed, "fsync").For(uint64(host), 0)}
}

// Sync begins an fsync and returns the instant at which it is done.
func (d *Disk) Sync(now Time) Time {
	start := max(now, d.busy)
	d.busy = start + d.fsync.table[d.weather.At(int64(start), buckets)]
	return d.busy
}

// Crash forgets what was under way.
func (d *Disk) Crash() { d.busy = 0 }
