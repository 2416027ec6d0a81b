package raft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/raft/entry"
)

var roleNames = [...]string{"follower", "candidate", "leader", "pre-candidate"}

// String returns the role's name.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return "role " + strconv.Itoa(int(r))
}

var messageNames = [...]string{
	"Hup", "Beat", "Prop", "App", "AppResp", "Vote", "VoteResp", "Snap", "Heartbeat", "HeartbeatResp", "Unreachable",
	"SnapStatus", "CheckQuorum", "TransferLeader", "TimeoutNow", "ReadIndex", "ReadIndexResp", "PreVote", "PreVoteResp",
	"StorageAppend", "StorageAppendResp", "StorageApply", "StorageApplyResp", "ForgetLeader",
}

// String returns the name without the prefix Msg: App, VoteResp, ….
func (t MessageType) String() string {
	if int(t) < len(messageNames) {
		return messageNames[t]
	}
	return "message " + strconv.Itoa(int(t))
}

// local reports whether messages of that type never come from the network (etcd raft/util.go IsLocalMsg).
func (t MessageType) local() bool {
	switch t {
	case MsgHup, MsgBeat, MsgUnreachable, MsgSnapStatus, MsgCheckQuorum,
		MsgStorageAppend, MsgStorageAppendResp, MsgStorageApply, MsgStorageApplyResp:
		return true
	}
	return false
}

// response reports whether messages of that type answer a request, so that only members can send them.
func (t MessageType) response() bool {
	switch t {
	case MsgAppResp, MsgVoteResp, MsgHeartbeatResp, MsgReadIndexResp, MsgPreVoteResp:
		return true
	}
	return false
}

// Size returns about how many bytes the message takes on the wire.
func (m *Message) Size() int {
	n := 24 + len(m.Context) + int(entry.Sizes(m.Entries)) + 3*len(m.Entries)
	if s := m.Snapshot; s != nil {
		members := len(s.Conf.Voters) + len(s.Conf.Learners) + len(s.Conf.VotersOutgoing) + len(s.Conf.LearnersNext)
		n += 16 + len(s.Data) + 3*members
	}
	return n
}

// String returns the message on one line: "n1→n2 App term 2 after 2/5 +1 entry commit 5".
func (m Message) String() string {
	b := make([]byte, 0, 96)
	str := func(s string) { b = append(b, s...) }
	num := func(label string, v uint64) {
		str(label)
		b = strconv.AppendUint(b, v, 10)
	}
	at := func(label string, t Term, i Index) {
		num(label, uint64(t))
		num("/", uint64(i))
	}
	str(m.From.String())
	str("→")
	str(m.To.String())
	str(" ")
	str(m.Type.String())
	if m.Term != 0 {
		num(" term ", uint64(m.Term))
	}
	switch m.Type {
	case MsgApp:
		at(" after ", m.LogTerm, m.Index)
		m.entriesText(&b)
		num(" commit ", uint64(m.Commit))
	case MsgAppResp:
		if m.Reject {
			num(" refused after ", uint64(m.Index))
			at(" hint ", m.LogTerm, m.RejectHint)
		} else {
			num(" up to ", uint64(m.Index))
		}
	case MsgVote, MsgPreVote:
		at(" log ends ", m.LogTerm, m.Index)
	case MsgVoteResp, MsgPreVoteResp:
		str(map[bool]string{true: " refused", false: " granted"}[m.Reject])
	case MsgHeartbeat:
		num(" commit ", uint64(m.Commit))
	case MsgSnap:
		if m.Snapshot != nil {
			at(" ", m.Snapshot.Term, m.Snapshot.Index)
		}
	case MsgReadIndexResp:
		num(" index ", uint64(m.Index))
	case MsgStorageAppendResp:
		at(" up to ", m.LogTerm, m.Index)
	case MsgProp, MsgStorageAppend, MsgStorageApply, MsgStorageApplyResp:
		m.entriesText(&b)
	}
	if len(m.Context) > 0 {
		str(" context ")
		b = strconv.AppendQuote(b, string(m.Context))
	}
	return string(b)
}

func (m *Message) entriesText(b *[]byte) {
	switch n := len(m.Entries); n {
	case 0:
	case 1:
		*b = append(*b, " +1 entry"...)
	default:
		*b = append(strconv.AppendInt(append(*b, " +"...), int64(n), 10), " entries"...)
	}
}

// Label names the message in a few characters, as on its glyph: "App 11–12", "✓ 11", "♥", "vote? t4".
func (m *Message) Label() string {
	switch m.Type {
	case MsgApp:
		return m.entrySpan()
	case MsgAppResp:
		if m.Reject {
			return fmt.Sprintf("✗ %d", m.Index)
		}
		return fmt.Sprintf("✓ %d", m.Index)
	case MsgSnap:
		return fmt.Sprintf("snap %d", m.Snapshot.Index)
	case MsgHeartbeat:
		return "♥"
	case MsgHeartbeatResp:
		return "♥ ✓"
	case MsgVote:
		return fmt.Sprintf("vote? t%d", m.Term)
	case MsgPreVote:
		return fmt.Sprintf("pre? t%d", m.Term)
	case MsgVoteResp, MsgPreVoteResp:
		answer := "yes"
		if m.Reject {
			answer = "no"
		}
		return fmt.Sprintf("%s t%d", answer, m.Term)
	case MsgProp:
		return "prop"
	case MsgReadIndex:
		return "read?"
	case MsgReadIndexResp:
		return fmt.Sprintf("read %d", m.Index)
	case MsgTimeoutNow:
		return "campaign!"
	}
	return strings.TrimPrefix(m.Type.String(), "Msg")
}

func (m *Message) entrySpan() string {
	switch len(m.Entries) {
	case 0:
		return fmt.Sprintf("commit %d", m.Commit)
	case 1:
		return fmt.Sprintf("App %d", m.Entries[0].Index)
	}
	return fmt.Sprintf("App %d–%d", m.Entries[0].Index, m.Entries[len(m.Entries)-1].Index)
}
