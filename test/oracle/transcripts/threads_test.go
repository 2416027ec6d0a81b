package transcripts

import (
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// handOut sends the messages of an asynchronous member: to its threads, or to others.
func (e *env) handOut(t *testing.T, n *node, out []raft.Message) {
	for _, m := range out {
		switch m.To {
		case raft.LocalAppendThread:
			n.work[appendThread] = append(n.work[appendThread], m)
		case raft.LocalApplyThread:
			n.work[applyThread] = append(n.work[applyThread], m)
		default:
			e.messages = append(e.messages, m)
		}
	}
}

// thread is one of the two of an asynchronous member.
type thread int

const (
	appendThread thread = iota
	applyThread
)

func (t thread) String() string { return [...]string{"append", "apply"}[t] }

var threads = map[string]thread{"process-append-thread": appendThread, "process-apply-thread": applyThread}

// processThread does the next piece of a thread's work and sends what is to be sent after it.
func (e *env) processThread(t *testing.T, n *node, th thread) {
	if len(n.work[th]) == 0 {
		e.printf("no %s work to perform", th)
		return
	}
	m := n.work[th][0]
	n.work[th] = n.work[th][1:]
	responses := m.Responses
	m.Responses = nil
	e.printf("Processing:\n%s\n", describe(&m))
	if th == applyThread {
		for i := range m.Entries {
			n.apply(t, &m.Entries[i])
		}
	} else if len(m.Entries) > 0 {
		n.disk = slices.DeleteFunc(n.disk, func(old raft.Entry) bool { return old.Index >= m.Entries[0].Index })
		n.disk = append(n.disk, m.Entries...)
	}
	e.printf("Responses:\n")
	for i := range responses {
		e.printf("%s\n", describe(&responses[i]))
	}
	e.messages = append(e.messages, responses...)
}

// threadCommand lets the thread of some members do a piece of work each.
func (e *env) threadCommand(t *testing.T, ids []int, th thread) {
	for _, id := range ids {
		if len(ids) > 1 {
			e.printf("> %d processing %s thread\n", id, th)
			e.indented(func() { e.processThread(t, e.nodes[id-1], th) })
		} else {
			e.processThread(t, e.nodes[id-1], th)
		}
	}
}

// drainThreads lets the threads do all their work and reports whether there was any.
func (e *env) drainThreads(t *testing.T, ids []int) (busy bool) {
	for _, th := range []thread{appendThread, applyThread} {
		for _, id := range ids {
			n := e.nodes[id-1]
			if len(n.work[th]) > 0 {
				busy = true
				e.printf("> %d processing %s thread\n", id, th)
			}
			for len(n.work[th]) > 0 {
				e.indented(func() { e.processThread(t, n, th) })
			}
		}
	}
	return busy
}

// ofOneMember reports whether the message stays within a member: such ones are never lost.
func ofOneMember(m *raft.Message) bool {
	return m.From == m.To || m.From >= raft.LocalApplyThread || m.To >= raft.LocalApplyThread
}
