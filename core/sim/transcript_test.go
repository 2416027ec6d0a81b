package sim

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestTranscripts runs testdata. Each file keeps one queue, one network and one disk from command to command.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Dir(path) != "testdata" {
			return // an input of a fuzz test
		}
		var e env
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var b strings.Builder
			for line := range strings.SplitSeq(d.Input, "\n") {
				b.WriteString(e.do(t, d.Cmd, strings.Fields(line)))
			}
			return b.String()
		})
	})
}

type env struct {
	queue Queue[string]
	net   Network
	disk  Disk
}

func (e *env) do(t *testing.T, cmd string, args []string) string {
	t.Helper()
	switch cmd {
	case "quantiles":
		return distribution(t, args)
	case "push", "take", "move", "rest":
		return e.onQueue(t, cmd, args)
	case "network", "rule", "lift", "send":
		return e.onNetwork(t, cmd, args)
	case "disk":
		e.disk = NewDisk(1, Member(1), Constant(at(t, args[0])))
		return ""
	case "sync":
		return fmt.Sprintf("asked at %s, done at %v\n", args[0], synced(&e.disk, at(t, args[0])))
	case "crash":
		e.disk.Crash()
		return ""
	}
	t.Fatalf("no command %q", cmd)
	return ""
}

func at(t *testing.T, s string) Time {
	t.Helper()
	v, err := ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func host(t *testing.T, s string) Host {
	t.Helper()
	h, ok := ParseHost(s)
	if !ok {
		t.Fatalf("no host %q", s)
	}
	return h
}

// onQueue: push TIME NAME; take COUNT; move NAME TIME ("never" takes it out); rest.
func (e *env) onQueue(t *testing.T, cmd string, args []string) string {
	switch cmd {
	case "push":
		e.queue.Push(at(t, args[0]), args[1])
	case "move":
		e.queue.Reschedule(func(_ Time, v *string) (Time, bool) {
			if args[1] == "never" {
				return -1, *v == args[0]
			}
			return at(t, args[1]), *v == args[0]
		})
	case "take":
		n, err := strconv.Atoi(args[0])
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for range n {
			due, v := e.queue.Pop()
			fmt.Fprintf(&b, "%v %s\n", due, v)
		}
		return b.String()
	case "rest":
		next, ok := e.queue.Next()
		return fmt.Sprintf("%d wait, next at %v: %v\n", e.queue.Len(), next, ok)
	}
	return ""
}

// onNetwork: network PEER CLIENT (constant latencies); rule FROM TO drop|hold|pass [EXTRA]; lift NAME; send TIME FROM
// TO. A name of a rule is what it was made with.
func (e *env) onNetwork(t *testing.T, cmd string, args []string) string {
	switch cmd {
	case "network":
		e.net = NewNetwork(1, Constant(at(t, args[0])), Constant(at(t, args[1])))
	case "rule":
		r := Rule{From: hostSet(t, args[0]), To: hostSet(t, args[1]), Name: strings.Join(args, " ")}
		r.Fate = map[string]Fate{"pass": Pass, "drop": Drop, "hold": Hold}[args[2]]
		if len(args) > 3 {
			r.Extra = at(t, args[3])
		}
		e.net.Add(r)
	case "lift":
		n := e.net.Remove(func(r Rule) bool { return r.Name == strings.Join(args, " ") })
		return fmt.Sprintf("%d lifted, %d in force\n", n, len(e.net.Rules()))
	case "send":
		from, to := host(t, args[1]), host(t, args[2])
		switch fate, due := e.net.Route(at(t, args[0]), from, to); fate {
		case Drop:
			r, cut := e.net.CutBy(from, to)
			return fmt.Sprintf("dropped by %q; cut: %v %v\n", r.Name, cut, e.net.Cut(from, to))
		case Hold:
			return "held\n"
		default:
			return fmt.Sprintf("arrives at %v\n", due)
		}
	}
	return ""
}

func hostSet(t *testing.T, list string) (set Set) {
	for name := range strings.SplitSeq(list, ",") {
		set |= host(t, name).Bit()
	}
	return set
}

// distribution makes a table of points PPM:TIME and says what is in it.
func distribution(t *testing.T, args []string) string {
	var points []Quantile
	for _, a := range args {
		ppm, span, _ := strings.Cut(a, ":")
		n, err := strconv.Atoi(ppm)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, Quantile{n, at(t, span)})
	}
	q, err := NewQuantiles(points...)
	if err != nil {
		return err.Error() + "\n"
	}
	last := len(q.table) - 1
	return fmt.Sprintf("least %v, median %v, p99 %v, most %v\n", q.table[0], q.Median(), q.table[last*99/100],
		q.table[last])
}

// synced returns when an fsync of a disk that works is done.
func synced(d *Disk, at Time) Time {
	done, _ := d.Sync(at, 0)
	return done
}
