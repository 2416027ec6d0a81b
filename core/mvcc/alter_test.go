package mvcc

import "testing"

// TestAlter holds that a value is changed in one store and not in its clones, wherever in its lists a compaction has
// put the row, and that hashes show it.
func TestAlter(t *testing.T) {
	s := New()
	for _, key := range []string{"a", "b", "c", "a"} {
		tx := s.Write()
		tx.Put(key, "old", 0)
		tx.End()
	}
	if err := s.Compact(4); err != nil {
		t.Fatal(err)
	}
	for _, stage := range []string{"waiting", "under way", "done"} {
		for _, key := range []string{"a", "b", "c"} {
			other := s.Clone()
			if !other.Alter(key, "new") {
				t.Fatalf("%s: no key %s", stage, key)
			}
			mine, _, _ := s.Get(key, 0)
			theirs, _, _ := other.Get(key, 0)
			before, _ := s.HashKV(0)
			after, _ := other.HashKV(0)
			if mine.Value != "old" || theirs.Value != "new" || theirs.ModRevision != mine.ModRevision {
				t.Errorf("%s, %s: %+v became %+v", stage, key, mine, theirs)
			}
			if before.Hash == after.Hash || s.Hash() == other.Hash() || other.Revision() != s.Revision() {
				t.Errorf("%s, %s: hash %x, then %x", stage, key, before.Hash, after.Hash)
			}
		}
		s.CompactBatch(2)
	}
	if s.Alter("d", "new") {
		t.Error("a key that is not there was altered")
	}
}

// TestBump holds that revisions go on behind the raised one, and that nothing before it can be read once the store is
// opened.
func TestBump(t *testing.T) {
	s := New()
	tx := s.Write()
	tx.Put("a", "1", 0)
	tx.End()
	s.Bump(1000)
	s.Restart()
	for done := false; !done; {
		_, done = s.CompactBatch(CompactionBatch)
	}
	if _, _, err := s.Get("a", 1001); err != ErrCompacted {
		t.Errorf("at 1001: %v", err)
	}
	kv, found, err := s.Get("a", 1002)
	if err != nil || !found || kv.ModRevision != 2 {
		t.Errorf("at 1002: %+v, %v, %v", kv, found, err)
	}
	tx = s.Write()
	tx.Put("a", "2", 0)
	if rev := tx.End(); rev != 1003 {
		t.Errorf("the next revision is %d", rev)
	}
	if len(s.Hashes()) != 0 {
		t.Error("the hash of a compaction that was not carried out in one go is kept")
	}
}
