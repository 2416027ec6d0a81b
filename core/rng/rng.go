// Package rng is the simulator's only source of chance.
//
// Everything random in a run comes from its seed, and each use has a name, so that one more draw in one place moves
// nothing elsewhere. There are two kinds. A Stream is a sequence of draws that its owner holds as a value and copies
// when it is cloned: a member's election timeouts. Noise is a function of name and time, without state: the latency
// of a link at an instant is the same whatever was sent over it before, so that adding a partition leaves every other
// latency of the run as it was.
//
// The generator is SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). Its values
// are pinned by a test: a link made years ago must replay.
package rng

// Stream is a sequence of pseudorandom numbers. Copying it forks it: both copies give the same numbers from then on.
type Stream struct{ state uint64 }

// New returns the stream of that name in the run of that seed.
func New(seed uint64, name string) Stream { return Stream{mix(seed ^ Name(name))} }

// Uint64 returns the next number.
func (s *Stream) Uint64() uint64 {
	s.state += 0x9e3779b97f4a7c15
	return mix(s.state)
}

// Intn returns the next number in [0, n). It panics if n < 1.
func (s *Stream) Intn(n int) int {
	if n < 1 {
		panic("rng: Intn needs n >= 1")
	}
	return int(reduce(s.Uint64(), uint64(n)))
}

// Noise is chance as a function of time.
type Noise struct{ key uint64 }

// NewNoise returns the noise of that name in the run of that seed.
func NewNoise(seed uint64, name string) Noise { return Noise{mix(seed ^ Name(name))} }

// For returns the noise of one of several like things, say the link from member a to member b.
func (w Noise) For(a, b uint64) Noise {
	return Noise{mix(w.key ^ mix(a*0x9e3779b97f4a7c15+1) ^ (b+1)*0xd1342543de82ef95)}
}

// At returns a number in [0, n) for an instant. It panics if n < 1.
func (w Noise) At(instant int64, n int) int {
	if n < 1 {
		panic("rng: At needs n >= 1")
	}
	return int(reduce(mix(w.key+uint64(instant)*0x9e3779b97f4a7c15), uint64(n)))
}

// Name hashes a name (FNV-1a, 64 bits).
func Name(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}

// Mix folds the next value into a running hash. The order of values matters.
func Mix(h, v uint64) uint64 { return mix(h*0x9e3779b97f4a7c15 + v) }

// Fold folds values into a running hash, one after the other.
func Fold(h uint64, values ...uint64) uint64 {
	for _, v := range values {
		h = Mix(h, v)
	}
	return h
}

// Bit is a flag as a value to fold.
func Bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// reduce maps x to [0, n) by the high half of the product x·n, computed in 32-bit steps (n < 2^32).
func reduce(x, n uint64) uint64 { return (x >> 32) * n >> 32 }
