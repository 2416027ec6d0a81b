package mvcc

import "strconv"

// Revision is the place of one change in the history of the store. Main is what clients know as "the revision": it
// grows by one with each transaction that changed something. Sub numbers the changes inside that transaction from 0, in
// the order in which they were made; clients never see it.
//
// A put alone is (5, 0). A transaction that puts a, then deletes b and c, is (6, 0), (6, 1), (6, 2).
//
// Reference: etcd server/storage/mvcc/revision.go Revision.
type Revision struct {
	Main int64
	Sub  int64
}

// String prints the revision as etcd's own comments write it: "6.2".
func (r Revision) String() string {
	return strconv.FormatInt(r.Main, 10) + "." + strconv.FormatInt(r.Sub, 10)
}
