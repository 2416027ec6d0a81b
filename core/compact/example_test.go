package compact_test

import (
	"errors"
	"fmt"

	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/sim"
)

// With --auto-compaction-mode=revision the newest revisions are kept. A compactor says when it wants to be asked.
func ExampleCompactor() {
	c := compact.New(compact.Setting{Mode: compact.Revision, Keep: 100}, 0, 1)
	target, due := c.Tick(c.Next(), 1000)
	fmt.Println(target, due)
	c.Done(6*sim.Minute, target, nil)
	fmt.Println("last", c.Last())
	// Output:
	// 900 true
	// last 900
}

// A setting is what etcd's flags --auto-compaction-mode and --auto-compaction-retention say.
func ExampleParse() {
	s, err := compact.Parse("periodic", "1h30m")
	fmt.Println(s.Period, err)
	_, err = compact.Parse("periodic", "often")
	fmt.Println(errors.Is(err, compact.ErrSetting))
	// Output:
	// 5400s <nil>
	// true
}
