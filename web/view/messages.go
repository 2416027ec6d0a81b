package view

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// messagesMost is how many messages are drawn: more cannot be told apart. The newest ones are left out, so that those
// drawn arrive.
const messagesMost = 40

// lostFor is how long a lost message stays visible, as a share of what a message takes: the median latency between
// members, times this.
const lostFor = 3

func messages(w *world.World) []wire.Message {
	var list []wire.Message
	for _, fl := range w.InFlight() {
		if len(list) == messagesMost {
			break
		}
		m := message(fl.Packet)
		m.Due = int64(fl.Due)
		if fl.Due < 0 {
			m.Fate = wire.Held
		}
		list = append(list, m)
	}
	return append(list, lost(w)...)
}

// lost finds the messages that were lost just now.
func lost(w *world.World) []wire.Message {
	var list []wire.Message
	j := w.Journal()
	since := w.Now() - lostFor*w.Preset().Peer[1].At
	for seq := j.Next() - 1; seq >= j.First() && len(list) < messagesMost/2; seq-- {
		r := j.At(seq)
		if r == nil || r.At < since {
			break
		}
		if r.Kind == world.Lost {
			m := message(r.Packet)
			m.Fate, m.Due = wire.Lost, -1
			list = append(list, m)
		}
	}
	return list
}

func message(p *world.Packet) wire.Message {
	m := wire.Message{
		ID: p.ID, From: p.From.String(), To: p.To.String(), Sent: int64(p.Sent),
		Label: p.Label(), Text: sentence(p), Class: class(p),
	}
	if p.Raft() != nil {
		m.Term, m.Negative = uint64(p.Raft().Term), p.Raft().Reject
	}
	if (p.Response() != nil && p.Response().Err != "") || (p.ServerMessage() != nil && p.ServerMessage().Err != "") {
		m.Negative = true
	}
	return m
}

// class groups messages for colour and shape.
func class(p *world.Packet) wire.Class {
	switch {
	case p.ClientMessage() != nil || p.ServerMessage() != nil:
		return wire.ClassWatch
	case p.Raft() == nil:
		return wire.ClassClient
	}
	switch p.Raft().Type {
	case raft.MsgApp, raft.MsgProp:
		return wire.ClassAppend
	case raft.MsgAppResp:
		return wire.ClassAck
	case raft.MsgVote, raft.MsgVoteResp, raft.MsgPreVote, raft.MsgPreVoteResp, raft.MsgTimeoutNow:
		return wire.ClassVote
	case raft.MsgHeartbeat, raft.MsgHeartbeatResp:
		return wire.ClassBeat
	case raft.MsgSnap:
		return wire.ClassSnapshot
	case raft.MsgReadIndex, raft.MsgReadIndexResp:
		return wire.ClassRead
	}
	return wire.ClassOther
}

// sentence says what a message says.
func sentence(p *world.Packet) string {
	from, to := p.From, p.To
	switch {
	case p.Request() != nil:
		return fmt.Sprintf("%v asks %v: %s.", from, to, etcd.CallText(p.Request().Call))
	case p.Response() != nil && p.Response().Err != "":
		return fmt.Sprintf("%v answers %v with an error: %s.", from, to, p.Response().Err)
	case p.ClientMessage() != nil:
		return fmt.Sprintf("%v to %v: %s", from, to, upSentence(p.ClientMessage()))
	case p.ServerMessage() != nil:
		return fmt.Sprintf("%v to %v: %s", from, to, downSentence(p.ServerMessage()))
	case p.Response() != nil:
		return fmt.Sprintf("%v answers %v at revision %d.", from, to, p.Response().Header.Revision)
	}
	return fmt.Sprintf("%v to %v: %s", from, to, raftSentence(p.Raft()))
}

// upSentence says what a client says on a watch stream, downSentence what it is told there.
func upSentence(u *etcd.ClientMessage) string {
	switch {
	case u.End:
		return "I am done watching."
	case u.Request == nil:
		return "about my watches."
	case u.Request.Kind == watch.Progress:
		return "how far have I been told everything?"
	case u.Request.Start == 0:
		return "tell me of every change of " + rangeText(u.Request.Key, u.Request.End) + " from now on."
	}
	return fmt.Sprintf("tell me of every change of %s from revision %d on.", rangeText(u.Request.Key, u.Request.End),
		u.Request.Start)
}

func downSentence(d *etcd.ServerMessage) string {
	m := d.Message
	switch {
	case d.Closed && d.Err == "":
		return "the stream is closed."
	case d.Closed:
		return "the stream is closed: " + d.Err + "."
	case m == nil:
		return "nothing."
	case m.Created:
		return fmt.Sprintf("you are watching; the store is at revision %d.", m.Revision)
	case m.CompactRevision != 0:
		return fmt.Sprintf("your watch is canceled: everything before revision %d is compacted.", m.CompactRevision)
	case m.Canceled:
		return "your watch is canceled. " + m.Reason
	case m.IsProgress():
		return fmt.Sprintf("you have been told everything up to revision %d.", m.Revision)
	case len(m.Events) == 1:
		e := m.Events[0]
		if e.Deleted {
			return fmt.Sprintf("%s was deleted at revision %d.", e.KV.Key, e.Revision.Main)
		}
		return fmt.Sprintf("%s = %s at revision %d.", e.KV.Key, clip(e.KV.Value), e.Revision.Main)
	}
	return fmt.Sprintf("%d changes up to revision %d.", len(m.Events), m.Events[len(m.Events)-1].Revision.Main)
}

func raftSentence(m *raft.Message) string {
	switch m.Type {
	case raft.MsgApp:
		if len(m.Entries) == 0 {
			return fmt.Sprintf("everything up to entry %d is committed. No new entries.", m.Commit)
		}
		return fmt.Sprintf("append %d entries behind entry %d of term %d; up to %d is committed.", len(m.Entries), m.Index,
			m.LogTerm, m.Commit)
	case raft.MsgAppResp:
		if m.Reject {
			return fmt.Sprintf("no: I do not have entry %d as you say. Our logs may agree at %d.", m.Index, m.RejectHint)
		}
		return fmt.Sprintf("I hold everything up to entry %d on disk.", m.Index)
	case raft.MsgVote:
		return fmt.Sprintf("vote for me in term %d? My log ends at entry %d of term %d.", m.Term, m.Index, m.LogTerm)
	case raft.MsgPreVote:
		return fmt.Sprintf("would you vote for me in term %d? My log ends at entry %d of term %d.", m.Term, m.Index,
			m.LogTerm)
	case raft.MsgVoteResp, raft.MsgPreVoteResp:
		if m.Reject {
			return fmt.Sprintf("no, not in term %d.", m.Term)
		}
		return fmt.Sprintf("yes, in term %d.", m.Term)
	case raft.MsgHeartbeat:
		return fmt.Sprintf("I lead term %d; up to entry %d is committed.", m.Term, m.Commit)
	case raft.MsgHeartbeatResp:
		return "I hear you."
	case raft.MsgProp:
		return "a client's proposal, for you who lead."
	case raft.MsgReadIndex:
		return "up to which entry must I have applied to serve a read?"
	case raft.MsgReadIndexResp:
		return fmt.Sprintf("serve the read once you have applied entry %d.", m.Index)
	}
	return m.String()
}

// Moving returns the progress of each message that is drawn: what moves between two frames.
func Moving(w *world.World) []wire.MovingMessage {
	var list []wire.MovingMessage
	for _, fl := range w.InFlight() {
		if len(list) == messagesMost {
			break
		}
		list = append(list, wire.MovingMessage{ID: fl.ID, Progress: progress(fl, w.Now())})
	}
	for _, m := range lost(w) {
		list = append(list, wire.MovingMessage{ID: m.ID, Progress: 0.5})
	}
	return list
}

// progress is the share of its way that a message has come. A held message waits in the middle.
func progress(fl world.Flight, now sim.Time) float32 {
	if fl.Due < 0 {
		return 0.5
	}
	if fl.Due <= fl.Sent {
		return 1
	}
	return min(max(float32(now-fl.Sent)/float32(fl.Due-fl.Sent), 0), 1)
}
