package log

import (
	"errors"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft/entry"
)

func terms(from entry.Index, ts ...entry.Term) []entry.Entry {
	var es []entry.Entry
	for i, t := range ts {
		es = append(es, entry.Entry{Term: t, Index: from + entry.Index(i), Data: []byte("data")})
	}
	return es
}

// TestLastAtMost: the examples of Raft §5.3's last paragraph, from both sides.
func TestLastAtMost(t *testing.T) {
	leader := New(entry.Snapshot{}, terms(1, 1, 3, 3, 3, 5, 5), NoLimit)
	follower := New(entry.Snapshot{}, terms(1, 1, 3, 3, 4, 4, 5, 5, 5, 6), NoLimit)
	for _, c := range []struct {
		log   *Log
		index entry.Index
		term  entry.Term
		want  entry.Index
		wantT entry.Term
	}{
		{&leader, 6, 2, 1, 1},   // all from 2 on is above term 2
		{&leader, 6, 5, 6, 5},   // may match at once
		{&follower, 8, 3, 3, 3}, // terms 4 and 5 cannot be the leader's
		{&follower, 8, 0, 0, 0},
	} {
		if i, term := c.log.LastAtMost(c.index, c.term); i != c.want || term != c.wantT {
			t.Errorf("from %d with term %d: got %d/%d, want %d/%d", c.index, c.term, term, i, c.wantT, c.want)
		}
	}
}

// TestSharedSlicesStay: what a Slice returned is not changed by anything that happens to the log later.
func TestSharedSlicesStay(t *testing.T) {
	l := New(entry.Snapshot{}, terms(1, 1, 1, 1), NoLimit)
	kept := l.Slice(1, 4, NoLimit)
	l.Truncate(2)
	l.Append(terms(2, 7, 7, 7))
	c := l.Clone()
	shared := l.Slice(1, 5, NoLimit)
	c.Truncate(3)
	c.Append(terms(3, 9, 9, 9))
	for i, want := range []entry.Term{1, 1, 1} {
		if kept[i].Term != want {
			t.Errorf("entry %d of the first slice has term %d now", i+1, kept[i].Term)
		}
	}
	for i, want := range []entry.Term{1, 7, 7, 7} {
		if shared[i].Term != want {
			t.Errorf("entry %d of the second slice has term %d now", i+1, shared[i].Term)
		}
	}
	if got, _ := c.Term(3); got != 9 {
		t.Errorf("the clone has term %d at 3", got)
	}
}

// TestSliceAcrossTails: entries from before and after a new tail come out as one.
func TestSliceAcrossTails(t *testing.T) {
	l := New(entry.Snapshot{Index: 10, Term: 1}, nil, NoLimit)
	for range 1000 {
		l.AppendOne(2, entry.Normal, nil)
	}
	for lo := entry.Index(11); lo <= 1010; lo += 7 {
		es := l.Slice(lo, 1011, NoLimit)
		if len(es) != int(1011-lo) || es[0].Index != lo || es[len(es)-1].Index != 1010 {
			t.Fatalf("from %d: %d entries", lo, len(es))
		}
		size := es[0].Size()
		if es = l.Slice(lo, 1011, 3*size); lo < 1000 && len(es) != 3 {
			t.Fatalf("from %d: %d entries fit into the room of three", lo, len(es))
		}
		if es = l.Slice(lo, 1011, 0); len(es) != 1 {
			t.Fatalf("from %d: %d entries fit into no room", lo, len(es))
		}
	}
}

// TestCompactAndSave: the same refusals as etcd's MemoryStorage.
func TestCompactAndSave(t *testing.T) {
	l := New(entry.Snapshot{}, terms(1, 1, 1, 2, 2), NoLimit)
	l.CommitTo(3)
	l.Hand(3, 0)
	if err := l.Compact(4); !errors.Is(err, ErrUnavailable) {
		t.Errorf("compacting what is not applied gave %v", err)
	}
	if _, err := l.Save(entry.Snapshot{Index: 4}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a snapshot of what is not applied gave %v", err)
	}
	if s, err := l.Save(entry.Snapshot{Index: 3}); err != nil || s.Term != 2 {
		t.Errorf("the snapshot has term %d, %v", s.Term, err)
	}
	if _, err := l.Save(entry.Snapshot{Index: 3}); !errors.Is(err, ErrSnapOutOfDate) {
		t.Errorf("the same snapshot again gave %v", err)
	}
	if err := l.Compact(2); err != nil {
		t.Error(err)
	}
	if err := l.Compact(2); !errors.Is(err, ErrCompacted) {
		t.Errorf("compacting again gave %v", err)
	}
	if term, ok := l.Term(2); !ok || term != 1 {
		t.Errorf("the term before the first entry is %d, %t", term, ok)
	}
	if _, ok := l.Term(1); ok {
		t.Error("the term of a compacted entry is still known")
	}
	if es := l.Slice(3, 5, NoLimit); len(es) != 2 || es[0].Index != 3 {
		t.Errorf("after compaction: %v", es)
	}
}
