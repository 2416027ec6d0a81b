package world

// finding is the newest record of a kind that somebody looks at, found once: cards show it in each frame.
type finding struct {
	key      string
	branch   int
	from, to uint64 // records with numbers from here to there have been looked at
	seq      uint64 // the newest that it is; 0: none of them is
}

// Newest returns the newest record, up to the instant shown, for which is holds, as far as the journal goes back; nil
// if there is none. Key stands for what is asked: asked again it is looked for among the records that have come since.
func (r *Run) Newest(key string, is func(*Record) bool) *Record {
	j, f := &r.world.journal, &r.found
	first, next := max(j.First(), 1), j.Next()
	if f.key != key || f.branch != r.current || f.seq >= next || first > f.to || next < f.from {
		*f = finding{key: key, branch: r.current, from: next, to: next}
	}
	if seq := j.newest(max(f.to, first), next, is); seq != 0 {
		f.seq = seq
	}
	if f.seq == 0 && first < f.from {
		f.seq = j.newest(first, min(f.from, next), is)
	}
	f.from, f.to = min(f.from, first), max(f.to, next)
	if f.seq == 0 {
		return nil
	}
	return r.Record(f.seq)
}

// newest returns the number of the newest record in [from, to) for which is holds; 0 if there is none.
func (j *Journal) newest(from, to uint64, is func(*Record) bool) uint64 {
	for seq := to; seq > from; seq-- {
		if is(j.records.Ref(int(seq - 1))) {
			return seq - 1
		}
	}
	return 0
}
