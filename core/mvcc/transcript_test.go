package mvcc_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// TestTranscripts plays the conversations in testdata. The commands:
//
//	put KEY VALUE [lease=N]          a transaction with one put
//	delete KEY [to=END|prefix|from]  a transaction with one deletion
//	txn                              a transaction of several: one "put", "delete" or "get" a line
//	get KEY [to=END|prefix|from] [rev=N] [limit=N] [count-only] [keys-only] [min-mod=N …] [sort=TARGET] [ascend|descend]
//	generations KEY
//	changes from=N
//	compact REV [batches=0]          ask for a compaction, and carry it out unless told not to
//	batch [limit=N]                  one batch of the compaction under way
//	fates KEY rev=N                  what a compaction at N would do to the key's rows
//	restart
//	hash [rev=N]                     etcd's HashKV
//	status                           revision, compacted revision, live keys, what a compaction has to do
//	clone as=NAME                    what follows "in=NAME" happens in the clone
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) { play(t, path) })
	}
}

func play(t *testing.T, path string) {
	stores := map[string]*mvcc.Store{"": mvcc.New()}
	datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
		var in, as string
		d.MaybeScanArgs(t, "in", &in)
		if d.Cmd == "clone" {
			d.ScanArgs(t, "as", &as)
			stores[as] = stores[in].Clone()
			return ""
		}
		return command(t, stores[in], d)
	})
}

func command(t *testing.T, s *mvcc.Store, d *datadriven.TestData) string {
	switch d.Cmd {
	case "put", "delete", "txn":
		return write(t, s, d)
	case "get":
		return get(t, s.Range, d)
	case "generations":
		return generations(s.Generations(d.CmdArgs[0].Key))
	case "changes":
		return changes(t, s, d)
	case "compact", "batch":
		return compact(t, s, d)
	case "fates":
		return fates(t, s, d)
	case "restart":
		s.Restart()
		return status(s)
	case "hash":
		return hash(t, s, d)
	case "status":
		return status(s)
	}
	t.Fatalf("%s: no such command: %s", d.Pos, d.Cmd)
	return ""
}

func status(s *mvcc.Store) string {
	out := fmt.Sprintf("revision %d, compacted %d, keys %d", s.Revision(), s.CompactRevision(), s.Len())
	if c, ok := s.Compaction(); ok {
		out += fmt.Sprintf("\ncompaction %d: examined %d of %d, dropped %d in all, %d waiting, finished %d", c.Revision,
			c.Examined, c.Total,
			s.Removed(), c.Waiting, s.FinishedCompactRevision())
	}
	return out
}

func compact(t *testing.T, s *mvcc.Store, d *datadriven.TestData) string {
	limit := mvcc.CompactionBatch
	d.MaybeScanArgs(t, "limit", &limit)
	if d.Cmd == "compact" {
		rev, err := strconv.ParseInt(d.CmdArgs[0].Key, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Compact(rev); err != nil {
			return err.Error()
		}
		if d.HasArg("batches") {
			return status(s)
		}
	}
	removed, finished := s.CompactBatch(limit)
	return fmt.Sprintf("dropped %d, finished %v", removed, finished)
}

func fates(t *testing.T, s *mvcc.Store, d *datadriven.TestData) string {
	var rev int64
	d.ScanArgs(t, "rev", &rev)
	var out []string
	for _, f := range s.Fates(d.CmdArgs[0].Key, rev) {
		word := f.Revision.String()
		if f.Deleted {
			word += "t"
		}
		if !f.Stays {
			word += " goes"
		}
		out = append(out, word)
	}
	return strings.Join(out, ", ")
}

func hash(t *testing.T, s *mvcc.Store, d *datadriven.TestData) string {
	var rev int64
	d.MaybeScanArgs(t, "rev", &rev)
	h, err := s.HashKV(rev)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%08x at revision %d, compacted %d", h.Hash, h.Revision, h.CompactRevision)
}

func write(t *testing.T, s *mvcc.Store, d *datadriven.TestData) string {
	var out strings.Builder
	tx := s.Write()
	if d.Cmd != "txn" {
		out.WriteString(operation(t, &tx, d))
	}
	for line := range strings.Lines(d.Input) {
		cmd, args, err := datadriven.ParseLine(line)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(operation(t, &tx, &datadriven.TestData{Pos: d.Pos, Cmd: cmd, CmdArgs: args}))
	}
	fmt.Fprintf(&out, "revision %d", tx.End())
	return out.String()
}

func operation(t *testing.T, tx *mvcc.WriteTxn, d *datadriven.TestData) string {
	switch d.Cmd {
	case "put":
		var lease int64
		d.MaybeScanArgs(t, "lease", &lease)
		tx.Put(d.CmdArgs[0].Key, d.CmdArgs[1].Key, lease)
		return ""
	case "delete":
		key, end := bounds(t, d)
		return fmt.Sprintf("deleted %d\n", tx.DeleteRange(key, end))
	}
	return get(t, tx.Range, d) + "\n"
}

func get(t *testing.T, read func(string, string, mvcc.RangeOptions) (mvcc.RangeResult, error),
	d *datadriven.TestData) string {
	key, end := bounds(t, d)
	r, err := read(key, end, options(t, d))
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for _, kv := range r.KVs {
		fmt.Fprintf(&out, "%s = %q create %d mod %d version %d", kv.Key, kv.Value, kv.CreateRevision, kv.ModRevision,
			kv.Version)
		if kv.Lease != 0 {
			fmt.Fprintf(&out, " lease %d", kv.Lease)
		}
		out.WriteByte('\n')
	}
	fmt.Fprintf(&out, "count %d", r.Count)
	if r.More {
		out.WriteString(", more")
	}
	return out.String()
}

func bounds(t *testing.T, d *datadriven.TestData) (key, end string) {
	key = d.CmdArgs[0].Key
	d.MaybeScanArgs(t, "to", &end)
	switch {
	case key == "all":
		return mvcc.FromKey, mvcc.FromKey
	case d.HasArg("prefix"):
		return key, mvcc.PrefixEnd(key)
	case d.HasArg("from"):
		return key, mvcc.FromKey
	}
	return key, end
}

func options(t *testing.T, d *datadriven.TestData) mvcc.RangeOptions {
	o := mvcc.RangeOptions{CountOnly: d.HasArg("count-only"), KeysOnly: d.HasArg("keys-only")}
	d.MaybeScanArgs(t, "rev", &o.Revision)
	d.MaybeScanArgs(t, "limit", &o.Limit)
	d.MaybeScanArgs(t, "min-mod", &o.MinModRevision)
	d.MaybeScanArgs(t, "max-mod", &o.MaxModRevision)
	d.MaybeScanArgs(t, "min-create", &o.MinCreateRevision)
	d.MaybeScanArgs(t, "max-create", &o.MaxCreateRevision)
	var by string
	d.MaybeScanArgs(t, "sort", &by)
	for i, name := range []string{"key", "version", "create", "mod", "value"} {
		if by == name {
			o.SortTarget = mvcc.SortTarget(i)
		}
	}
	if d.HasArg("ascend") {
		o.SortOrder = mvcc.SortAscend
	}
	if d.HasArg("descend") {
		o.SortOrder = mvcc.SortDescend
	}
	return o
}

func generations(gens []mvcc.Generation) string {
	var out []string
	for _, g := range gens {
		var revs []string
		for _, r := range g.Revs {
			revs = append(revs, r.String())
		}
		if g.Ended {
			revs[len(revs)-1] += "t"
		}
		out = append(out, "{"+strings.Join(revs, ", ")+"}")
	}
	return strings.Join(out, " ")
}

func changes(t *testing.T, s *mvcc.Store, d *datadriven.TestData) string {
	var from int64
	d.ScanArgs(t, "from", &from)
	var out strings.Builder
	for c := range s.Changes(from) {
		switch {
		case c.Deleted:
			fmt.Fprintf(&out, "%s delete %s\n", c.Revision, c.KV.Key)
		case c.Created():
			fmt.Fprintf(&out, "%s create %s = %q\n", c.Revision, c.KV.Key, c.KV.Value)
		default:
			fmt.Fprintf(&out, "%s modify %s = %q\n", c.Revision, c.KV.Key, c.KV.Value)
		}
	}
	return out.String()
}
