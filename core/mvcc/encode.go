package mvcc

import (
	"encoding/binary"

	"github.com/etcdscope/etcdscope/core/pb"
)

// The fields of mvccpb.KeyValue, as they are numbered in etcd's api/mvccpb/kv.proto.
const (
	fieldKey = iota + 1
	fieldCreateRevision
	fieldModRevision
	fieldVersion
	fieldValue
	fieldLease
)

// encode appends a row as it stands in etcd's database: the revision as key, the key-value in Protocol Buffers'
// encoding as value. Of a tombstone the value has nothing but the key.
//
//	5.1 put a = "x"    00 00 00 00 00 00 00 05 '_' 00 00 00 00 00 00 00 01      0a 01 'a' 10 05 18 05 20 01 2a 01 'x'
//	6.0 delete a       00 00 00 00 00 00 00 06 '_' 00 00 00 00 00 00 00 00 't'  0a 01 'a'
//
// Reference: etcd server/storage/mvcc/revision.go BucketKeyToBytes, kvstore_txn.go put, delete.
func (c *change) encode(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(c.kv.ModRevision))
	b = append(b, '_')
	b = binary.BigEndian.AppendUint64(b, uint64(c.sub))
	if c.tombstone() {
		return appendString(append(b, 't'), fieldKey, c.kv.Key)
	}
	b = appendString(b, fieldKey, c.kv.Key)
	b = appendNumber(b, fieldCreateRevision, c.kv.CreateRevision)
	b = appendNumber(b, fieldModRevision, c.kv.ModRevision)
	b = appendNumber(b, fieldVersion, c.kv.Version)
	b = appendString(b, fieldValue, c.kv.Value)
	return appendNumber(b, fieldLease, c.kv.Lease)
}

// appendNumber appends a field that is a number; zero is left out.
func appendNumber(b []byte, field int, v int64) []byte {
	if v == 0 {
		return b
	}
	return pb.AppendNumber(b, field, uint64(v))
}

// appendString appends a field that is a string of bytes; the empty one is left out.
func appendString(b []byte, field int, v string) []byte {
	if v == "" {
		return b
	}
	return pb.AppendBytes(b, field, v)
}
