package wire

import (
	"encoding/binary"
	"math"
)

// Motion is what moves between two Frames: positions of messages and the fill of timers. It travels as a flat
// little-endian float32 buffer, so that a script of twenty lines can apply it without Go:
//
//	now (ms), members m, then m × timer fill 0…1 (-1: no timer),
//	messages k, then k × (id, progress 0…1)
//
// Progress runs along the message's path on the stage; a message that is not in the buffer has arrived.
type Motion struct {
	Now      float32
	Timers   []float32
	Messages []MovingMessage
}

// MovingMessage is a message's progress along its path.
type MovingMessage struct {
	ID       uint64 // exact up to 2^24 in the buffer: ids are taken modulo 2^24 on both sides
	Progress float32
}

// MotionID is how a message's id appears in the buffer.
func MotionID(id uint64) uint32 { return uint32(id & (1<<24 - 1)) }

// Bytes appends the buffer to b.
func (m *Motion) Bytes(b []byte) []byte {
	b = appendFloat(b, m.Now)
	b = appendFloat(b, float32(len(m.Timers)))
	for _, t := range m.Timers {
		b = appendFloat(b, t)
	}
	b = appendFloat(b, float32(len(m.Messages)))
	for _, x := range m.Messages {
		b = appendFloat(b, float32(MotionID(x.ID)))
		b = appendFloat(b, x.Progress)
	}
	return b
}

func appendFloat(b []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
}
