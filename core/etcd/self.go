package etcd

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// self is who a process is, as it knows that without asking anybody.
type self struct {
	cfg         *Config
	host        sim.Host
	id          raft.ID // of the directory that it was started from
	incarnation uint32  // counts the starts on this machine
	startedAt   sim.Time
	twins       *mvcc.Twins
}

func (s *self) electionTimeout() sim.Time { return s.cfg.Tick * sim.Time(s.cfg.ElectionTicks) }

// ownID numbers a member's own proposals, apart from all clients' and from those of its earlier incarnations.
func (s *self) ownID(n uint32) uint64 {
	return ownBit | uint64(s.host)<<56 | uint64(s.incarnation&0xffffff)<<32 | uint64(n)
}

// questionBase sets an incarnation's questions to Raft apart from all others.
func (s *self) questionBase() uint64 { return uint64(s.host)<<56 | uint64(s.incarnation&0xffff)<<40 }

func (s *self) raftConfig() raft.Config {
	return raft.Config{
		ID:              s.id,
		ElectionTick:    s.cfg.ElectionTicks,
		HeartbeatTick:   1,
		Jitter:          rng.New(s.cfg.Seed, fmt.Sprintf("election/%v/%d", s.host, s.incarnation)),
		MaxSizePerMsg:   maxSizePerMsg,
		MaxInflightMsgs: maxInflightMsgs,
		CheckQuorum:     true,
		PreVote:         true,
		Off:             s.cfg.Off,
	}
}

func (s *self) leaseConfig() lease.Config {
	return lease.Config{
		MinTTL: lease.MinTTL(s.cfg.ElectionTicks, s.cfg.Tick), Retry: s.cfg.RequestTimeout(),
		Checkpoints: s.cfg.LeaseCheckpoints,
	}
}
