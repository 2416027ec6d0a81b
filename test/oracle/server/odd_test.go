package server

import (
	"reflect"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
)

// TestOddCalls: each kind of odd call is drawn, several times in some thousand.
func TestOddCalls(t *testing.T) {
	kinds := map[string]func(op any) bool{
		"lease 0":        func(op any) bool { c, ok := op.(api.LeaseRevoke); return ok && c.ID == 0 },
		"a kept lease 0": func(op any) bool { c, ok := op.(api.LeaseKeepAlive); return ok && c.ID == 0 },
		"no such lease":  func(op any) bool { c, ok := op.(api.LeaseTimeToLive); return ok && c.ID == 1<<40 },
		"no key":         func(op any) bool { c, ok := op.(api.Put); return ok && c.Key == "" },
		"an empty range": func(op any) bool { c, ok := op.(api.Range); return ok && c.Key != "" && c.Key == c.End },
		"a reversed range": func(op any) bool {
			c, ok := op.(api.DeleteRange)
			return ok && c.End != "" && c.End < c.Key && c.End != "\x00"
		},
		"revision -1":      func(op any) bool { c, ok := op.(api.Range); return ok && c.Revision == -1 },
		"a negative limit": func(op any) bool { c, ok := op.(api.Range); return ok && c.Limit < 0 },
		"compaction -1":    func(op any) bool { c, ok := op.(api.Compaction); return ok && c.Revision == -1 },
		"no such watch":    func(op any) bool { c, ok := op.(Watch); return ok && c.ID < 0 },
		"watched from -1":  func(op any) bool { c, ok := op.(Watch); return ok && c.Start == -1 },
	}
	times := map[string]int{}
	for seed := range uint64(60) {
		g, before := newGenerator(seed, nil), any(nil)
		g.watched = true
		for range 1000 {
			op := g.next()
			g.watchers = 0 // nobody answers, so none is created
			for name, is := range kinds {
				if is(op) {
					times[name]++
				}
			}
			if reflect.DeepEqual(op, before) {
				times["twice"]++
			}
			before = op
		}
	}
	kinds["twice"] = nil
	for name := range kinds {
		if times[name] < 5 {
			t.Errorf("%s was drawn %d times", name, times[name])
		}
	}
}
