package wire

import (
	"bytes"
	"testing"
)

// FuzzTick and FuzzReply hold that what is read from a message is written as it was read: bytes are compared, since
// numbers may be none.
func FuzzTick(f *testing.F) {
	add(f, Tick{Version: Version, Seq: 7, Elapsed: 16_000, Full: true,
		Actions: []Action{{Kind: Do, Text: "put a b", N: 1}, {Kind: Seek, N: -5}}})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again Tick
		held(t, data, &m, &again)
	})
}

func FuzzReply(f *testing.F) {
	add(f, Reply{Version: Version, Seq: 7, Lines: []Line{{LineOut, "OK"}}, Link: "#v=1", Completions: []string{"put"},
		Frame: &Frame{
			Members: []Member{{}}, Clients: []Client{{}}, Why: &Why{Subject: ParseSelection("n1")},
		}})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again Reply
		held(t, data, &m, &again)
	})
}

func add(f *testing.F, m any) {
	data, err := Encode(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{})
}

// held reads a message, writes it, reads that, and writes it again.
func held(t *testing.T, data []byte, m, again any) {
	if Decode(data, m) != nil {
		return
	}
	first, err := Encode(m)
	if err != nil {
		t.Fatalf("%+v cannot be written: %v", m, err)
	}
	if err := Decode(first, again); err != nil {
		t.Fatalf("%+v cannot be read again: %v", m, err)
	}
	if second, err := Encode(again); err != nil || !bytes.Equal(first, second) {
		t.Fatalf("%+v came back as %+v, %v", m, again, err)
	}
}
