package etcd

import (
	stdsha1 "crypto/sha1"
	"encoding/binary"
	"strings"
	"testing"
)

// TestSHA1 compares with the standard library, around the ends of blocks.
func TestSHA1(t *testing.T) {
	for n := range 200 {
		text := strings.Repeat("etcd", 50)[:n]
		want := stdsha1.Sum([]byte(text))
		if got := sha1(text); got != binary.BigEndian.Uint64(want[:]) {
			t.Fatalf("%d bytes: %x, want %x", n, got, want[:8])
		}
	}
}
