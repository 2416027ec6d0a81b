package mvcc_test

import (
	"errors"
	"fmt"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// Each transaction that changes something is one revision; the past can be read until it is compacted.
func ExampleStore() {
	s := mvcc.New()
	tx := s.Write()
	tx.Put("a", "1", 0)
	tx.Put("b", "1", 0)
	fmt.Println("revision", tx.End())
	tx = s.Write()
	tx.DeleteRange("a", "")
	fmt.Println("revision", tx.End())

	_, exists, _ := s.Get("a", 0)
	old, existed, _ := s.Get("a", 2)
	fmt.Println(exists, existed, old.Value)

	_ = s.Compact(3)
	_, _, err := s.Get("a", 2)
	fmt.Println(errors.Is(err, mvcc.ErrCompacted), err)
	// Output:
	// revision 2
	// revision 3
	// false true 1
	// true etcdserver: mvcc: required revision has been compacted
}

// A range ends before its end; the end of a prefix is one above it.
func ExampleStore_Range() {
	s := mvcc.New()
	tx := s.Write()
	for _, key := range []string{"/pods/a", "/pods/b", "/services/a"} {
		tx.Put(key, "", 0)
	}
	tx.End()
	r, _ := s.Range("/pods/", mvcc.PrefixEnd("/pods/"), mvcc.RangeOptions{Limit: 1})
	fmt.Println(r.KVs[0].Key, "of", r.Count, "more:", r.More)
	// Output: /pods/a of 2 more: true
}
