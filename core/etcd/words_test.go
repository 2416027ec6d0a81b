package etcd_test

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// TestCallTextIsShort: a call is told in a line, however long its keys and values are.
func TestCallTextIsShort(t *testing.T) {
	long := strings.Repeat("k", 1<<20)
	for _, c := range []api.Call{
		api.Put{Key: long, Value: long}, api.Range{Key: long}, api.Range{Key: long, End: long + "l"},
		api.Range{Key: long, End: mvcc.FromKey},
		api.DeleteRange{Key: long, End: mvcc.PrefixEnd(long)},
	} {
		if s := etcd.CallText(c); len(s) > 200 {
			t.Errorf("%T is told in %d bytes", c, len(s))
		}
	}
}
