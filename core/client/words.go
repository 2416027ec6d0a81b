package client

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
)

// Verb says in a word or two what the event tells, Detail the rest: "acknowledged", "put a 1: OK, revision 7".
func (e *Event) Verb() string {
	switch e.Kind {
	case Called:
		return "calls"
	case Retried:
		return "sends again"
	case WillRetry:
		return "asks again"
	case Unreachable:
		return "is not connected"
	case Reached:
		return "is connected"
	case Learned:
		return "has learned"
	case WatchCalled:
		return "watches"
	case WatchReceived:
		return "is told"
	case WatchBroken:
		return "lost its watch"
	case WatchEnded:
		return "watch ended"
	case Queued:
		return "waits in line"
	case Held:
		return "is first in line"
	case Released:
		return "left the line"
	case SessionLost:
		return "lost its lease"
	case Printed:
		return "prints"
	}
	return e.Operation.Outcome.String()
}

// Detail is what Verb leaves to say.
func (e *Event) Detail() string {
	switch e.Kind {
	case Queued:
		return "until " + e.Text + " is gone"
	case Held, Released, SessionLost, Printed:
		return e.Text
	case Unreachable:
		return "to " + e.Endpoint.String() + ": " + e.Text
	case Reached:
		return "to " + e.Endpoint.String() + " again"
	case Learned:
		return "its endpoints: " + e.Text
	}
	if e.Kind >= WatchCalled {
		return e.watchText()
	}
	op := &e.Operation
	switch e.Kind {
	case Called:
		return op.Asked()
	case WillRetry:
		return op.Asked() + ": " + e.Text
	case Retried:
		return op.Asked() + " to " + op.Endpoint.String()
	}
	return op.Asked() + ": " + op.Told()
}

// watchText says what happened to a watch: "watch 1 of /pods/ --prefix: 2 events up to revision 7".
func (e *Event) watchText() string {
	s := fmt.Sprintf("watch %d of %s", e.Watch.ID, api.KeyRange(e.Watch.Request.Key, e.Watch.Request.End))
	if e.Watch.Hidden() {
		s = "watch of " + api.KeyRange(e.Watch.Request.Key, e.Watch.Request.End)
	}
	switch e.Kind {
	case WatchCalled:
		return s
	case WatchReceived:
		if n := len(e.Message.Events); n > 0 {
			return fmt.Sprintf("%s: %d events up to revision %d", s, n, e.Watch.Next-1)
		}
		return fmt.Sprintf("%s: nothing happened up to revision %d", s, e.Message.Revision)
	case WatchBroken:
		return fmt.Sprintf("%s: %s; it goes on from revision %d", s, e.Text, e.Watch.Next)
	}
	if e.Text != "" {
		return s + ": " + e.Text
	}
	return s
}

// Asked says what the operation asks for, as a command would.
func (op *Operation) Asked() string { return etcd.CallText(op.Request.Call) }

// Told says what a client was told about an operation.
func (op *Operation) Told() string {
	resp := op.Response
	switch {
	case op.Outcome == Waiting:
		return "no answer yet"
	case op.Err != "":
		return op.Err
	case resp.Database != nil:
		return fmt.Sprintf("saved, revision %d", resp.Header.Revision)
	}
	switch b := resp.Body.(type) {
	case api.PutReply:
		return fmt.Sprintf("OK, revision %d", resp.Header.Revision)
	case api.DeleteReply:
		return fmt.Sprintf("%d deleted, revision %d", b.Deleted, resp.Header.Revision)
	case api.RangeReply:
		switch {
		case b.Count == 0:
			return fmt.Sprintf("no such key, revision %d", resp.Header.Revision)
		case b.Count == 1 && len(b.KVs) == 1:
			return fmt.Sprintf("%s, revision %d", api.Shorten(b.KVs[0].Value), resp.Header.Revision)
		}
		return fmt.Sprintf("%d keys, revision %d", b.Count, resp.Header.Revision)
	case api.TxnReply:
		if b.Succeeded {
			return fmt.Sprintf("succeeded, revision %d", resp.Header.Revision)
		}
		return fmt.Sprintf("took the other branch, revision %d", resp.Header.Revision)
	case api.LeaseGrantReply:
		return fmt.Sprintf("lease %016x for %ds", uint64(b.ID), b.TTL)
	case api.LeaseKeepAliveReply:
		return fmt.Sprintf("%ds more", b.TTL)
	case api.LeaseTimeToLiveReply:
		return fmt.Sprintf("%ds left of %ds", b.TTL, b.Granted)
	case api.LeaseLeasesReply:
		return fmt.Sprintf("%d leases", len(b.IDs))
	case api.AlarmReply:
		return fmt.Sprintf("%d alarms", len(b.Alarms))
	case api.MembersReply:
		return fmt.Sprintf("%d members", len(b.Members))
	case api.HashKVReply:
		return fmt.Sprintf("%d at revision %d", b.Hash, b.HashRevision)
	}
	return "done"
}
