package mvcc

// KeyValue is one version of a key as clients see it (etcd api/mvccpb KeyValue). Strings, not bytes: a version never
// changes once it is written, and it is shared by the store, its clones, the answers and the watchers.
type KeyValue struct {
	Key            string
	Value          string
	CreateRevision int64 // main revision of the put that created the key (again, if it had been deleted)
	ModRevision    int64 // main revision of this version
	Version        int64 // puts since the key was created; 1 is the creating one
	Lease          int64 // 0: none
}

// Change is one step of the store's history: a put or a deletion.
type Change struct {
	Revision Revision
	Deleted  bool
	KV       KeyValue // of a deletion only Key and ModRevision are set, as in a watch event of etcd
}

// Created reports whether the change brought a key into being: mvccpb's Event.IsCreate.
func (c Change) Created() bool { return !c.Deleted && c.KV.CreateRevision == c.KV.ModRevision }

// change is how the store keeps a Change. It is immutable and shared by all clones.
//
// The changes of one key form a chain from the newest to the oldest. The chain is made of positions in the history, not
// of pointers: dropping an old version then frees it, although newer ones still refer to it.
//
// Positions have 32 bits, which keeps a change at 80 bytes; a store of two thousand million changes would not fit in a
// browser anyhow.
//
// Invariant: kv.Version == 0 exactly for a tombstone, which has no value, no lease and no create revision.
type change struct {
	kv   KeyValue
	sub  int64
	pos  int32 // how many changes were made before, by anyone (see rows)
	prev int32 // position of the key's previous change; none: there is no such change
}

// none is the end of a key's chain.
const none = -1

func (c *change) tombstone() bool { return c.kv.Version == 0 }

func (c *change) revision() Revision { return Revision{Main: c.kv.ModRevision, Sub: c.sub} }

func (c *change) public() Change {
	return Change{Revision: c.revision(), Deleted: c.tombstone(), KV: c.kv}
}
