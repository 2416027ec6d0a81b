package server

import (
	"fmt"
	"reflect"
	"time"

	"github.com/etcdscope/etcdscope/core/api"
)

// difference is what two sides answer differently to a call.
type difference struct {
	op           any
	ours, theirs answer
}

// Error shows both answers.
func (d *difference) Error() string { return fmt.Sprintf("ours   %s\ntheirs %s", d.ours, d.theirs) }

// class is the same for differences that probably have the same reason.
func (d *difference) class() string {
	return fmt.Sprintf("%T: %s, %s", d.op, d.ours.Err, d.theirs.Err)
}

// class of any error that a run has ended with.
func class(err error) string {
	if d, ok := err.(*difference); ok {
		return d.class()
	}
	return err.Error()
}

// differ compares the two answers to a call, in their plain form, when the real side has lived for so long. It returns
// nothing if they are equal.
func differ(call api.Call, ours, theirs answer, lived time.Duration) error {
	d := &difference{call, ours, theirs}
	if ours.Err != theirs.Err || ours.Code != theirs.Code {
		return d
	}
	if sameTTL(ours.Reply.Body, theirs.Reply.Body, int64(lived/time.Second)) {
		ours.Reply.Body = theirs.Reply.Body
	}
	if !reflect.DeepEqual(ours.Reply, theirs.Reply) {
		return d
	}
	return nil
}

// slack is by how many seconds the rest of a lease's life may differ, besides those that have passed for the real side.
const slack = 5

// sameTTL compares two answers to LeaseTimeToLive.
func sameTTL(ours, theirs api.Body, lived int64) bool {
	a, ok := ours.(api.LeaseTimeToLiveReply)
	b, is := theirs.(api.LeaseTimeToLiveReply)
	if !ok || !is || b.TTL > a.TTL+slack || b.TTL < a.TTL-slack-lived || (a.TTL < 0) != (b.TTL < 0) {
		return false
	}
	a.TTL = b.TTL
	return reflect.DeepEqual(a, b)
}

// String shows the error, or the reply.
func (a answer) String() string {
	switch {
	case a.Told != nil:
		return literal(a.Told)
	case a.Err != "":
		return fmt.Sprintf("%q (%s)", a.Err, a.Code)
	}
	return literal(a.Reply)
}
