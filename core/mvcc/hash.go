package mvcc

import (
	"hash/crc32"
	"slices"
	"sort"
)

// KVHash is etcd's hash over the key space: CRC-32C over the name of the bucket and every row as it stands in the
// database. Members can be compared only at the same revision and the same compact revision.
type KVHash struct {
	Hash            uint32
	CompactRevision int64
	Revision        int64
}

// hashesMost is how many hashes of compactions etcd remembers (hash.go hashStorageMaxSize).
const hashesMost = 10

// HashKV returns the hash over all rows up to a revision, 0 for the current one. Rows that a compaction has still to
// drop do not count, so that members agree however far theirs is. The hash of one of the last compactions is not
// computed again: it is answered even if that revision was compacted since, and with the compact revision of that time.
//
// One oddity is etcd's: if no key is alive at the revision, rows that wait to be dropped do count.
//
// Reference: etcd server/storage/mvcc/hash.go HashByRev, kvstore.go hashByRev.
func (s *Store) HashKV(rev int64) (KVHash, error) {
	for _, h := range s.hashes {
		if h.Revision == rev {
			return h, nil
		}
	}
	switch {
	case rev > 0 && rev < s.compact:
		return KVHash{}, ErrCompacted
	case rev > s.rev:
		return KVHash{}, ErrFutureRev
	case rev == 0:
		rev = s.rev
	}
	old := s.rows.seek(s.compact + 1)
	keep := s.keepSet(rev, old, false)
	h := newHasher(s.compact, rev)
	var buf []byte
	for i := range s.rows.seek(rev + 1) {
		buf = h.add(s.rows.row(i), !keep.some || i >= old || keep.has(i), buf)
	}
	return h.result(), nil
}

// Hashes returns the hashes of the last compactions, in order of revision: what members compare when
// CompactHashCheck is on.
func (s *Store) Hashes() []KVHash { return slices.Clone(s.hashes) }

// remember keeps the hash of a compaction, and of the earlier ones the newest.
func (s *Store) remember(h KVHash) {
	list := append(slices.Clone(s.hashes), h)
	sort.SliceStable(list, func(i, j int) bool { return list[i].Revision < list[j].Revision })
	s.hashes = list[max(0, len(list)-hashesMost):]
}

// hasher sums up rows in order.
type hasher struct {
	sum          uint32
	compact, rev int64
}

func newHasher(compact, rev int64) hasher {
	return hasher{crc32.Checksum([]byte("key"), crc32.MakeTable(crc32.Castagnoli)), compact, rev}
}

// add takes in a row that is not younger than the hash's revision. Kept says whether it stays if it is not younger than
// the compact revision either. A tombstone at that revision itself never counts: etcd before 3.5.16 dropped it, and
// members of both versions must agree. The buffer is room to work in; it is returned for the next row.
func (h *hasher) add(c *change, kept bool, buf []byte) []byte {
	old := c.kv.ModRevision <= h.compact
	if (old && !kept) || (c.tombstone() && c.kv.ModRevision == h.compact) {
		return buf
	}
	buf = c.encode(buf[:0])
	h.sum = crc32.Update(h.sum, crc32.MakeTable(crc32.Castagnoli), buf)
	return buf
}

func (h *hasher) result() KVHash { return KVHash{h.sum, h.compact, h.rev} }
