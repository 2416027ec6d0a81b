package lockstep

import (
	"fmt"
	"math"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	theirs "go.etcd.io/raft/v3"
)

// Setup is what a run starts with. All of it follows from the seed.
type Setup struct {
	Seed    uint64
	Members int // n1 … nMembers exist; who of them is in the group at first is in Conf
	Conf    raft.ConfState
	Base    raft.Index // the founders start with a snapshot of this index; 0: with an empty disk
	Config  raft.Config
	Late    bool // changes of the group are applied after Advance instead of before
}

// draw is the seed's stream, with the few shapes of draws that setups and inputs need.
type draw struct{ rng.Stream }

func (d *draw) n(n int) int            { return d.Intn(n) }
func (d *draw) yes(percent int) bool   { return d.Intn(100) < percent }
func (d *draw) of(vs ...uint64) uint64 { return vs[d.Intn(len(vs))] }
func (d *draw) between(lo, hi int) int { return lo + d.Intn(hi-lo+1) }

// NewSetup draws a setup. Every switch that both implementations have is drawn.
func NewSetup(seed uint64) Setup {
	d := &draw{rng.New(seed, "setup")}
	s := Setup{Seed: seed, Members: d.between(1, 7), Late: d.yes(20)}
	founders := d.between(1, s.Members)
	if d.yes(75) {
		s.Members, founders = d.between(3, 7), d.between(3, 5)
	}
	for id := 1; id <= min(founders, s.Members); id++ {
		if id > 1 && d.yes(20) {
			s.Conf.Learners = append(s.Conf.Learners, raft.ID(id))
		} else {
			s.Conf.Voters = append(s.Conf.Voters, raft.ID(id))
		}
	}
	if d.yes(70) {
		s.Base = raft.Index(d.between(1, 5))
	}
	c := raft.Config{
		HeartbeatTick: d.between(1, 3),

		MaxSizePerMsg:             d.of(0, 30, 100, 1<<20, math.MaxUint64),
		MaxCommittedSizePerReady:  d.of(1, 40, 200, 1<<20, math.MaxUint64),
		MaxUncommittedEntriesSize: d.of(0, 0, 50, 500),
		MaxInflightMsgs:           int(d.of(1, 2, 3, 8, 256)),

		CheckQuorum: d.yes(60), PreVote: d.yes(60),
		DisableProposalForwarding:   d.yes(15),
		DisableConfChangeValidation: d.yes(15),
		StepDownOnRemoval:           d.yes(30),
	}
	c.ElectionTick = c.HeartbeatTick + d.between(1, 12)
	if d.yes(30) {
		c.MaxInflightBytes = c.MaxSizePerMsg
		if c.MaxInflightBytes < math.MaxUint64/2 {
			c.MaxInflightBytes += uint64(d.between(1, 100))
		}
	}
	c.ReadOnlyLeaseBased = c.CheckQuorum && d.yes(25)
	c.AsyncStorageWrites = d.yes(30)
	if c.MaxSizePerMsg > 0 && d.yes(10) {
		c.MaxCommittedSizePerReady = 0 // MaxSizePerMsg then; with both 0 theirs would apply nothing
	}
	s.Config = c
	return s
}

// String writes the setup on a few lines.
func (s Setup) String() string {
	return fmt.Sprintf("seed %d: %d members, base %d, late %t, conf %+v\n%+v", s.Seed, s.Members, s.Base, s.Late, s.Conf,
		s.Config)
}

// ours returns the configuration of one of our members. broken is nothing, except to see that the comparison works.
func (s *Setup) ours(id raft.ID, jitter rng.Stream, broken rule.Set) raft.Config {
	c := s.Config
	c.ID, c.Jitter, c.Off = id, jitter, broken
	return c
}

// theirs returns the same configuration in their form.
func (s *Setup) theirs(id raft.ID, disk theirs.Storage, applied raft.Index) *theirs.Config {
	c := s.Config
	t := &theirs.Config{
		ID: uint64(id), ElectionTick: c.ElectionTick, HeartbeatTick: c.HeartbeatTick, Storage: disk, Applied: uint64(applied),
		MaxSizePerMsg: c.MaxSizePerMsg, MaxCommittedSizePerReady: c.MaxCommittedSizePerReady,
		MaxUncommittedEntriesSize: c.MaxUncommittedEntriesSize, MaxInflightMsgs: c.MaxInflightMsgs,
		MaxInflightBytes: c.MaxInflightBytes, CheckQuorum: c.CheckQuorum, PreVote: c.PreVote,
		DisableProposalForwarding: c.DisableProposalForwarding, StepDownOnRemoval: c.StepDownOnRemoval,
		DisableConfChangeValidation: c.DisableConfChangeValidation, AsyncStorageWrites: c.AsyncStorageWrites,
		Logger: silent{},
	}
	if c.ReadOnlyLeaseBased {
		t.ReadOnlyOption = theirs.ReadOnlyLeaseBased
	}
	return t
}

// silent is their logger without a voice; only a panic is heard.
type silent struct{}

func (silent) Debug(...any)              {}
func (silent) Debugf(string, ...any)     {}
func (silent) Error(...any)              {}
func (silent) Errorf(string, ...any)     {}
func (silent) Info(...any)               {}
func (silent) Infof(string, ...any)      {}
func (silent) Warning(...any)            {}
func (silent) Warningf(string, ...any)   {}
func (silent) Fatal(v ...any)            { panic(fmt.Sprint(v...)) }
func (silent) Fatalf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (silent) Panic(v ...any)            { panic(fmt.Sprint(v...)) }
func (silent) Panicf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
