package sim

// Payload is what a packet carries. It is sealed: the network knows how long it is and what tells it from others, and
// only the room that it is of looks inside. It is immutable.
type Payload interface {
	Label() string        // in a few characters, as on a glyph
	Bytes() int           // about so many on the network, beside a packet's frame
	Fold(h uint64) uint64 // mixes into a hash what it says
}

// Frame is how many bytes a packet takes beside its payload, about.
const Frame = 60
