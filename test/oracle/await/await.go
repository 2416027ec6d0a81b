package await

import (
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"go.etcd.io/etcd/server/v3/storage/mvcc"
)

// Patience is how long something may take that must come: only what hangs needs it. It is longer than any machine
// stands still under load, and shorter than go test waits for a package.
const Patience = 5 * time.Minute

// Until looks again and again until a condition holds, soon at first and then every 10 ms. It returns an error that
// names it if it does not in the end.
func Until(what string, holds func() bool) error {
	pause := 20 * time.Microsecond
	for end := time.Now().Add(Patience); !holds(); time.Sleep(pause) {
		if time.Now().After(end) {
			return fmt.Errorf("waited %v in vain until %s", Patience, what)
		}
		pause = min(2*pause, 10*time.Millisecond)
	}
	return nil
}

// Synced waits until no watcher of a real store has anything to catch up with. It looks three times, a millisecond
// apart: while the store tries to give a full stream more, which it does every 10 ms for some microseconds, the
// stream's watchers are in no group (watchable_store.go, moveVictims).
func Synced(kv mvcc.WatchableKV) error {
	return Until("all watchers are synced", func() bool {
		for range 3 {
			if behind(kv) {
				return false
			}
			time.Sleep(time.Millisecond)
		}
		return true
	})
}

// behind looks for watchers that have something to catch up with. Only the store itself knows
// (storage/mvcc/watchable_store.go).
func behind(kv mvcc.WatchableKV) bool {
	store := reflect.ValueOf(kv).Elem()
	lock := (*sync.RWMutex)(unsafe.Pointer(store.FieldByName("mu").UnsafeAddr()))
	lock.RLock()
	defer lock.RUnlock()
	return store.FieldByName("unsynced").FieldByName("watchers").Len() > 0 || store.FieldByName("victims").Len() > 0
}
