package view

import (
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// eventLines is how many records the event list shows.
const eventLines = 60

// events returns the newest records, oldest first, without those that only say that a quiet cluster is quiet.
func events(w *world.World, most int) []wire.Event {
	j := w.Journal()
	list := make([]wire.Event, 0, most)
	for seq := j.Next() - 1; seq >= j.First() && len(list) < most; seq-- {
		if r := j.At(seq); r != nil && !routine(r) {
			list = append(list, event(r))
		}
	}
	for i, k := 0, len(list)-1; i < k; i, k = i+1, k-1 {
		list[i], list[k] = list[k], list[i]
	}
	return list
}

// routine reports whether a record is a heartbeat or housekeeping. They are on the stage and in the journal; the list
// leaves them out.
func routine(r *world.Record) bool {
	switch r.Kind {
	case world.Sent, world.Received, world.Lost:
		p := r.Packet
		return r.Rule != rule.MessageFault && p.Raft() != nil &&
			(p.Raft().Type == raft.MsgHeartbeat || p.Raft().Type == raft.MsgHeartbeatResp)
	case world.AtMember:
		return r.Member.Kind == etcd.BackendCommit
	}
	return false
}

func event(r *world.Record) wire.Event {
	return wire.Event{
		Seq: r.Seq, At: int64(r.At), Where: r.Where.String(), Verb: r.Verb(), Text: r.Detail(), Tone: tone(r),
		Select: wire.Selection{Of: wire.SelectRecord, Number: int64(r.Seq)},
	}
}

func tone(r *world.Record) wire.Tone {
	switch r.Kind {
	case world.Lost, world.Violated, world.Ineffective:
		return wire.Bad
	case world.Sent, world.Received:
		return wire.Quiet
	case world.AtClient:
		return clientTone(r.Client)
	case world.AtMember:
		switch r.Member.Kind {
		case etcd.Crashed, etcd.NotStarted, etcd.HashesDiffer, etcd.Expired, etcd.AlarmRaised, etcd.LeaseExpired:
			return wire.Bad
		case etcd.AlarmCleared:
			return wire.Good
		case etcd.WatchEvent:
			return watchTones[r.Member.Watch.Kind]
		case etcd.RaftEvent:
			if r.Member.Raft.Kind == raft.BecameLeader {
				return wire.Good
			}
		}
	}
	return wire.Plain
}

var watchTones = map[watch.EventKind]wire.Tone{
	watch.StreamRefused: wire.Bad, watch.WatchRefused: wire.Bad, watch.WatchCompacted: wire.Bad,
	watch.BecameVictim:   wire.Bad,
	watch.VictimRelieved: wire.Good, watch.CaughtUp: wire.Good,
}

func clientTone(e *client.Event) wire.Tone {
	switch e.Kind {
	case client.Returned:
		if e.Operation.Outcome == client.Acknowledged {
			return wire.Good
		}
		return wire.Bad
	case client.WatchReceived:
		return wire.Good
	case client.WatchBroken:
		return wire.Bad
	case client.WatchEnded:
		if e.Text != "" {
			return wire.Bad
		}
	}
	return wire.Plain
}
