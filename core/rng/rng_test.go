package rng

import (
	"slices"
	"testing"
)

// TestGoldenStream pins the numbers: a link made years ago must replay. The first three of the raw generator are those
// of the reference implementation of SplitMix64 for the seed 1234567 (prng.di.unimi.it/splitmix64.c).
func TestGoldenStream(t *testing.T) {
	s := Stream{1234567}
	want := []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423}
	for i, w := range want {
		if got := s.Uint64(); got != w {
			t.Errorf("number %d is %d, want %d", i, got, w)
		}
	}
}

func TestGoldenNames(t *testing.T) {
	if got := Name(""); got != 0xcbf29ce484222325 { // the offset of FNV-1a
		t.Errorf("the empty name is %#x", got)
	}
	if got := Name("a"); got != 0xaf63dc4c8601ec8c { // from the FNV test suite
		t.Errorf("a is %#x", got)
	}
}

func TestGoldenHashes(t *testing.T) {
	election := New(7, "election/n1/1")
	noise := NewNoise(7, "latency").For(1, 2)
	got := []uint64{
		election.Uint64(), uint64(election.Intn(1000)), uint64(election.Intn(1000)),
		uint64(noise.At(0, 1024)), uint64(noise.At(1, 1024)), uint64(noise.At(1_000_000, 1024)),
		Mix(0, 0), Mix(1, 2), Mix(2, 1),
	}
	want := []uint64{0xeeb376e1ca336f13, 359, 592, 383, 944, 910, 0, 0x975835de1c9756ce, 0xbeeb8da1658eec67}
	if !slices.Equal(got, want) {
		t.Errorf("got %#x\nwant %#x", got, want)
	}
}

// TestCopyForks holds that a copied stream goes on alike, and alone.
func TestCopyForks(t *testing.T) {
	a := New(1, "x")
	a.Uint64()
	b := a
	first := a.Uint64()
	a.Uint64()
	if got := b.Uint64(); got != first {
		t.Errorf("the copy goes on with %d, the original with %d", got, first)
	}
}

// TestNamesKeepApart holds that a use has its own numbers: other names, hosts and seeds give others.
func TestNamesKeepApart(t *testing.T) {
	seen := map[uint64]string{}
	add := func(v uint64, what string) {
		if old, ok := seen[v]; ok {
			t.Errorf("%s and %s give the same number", old, what)
		}
		seen[v] = what
	}
	for _, name := range []string{"latency", "fsync", "ticker"} {
		for seed := range uint64(3) {
			s := New(seed, name)
			add(s.Uint64(), name)
			for a := range uint64(4) {
				for b := range uint64(4) {
					add(NewNoise(seed, name).For(a, b).key, name)
				}
			}
		}
	}
}

// TestDrawsAreEven counts draws: each of ten numbers comes about as often.
func TestDrawsAreEven(t *testing.T) {
	s, w := New(3, "even"), NewNoise(3, "even")
	var fromStream, fromNoise [10]int
	for i := range 100_000 {
		fromStream[s.Intn(10)]++
		fromNoise[w.At(int64(i), 10)]++
	}
	for i := range 10 {
		for what, n := range map[string]int{"stream": fromStream[i], "noise": fromNoise[i]} {
			if n < 9_500 || n > 10_500 {
				t.Errorf("%s: %d came %d times in 100,000 draws of ten", what, i, n)
			}
		}
	}
}

func TestNothingToDrawFrom(t *testing.T) {
	for name, draw := range map[string]func(){
		"Intn": func() { s := New(1, "x"); s.Intn(0) },
		"At":   func() { NewNoise(1, "x").At(1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("drew from nothing")
				}
			}()
			draw()
		})
	}
}
