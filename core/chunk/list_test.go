package chunk

import (
	"fmt"
	"runtime"
	"testing"
	"weak"

	"pgregory.net/rapid"
)

// twin is a list beside a plain slice that must hold the same.
type twin struct {
	list  List[int]
	first int
	plain []int // from position first on
}

func (w *twin) clone() *twin {
	return &twin{w.list.Clone(), w.first, append([]int(nil), w.plain...)}
}

func (w *twin) check(t *rapid.T) {
	if w.list.First() != w.first || w.list.Len() != w.first+len(w.plain) {
		t.Fatalf("the list goes from %d to %d, want %d to %d", w.list.First(), w.list.Len(), w.first, w.first+len(w.plain))
	}
	for i, v := range w.plain {
		if got := w.list.At(w.first + i); got != v {
			t.Fatalf("position %d holds %d, want %d", w.first+i, got, v)
		}
	}
}

// TestModel does the same things to lists and to plain slices. Clones live on side by side and are looked at after
// every step, so that one that writes into another's memory is seen.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		worlds := []*twin{{}}
		next := 0
		pick := func() *twin { return worlds[rapid.IntRange(0, len(worlds)-1).Draw(t, "which")] }
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				for _, w := range worlds {
					w.check(t)
				}
			},
			"append": func(t *rapid.T) {
				w := pick()
				for range rapid.SampledFrom([]int{1, 3, size - 1, size, size + 1, 2 * size}).Draw(t, "count") {
					next++
					w.list.Append(next)
					w.plain = append(w.plain, next)
				}
			},
			"truncate": func(t *rapid.T) {
				w := pick()
				keep := rapid.IntRange(0, len(w.plain)).Draw(t, "keep")
				w.list.Truncate(w.first + keep)
				w.plain = w.plain[:keep:keep]
			},
			"drop": func(t *rapid.T) {
				w := pick()
				n := rapid.IntRange(0, len(w.plain)).Draw(t, "count")
				w.list.DropFront(w.first + n)
				w.first, w.plain = w.first+n, w.plain[n:]
			},
			"reset": func(t *rapid.T) {
				w := pick()
				n := rapid.IntRange(0, 3*size).Draw(t, "position")
				w.list.Reset(n)
				w.first, w.plain = n, nil
			},
			"unify": func(t *rapid.T) {
				Unify(&pick().list, &pick().list, func(x, y *int) bool { return *x == *y })
			},
			"same": func(t *rapid.T) { // appended to two lists, so that they have something to unify
				a, b := pick(), pick()
				for range 2 * size {
					next++
					for _, w := range []*twin{a, b} {
						w.list.Append(next)
						w.plain = append(w.plain, next)
					}
				}
			},
			"clone": func(t *rapid.T) {
				if len(worlds) < 5 {
					worlds = append(worlds, pick().clone())
				}
			},
		})
	})
}

// TestOutOfRange holds that a list does not answer about what it does not hold.
func TestOutOfRange(t *testing.T) {
	var l List[int]
	for i := range 10 {
		l.Append(i)
	}
	l.DropFront(3)
	for name, do := range map[string]func(){
		"At a dropped position": func() { l.At(2) }, "At the end": func() { l.At(10) }, "Ref before": func() { l.Ref(0) },
		"Truncate below First": func() { l.Truncate(2) }, "Truncate above Len": func() { l.Truncate(11) },
		"DropFront below First": func() { l.DropFront(2) }, "DropFront above Len": func() { l.DropFront(11) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was done")
				}
			}()
			do()
		})
	}
}

// TestCloneIsCheap holds that the cost of a clone and of the first write after it do not grow with the list.
func TestCloneIsCheap(t *testing.T) {
	for _, n := range []int{size, 100 * size} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var l List[int]
			for i := range n {
				l.Append(i)
			}
			if got := testing.AllocsPerRun(20, func() { l.Clone() }); got > 0 {
				t.Errorf("a clone allocates %v times", got)
			}
			if got := testing.AllocsPerRun(20, func() { c := l.Clone(); c.Append(1) }); got > 4 {
				t.Errorf("the first write after a clone allocates %v times", got)
			}
		})
	}
}

// TestDroppedIsFreed holds that elements which were dropped, and which no clone sees, are not kept in memory.
func TestDroppedIsFreed(t *testing.T) {
	const n = 40 * size
	for name, dropper := range map[string]func(*List[*[64]byte]) *List[*[64]byte]{
		"the only list":   func(l *List[*[64]byte]) *List[*[64]byte] { return l },
		"a clone is gone": func(l *List[*[64]byte]) *List[*[64]byte] { l.Clone(); return l },
		"the original is gone": func(l *List[*[64]byte]) *List[*[64]byte] {
			c := l.Clone()
			*l = List[*[64]byte]{}
			return &c
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, seen := &List[*[64]byte]{}, make([]weak.Pointer[[64]byte], n)
			for i := range n {
				v := new([64]byte)
				l.Append(v)
				seen[i] = weak.Make(v)
			}
			l = dropper(l)
			l.DropFront(n - size)
			runtime.GC()
			for i, w := range seen {
				if (w.Value() != nil) != (i >= n-size) {
					t.Fatalf("element %d of %d: in memory: %v", i, n, w.Value() != nil)
				}
			}
			runtime.KeepAlive(l)
		})
	}
}

// TestUnify: what two lists hold alike they hold once.
func TestUnify(t *testing.T) {
	var a, b List[int]
	for i := range 10 * size {
		a.Append(i)
		b.Append(i + i/(9*size))
	}
	b.DropFront(2*size + 1)
	Unify(&a, &b, func(x, y *int) bool { return *x == *y })
	for k := range 10 {
		at := k*size + size/2
		if at >= b.First() && (a.Ref(at) == b.Ref(at)) != (k > 2 && k < 9) {
			t.Errorf("chunk %d is held once: %v", k, a.Ref(at) == b.Ref(at))
		}
	}
}

// TestBorrow: a list that is only cloned holds nothing of its own if another holds all of it, and the clones of both go
// their own ways.
func TestBorrow(t *testing.T) {
	equal := func(x, y *int) bool { return *x == *y }
	var a, b, odd List[int]
	for i := range 5*size + 50 {
		a.Append(i)
		if i < 5*size+20 {
			b.Append(i)
			odd.Append(i + i/(5*size+19))
		}
	}
	b.DropFront(size)
	Unify(&a, &b, equal)
	Unify(&a, &odd, equal)
	frames := [...]List[int]{a.Clone(), b.Clone(), odd.Clone()}
	for i := range frames {
		Borrow(&frames[0], &frames[i], equal)
	}
	for i, want := range [...]bool{true, true, false} {
		if last := 5*size + 19; (frames[0].Ref(last) == frames[i].Ref(last)) != want {
			t.Errorf("list %d holds its end with the first: %v", i, !want)
		}
	}
	x, y := frames[0].Clone(), frames[1].Clone()
	for k := range 2 * size {
		x.Append(-k)
		y.Append(k)
		a.Append(2 * k)
		b.Append(3 * k)
	}
	for k := range 2 * size {
		if x.At(5*size+50+k) != -k || y.At(5*size+20+k) != k || a.At(5*size+50+k) != 2*k || b.At(5*size+20+k) != 3*k {
			t.Fatal("one writes where another looks")
		}
	}
}
