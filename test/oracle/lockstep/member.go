package lockstep

import (
	"encoding/binary"
	"slices"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/test/oracle/convert"
	theirs "go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

func rngOf(seed uint64) rng.Stream { return rng.New(seed, "input") }

// member is one member twice: ours and theirs, with one disk.
type member struct {
	id      raft.ID
	ours    *raft.Node
	theirs  *theirs.RawNode
	storage *storage
	jitter  rng.Stream // what theirs has yet to draw
	lives   int        // how often it has started

	async   bool
	threads [2]thread // only with asynchronous storage

	stage   stage
	rd      raft.Ready
	theirRd theirs.Ready

	synced, written disk // written is synced, plus what was written without a sync
	confs           []confAt
	applied         raft.Index // by the state machine, which loses nothing
	down            bool
}

// stage is where the host's loop stands.
type stage uint8

const (
	idle stage = iota
	taken
	wrote
)

// disk is what a host keeps: everything that is needed for a start.
type disk struct {
	hard    raft.HardState
	snap    raft.Snapshot
	entries []raft.Entry // contiguous; those up to snap are of no use any more
}

// write adds what a Ready hands out.
func (d *disk) write(rd *raft.Ready) {
	if s := rd.Snapshot; s != nil {
		d.snap, d.entries = *s, nil
	}
	if len(rd.Entries) > 0 {
		keep := 0
		for keep < len(d.entries) && d.entries[keep].Index < rd.Entries[0].Index {
			keep++
		}
		d.entries = append(d.entries[:keep:keep], rd.Entries...)
	}
	if rd.HardState != (raft.HardState{}) {
		d.hard = rd.HardState
	}
}

// stored returns what a member finds at its start.
func (d *disk) stored() raft.Stored {
	s := raft.Stored{HardState: d.hard, Snapshot: d.snap, Conf: d.snap.Conf}
	for _, e := range d.entries {
		if e.Index > d.snap.Index {
			s.Entries = append(s.Entries, e)
		}
	}
	return s
}

// confAt is the configuration from an applied index on.
type confAt struct {
	index raft.Index
	conf  raft.ConfState
}

// confBefore returns the configuration that was in force at an applied index.
func (m *member) confBefore(i raft.Index) raft.ConfState {
	var c raft.ConfState
	for _, at := range m.confs {
		if at.index <= i {
			c = at.conf
		}
	}
	return c
}

// storage is their MemoryStorage with a configuration that does not come from a snapshot.
type storage struct {
	*theirs.MemoryStorage
	conf pb.ConfState
}

// Snapshot says that there is none yet, where a MemoryStorage returns an empty one, on which theirs panics.
func (s *storage) Snapshot() (pb.Snapshot, error) {
	snap, err := s.MemoryStorage.Snapshot()
	if err == nil && theirs.IsEmptySnap(snap) {
		err = theirs.ErrSnapshotTemporarilyUnavailable
	}
	return snap, err
}

func (s *storage) InitialState() (pb.HardState, pb.ConfState, error) {
	h, _, err := s.MemoryStorage.InitialState()
	return h, s.conf, err
}

// start starts the member with what is on its disk.
func (m *member) start(s *Setup, broken Broken, keepApplied bool) error {
	st := m.synced.stored()
	if s.Base == 0 && m.synced.snap.Index == 0 {
		st.Conf = s.Conf
	}
	if keepApplied {
		st.Applied = min(m.applied, st.HardState.Commit)
		if st.Applied > st.Snapshot.Index {
			st.Conf = m.confBefore(st.Applied)
		} else {
			st.Applied = 0
		}
	}
	m.lives++
	m.jitter = rng.New(s.Seed+uint64(m.lives)<<32, "jitter "+m.id.String())
	var err error
	if m.ours, err = raft.New(s.ours(m.id, m.jitter, broken.Rules), st); err != nil {
		return err
	}
	m.storage = &storage{MemoryStorage: theirs.NewMemoryStorage(), conf: convert.Conf(st.Conf)}
	if st.Snapshot.Index > 0 {
		if err := m.storage.ApplySnapshot(convert.Snapshot(&st.Snapshot)); err != nil {
			return err
		}
	}
	if err := m.storage.Append(convert.Entries(st.Entries)); err != nil {
		return err
	}
	if err := m.storage.SetHardState(convert.Hard(st.HardState)); err != nil {
		return err
	}
	serve(&m.jitter, s.Config.ElectionTick)
	if m.theirs, err = theirs.NewRawNode(s.theirs(m.id, m.storage, st.Applied)); err != nil {
		return err
	}
	m.stage, m.down, m.written = idle, false, m.synced
	m.async, m.threads = s.Config.AsyncStorageWrites, [2]thread{}
	m.applied = max(st.Applied, st.Snapshot.Index)
	m.confs = append(slices.Clone(m.confs), confAt{m.applied, st.Conf})
	return nil
}

// jitterReader is crypto/rand.Reader's stand-in: it serves the draws of the member that is being driven.
type jitterReader struct {
	stream *rng.Stream
	n      int
}

// Read fills p with the next draw in [0, n), as the big-endian number that crypto/rand.Int will read from it.
func (r *jitterReader) Read(p []byte) (int, error) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(r.stream.Intn(r.n)))
	clear(p)
	copy(p[max(0, len(p)-8):], b[max(0, 8-len(p)):])
	return len(p), nil
}
