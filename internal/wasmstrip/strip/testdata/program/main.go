// Command program does what needs the runtime's tables: it collects garbage under live stacks, moves deep stacks,
// panics and recovers in every way, and names its callers. With an argument it panics at the end.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

func main() {
	debug.SetGCPercent(5)
	sum := 0
	for range 10 {
		sum += grow(10).size()
	}
	fmt.Println("trees", sum)
	fmt.Println("deep", deep(20000, new(int)))
	answers := make(chan int)
	for i := range 30 {
		go func() { answers <- deep(i*30, new(int)) }()
	}
	for range 30 {
		sum += <-answers
	}
	fmt.Println("goroutines", sum)
	runtimePanics()
	recoverInMethod()
	recoverInInlined()
	recoverDeferred()
	callers()
	if len(os.Args) > 1 {
		var err error = fmt.Errorf("fatal %d", sum)
		panic(err)
	}
}

type tree struct {
	left, right *tree
	leaf        []byte
}

func grow(n int) *tree {
	if n == 0 {
		return &tree{leaf: make([]byte, 64)}
	}
	return &tree{grow(n - 1), grow(n - 1), make([]byte, 16)}
}

func (t *tree) size() int {
	if t == nil {
		return 0
	}
	return 1 + t.left.size() + t.right.size()
}

// deep recurses with a pointer into each frame, and collects garbage at the bottom. The stack moves on the way.
//
//go:noinline
func deep(n int, p *int) int {
	var pad [32]int
	pad[n%32] = n
	if n == 0 {
		*p++
		runtime.GC()
		return *p
	}
	mine := n
	rest := deep(n-1, &mine)
	return rest + pad[n%32] + mine - 2*n
}

func runtimePanics() {
	var none *tree
	var empty []int
	var m map[string]int
	for _, f := range []func(){
		func() { none.leaf[0] = 1 },
		func() { empty[len(os.Args)] = 1 },
		func() { m["a"] = 1 },
		func() { panic(errors.New("an error")) },
	} {
		fmt.Println(try(f))
	}
}

func try(f func()) (err error) {
	defer func() { err = fmt.Errorf("recovered: %v", recover()) }()
	f()
	return nil
}

type recoverer struct{ name string }

func (r recoverer) handle() { fmt.Println(r.name, recover()) }

// recoverInMethod recovers below a wrapper, which the runtime must not count as a caller.
func recoverInMethod() {
	defer func() { fmt.Println("outer", recover()) }()
	var h interface{ handle() } = &recoverer{"method"}
	defer h.handle()
	panic("in method")
}

func inlined() any { return recover() }

// recoverInInlined does not recover in a function of a deferred function, although it is inlined there.
func recoverInInlined() {
	defer func() { fmt.Println("outer", recover()) }()
	defer func() { fmt.Println("inlined", inlined()) }()
	panic("in inlined")
}

// recoverDeferred does not recover either.
func recoverDeferred() {
	defer func() { fmt.Println("outer", recover()) }()
	defer recover()
	panic("deferred")
}

// callers names the functions of this program that led here. Frames are not counted: stripped binaries forget inlined
// ones, and runtime.Callers is one.
//
//go:noinline
func callers() {
	list := make([]uintptr, 8)
	frames := runtime.CallersFrames(list[:runtime.Callers(0, list)])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasPrefix(f.Function, "main.") {
			fmt.Println("called by", f.Function)
		}
	}
}
