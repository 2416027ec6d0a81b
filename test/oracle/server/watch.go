package server

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// Watch asks for a watcher on a stream, which is opened if need be.
type Watch struct {
	Stream                                       int
	Key, End                                     string
	Start, ID                                    int64
	PrevKV, NoPut, NoDelete, Fragment, Bookmarks bool
}

// Cancel ends a watcher.
type Cancel struct {
	Stream int
	ID     int64
}

// Progress asks how far all watchers of a stream are.
type Progress struct{ Stream int }

// Gather waits until all streams have told everything, and compares what they have told since the last time.
type Gather struct{}

// message is what a stream tells.
type message struct {
	Header                      api.Header
	ID                          int64
	Created, Canceled, Fragment bool
	Compact                     int64
	Reason                      string
	Events                      []event
}

type event struct {
	Deleted bool
	KV      mvcc.KeyValue
	Prev    *mvcc.KeyValue
}

// watching is a side whose streams can be watched.
type watching interface {
	side
	open(stream int) error
	send(stream int, request any) error
	messages(stream int) []message   // all so far
	wait(stream int, known int) bool // until there are more messages than are known; false: there will not be
	settle() error                   // waits until no watcher is behind
}

// Each stream has a watcher of a key of its own. When that key is put, whatever was to be told before has been told: a
// stream keeps the order of revisions.
const (
	markerID  = 1000
	markerKey = "~"
)

// received is how far the messages of the streams have been compared, by stream.
type received map[int]int

// streams returns the open streams in order.
func (t received) streams() (list []int) {
	for s := range t {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

var errSilent = errors.New("a stream that has something to tell is silent")

// watch carries out an operation on the streams of both sides.
func (p *pair) watch(op any) error {
	switch op := op.(type) {
	case Gather:
		return p.gather()
	case Watch:
		if err := p.open(op.Stream); err != nil {
			return err
		}
		return p.created(op.Stream, op)
	case Cancel:
		if err := p.gather(); err != nil { // else its last events may come before its end or after
			return err
		}
		return p.request(op.Stream, op)
	case Progress:
		if err := p.settle(); err != nil {
			return err
		}
		return p.request(op.Stream, op)
	}
	return fmt.Errorf("no operation: %T", op)
}

func (p *pair) both() [2]watching { return [2]watching{p.ours.(watching), p.theirs.(watching)} }

func (p *pair) settle() error {
	both := p.both()
	return errors.Join(both[0].settle(), both[1].settle())
}

func (p *pair) open(stream int) error {
	if _, ok := p.received[stream]; ok {
		return nil
	}
	for _, s := range p.both() {
		if err := s.open(stream); err != nil {
			return err
		}
	}
	p.received[stream] = 0
	return p.created(stream, Watch{Key: markerKey, ID: markerID})
}

// created asks for a watcher and compares what is said to that, at once: responses about watchers and their events have
// no common order.
func (p *pair) created(stream int, w Watch) error {
	var answers [2]message
	for i, s := range p.both() {
		known := len(s.messages(stream))
		if err := s.send(stream, w); err != nil {
			return err
		}
		m, err := firstMessage(s, stream, known, func(m *message) bool { return m.Created })
		if err != nil {
			return err
		}
		answers[i] = m
	}
	if err := p.settle(); err != nil {
		return err
	}
	if !reflect.DeepEqual(answers[0], answers[1]) {
		return &difference{w, answer{Told: answers[0]}, answer{Told: answers[1]}}
	}
	return nil
}

// request sends what may have no answer. A watcher that cannot be follows it: the answer to that tells that the request
// was read.
func (p *pair) request(stream int, request any) error {
	if _, ok := p.received[stream]; !ok {
		return nil
	}
	for _, s := range p.both() {
		known := len(s.messages(stream))
		if err := errors.Join(s.send(stream, request), s.send(stream, Watch{Key: "a", Start: -1})); err != nil {
			return err
		}
		if _, err := firstMessage(s, stream, known, func(m *message) bool { return m.Created && m.Canceled }); err != nil {
			return err
		}
	}
	return nil
}

// firstMessage returns the first message behind the known ones that is the one.
func firstMessage(s watching, stream, known int, is func(*message) bool) (message, error) {
	for {
		list := s.messages(stream)
		for ; known < len(list); known++ {
			if is(&list[known]) {
				return list[known], nil
			}
		}
		if !s.wait(stream, known) {
			return message{}, errSilent
		}
	}
}

// gather compares all that the streams have told.
func (p *pair) gather() error {
	if len(p.received) == 0 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	a, err := p.ask(1, api.Put{Key: markerKey})
	if err != nil || a.Err != "" {
		return err
	}
	for _, stream := range p.received.streams() {
		var lists [2][]message
		for i, s := range p.both() {
			from := p.received[stream]
			last := func(m *message) bool { return m.ID == markerID && m.Header.Revision == a.Reply.Header.Revision }
			if i == 1 {
				from = p.theirReceived[stream]
			}
			if _, err := firstMessage(s, stream, from, last); err != nil {
				return err
			}
			list := s.messages(stream)
			lists[i] = plainMessages(s.names(), list[from:])
			if i == 0 {
				p.received[stream] = len(list)
			} else {
				p.theirReceived[stream] = len(list)
			}
		}
		if p.blur != nil {
			for i := range lists[0] {
				p.blur(&lists[0][i])
			}
		}
		if err := differTold(stream, lists[0], lists[1]); err != nil {
			return err
		}
	}
	return nil
}

// plainMessages sorts messages by watcher. It leaves out the answers that were compared already, and those about the
// key of the mark: not all may have come.
func plainMessages(n *names, list []message) []message {
	var out []message
	for _, m := range list {
		if m.Created || (len(m.Events) == 1 && m.Events[0].KV.Key == markerKey) {
			continue
		}
		m.Events = slices.Clone(m.Events)
		for i := range m.Events {
			e := &m.Events[i]
			e.KV.Lease = n.name(e.KV.Lease)
			if e.Prev != nil {
				e.Prev = &n.plainKVs([]mvcc.KeyValue{*e.Prev})[0]
			}
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b message) int { return int(a.ID - b.ID) })
	return out
}

// differTold compares what two streams have told, watcher by watcher.
func differTold(stream int, ours, theirs []message) error {
	for i := 0; i < max(len(ours), len(theirs)); i++ {
		var x, y any = "nothing", "nothing"
		if i < len(ours) {
			x = ours[i]
		}
		if i < len(theirs) {
			y = theirs[i]
		}
		if !reflect.DeepEqual(x, y) {
			return &difference{Progress{stream}, answer{Told: x}, answer{Told: y}}
		}
	}
	return nil
}
