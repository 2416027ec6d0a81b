package chunk_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/chunk"
)

// A clone shares what there was and goes its own way; positions stay when the oldest elements are dropped.
func ExampleList() {
	var a chunk.List[string]
	for _, s := range []string{"zero", "one", "two"} {
		a.Append(s)
	}
	b := a.Clone()
	a.Append("three")
	b.Append("another three")
	a.DropFront(2)
	fmt.Println(a.First(), a.Len(), a.At(2), a.At(3))
	fmt.Println(b.First(), b.Len(), b.At(0), b.At(3))
	// Output:
	// 2 4 two three
	// 0 4 zero another three
}
