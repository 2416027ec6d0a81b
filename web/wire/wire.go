// Package wire is what the page and the engine say to each other.
//
// The page pulls: one Tick per animation frame, and no next one before the Reply. Both are msgpack, encoded by Encode
// and read by Decode; both carry Version, and either side refuses another's. A Tick carries the actions of the person
// since the last one; a Reply carries a Frame when what is shown has changed (at most 20 times a second while playing),
// the console lines that the actions gave, and beside it, as a plain buffer, the motion of the moment (Motion).
//
// There are three families of types: Tick and Action (tick.go), Frame and its parts (frame.go: what every panel shows,
// ready to be drawn, no arithmetic left but layout), and Motion (motion.go). Nothing here knows the simulator.
package wire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Version is the version of the protocol. Page and engine come from one binary, so a mismatch means that a cache served
// two different ones.
const Version = 2

// Encode returns the msgpack form of a Tick or a Reply.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := msgpack.NewEncoder(&b)
	enc.UseArrayEncodedStructs(true)
	enc.UseCompactInts(true)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	return b.Bytes(), nil
}

// Decode reads the msgpack form into a Tick or a Reply.
func Decode(data []byte, v any) error {
	if !roomy(data) {
		return errors.New("wire: a list is longer than the message")
	}
	if err := msgpack.Unmarshal(data, v); err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	return nil
}
