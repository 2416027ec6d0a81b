package script

import "github.com/etcdscope/etcdscope/core/sim"

// The limits of the language. Scripts and links come from strangers, so that everything that can grow has a bound.
const (
	LineBytesMax   = 4096    // one line, and the canonical text of one command
	ScriptBytesMax = 1 << 20 // one script
	LinesMax       = 10_000  // lines of one script
	ErrorsMax      = 50      // mistakes that ParseScript reports before it gives up

	MembersMax       = sim.MaxMembers
	ClientsMax       = sim.MaxClients
	LoadPerSecondMax = 100_000
	LoadClientsMax   = 5_000
	LoadKeySizeMax   = 1 << 20 // more than the article's limit, less than etcd's on a request
	LoadValSizeMax   = 2 << 20 // more than etcd takes
	LoadKeySpaceMax  = 1_000_000
	LoadBytesMax     = 64 << 20   // keys and values of a second, or of all that is under way
	WatchersMax      = 10_000     // on one stream
	CompactorMin     = sim.Second // the shortest interval of a compactor
	SlowMax          = 1000       // times that a disk can be slower
	DriftMax         = 50         // percent that a clock can run fast or slow

	TimeMax = 24 * sim.Hour // the latest instant and the longest span that a line can name

	// WithinDefault bounds "run until leader" and "run until quiet" when the line does not say within.
	WithinDefault = 30 * sim.Second
)
