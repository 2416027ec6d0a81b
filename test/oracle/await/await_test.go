package await

import (
	"testing"
	"time"

	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.uber.org/zap"
)

// TestSynced has a watcher whose stream holds 1024 responses and must take more: it is behind until somebody reads
// them.
func TestSynced(t *testing.T) {
	disk := backend.New(backend.BackendConfig{
		Path: t.TempDir() + "/db", BatchInterval: time.Hour, BatchLimit: 10_000, MmapSize: 1 << 24, Logger: zap.NewNop(),
		UnsafeNoFsync: true,
	})
	defer disk.Close()
	kv := mvcc.New(zap.NewNop(), disk, &lease.FakeLessor{}, mvcc.StoreConfig{})
	defer kv.Close()
	stream := kv.NewWatchStream()
	defer stream.Close()
	if _, err := stream.Watch(0, []byte("k"), nil, 0); err != nil {
		t.Fatal(err)
	}
	for range 1100 {
		kv.Put([]byte("k"), nil, lease.NoLease)
	}
	if err := Until("somebody is behind", func() bool { return behind(kv) }); err != nil {
		t.Fatal(err)
	}
	for events := 0; events < 1100; {
		events += len((<-stream.Chan()).Events)
	}
	if err := Synced(kv); err != nil {
		t.Fatal(err)
	}
}
