package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/test/oracle/await"
	"golang.org/x/net/dns/dnsmessage"
)

// At asks another member than the first.
type At struct {
	Member int // counted from 1
	Call   api.Call
}

// group is real servers that form one cluster. Their addresses are the simulator's, http://n1:2380: a resolver of our
// own leads them to this machine.
type group struct {
	members []*theirs
	leases  names
}

// startGroup starts n servers and lets the first of them lead.
func startGroup(n int) (*group, error) {
	g := &group{}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: dialNames}
	ids := memberIDs{}
	var initial []string
	for i := range n {
		initial = append(initial, fmt.Sprintf("n%d=http://n%d:2380", i+1, i+1))
	}
	for i := range n {
		t := newTheirs()
		t.members = ids
		t.number, t.initial = i+1, strings.Join(initial, ",")
		g.members = append(g.members, t)
	}
	// A new server asks the others whether it has been there before. It gives up at once if it does not find them, and
	// else after a second.
	found.Store(false)
	err := g.each((*theirs).boot)
	found.Store(true)
	if err == nil {
		g.members[0].learn()
		err = g.each(func(t *theirs) error { return t.ready(t.number%2 == 0, await.Patience) })
	}
	if err == nil {
		err = g.lead()
	}
	if err != nil {
		g.close()
	}
	return g, err
}

// each does something with all members at once.
func (g *group) each(do func(*theirs) error) error {
	errs := make([]error, len(g.members))
	var all sync.WaitGroup
	for i, t := range g.members {
		all.Go(func() { errs[i] = do(t) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// lead makes the first member the leader, and notes the term and the index from which on all is counted.
func (g *group) lead() error {
	first := g.members[0].server.Server
	for _, t := range g.members {
		if s := t.server.Server; s.Leader() == s.MemberID() && t.number != 1 {
			ctx, cancel := context.WithTimeout(t.life, await.Patience)
			err := s.MoveLeader(ctx, uint64(s.MemberID()), uint64(first.MemberID()))
			if cancel(); err != nil {
				return err
			}
		}
	}
	if a, err := g.do(1, api.Put{Key: markerKey}); err != nil || a.Err != "" { // the new term's first entries are applied
		return fmt.Errorf("the first write: %v %v", a, err)
	}
	a, err := g.do(1, api.Status{})
	g.leases.count(a)
	return err
}

func (g *group) names() *names { return &g.leases }

func (g *group) close() {
	// What it returns is nil, as what it calls returns nothing.
	_ = g.each(func(t *theirs) error {
		t.close()
		return nil
	})
}

// do asks a member, and waits until all others have applied what that led to.
func (g *group) do(at int, call api.Call) (answer, error) {
	a, err := g.members[at-1].do(at, call)
	if c, ok := call.(api.Compaction); ok && a.Err == "" {
		for _, t := range g.members {
			err = errors.Join(err, t.compacted(c.Revision))
		}
	}
	return a, errors.Join(err, await.Until("all members have applied the same", g.settled))
}

func (g *group) settled() bool {
	s := g.members[0].server.Server
	lead, index := s.Leader(), s.CommittedIndex()
	for _, t := range g.members {
		if s := t.server.Server; s.CommittedIndex() != index || s.AppliedIndex() != index || s.Leader() != lead {
			return false
		}
	}
	return true
}

// loopback is this process's part of the network 127.0.0.0/8, so that several may run beside each other.
var loopback = [2]byte{byte(64 + rand.IntN(128)), byte(rand.IntN(256))}

func listenPeer(member int) url.URL {
	return url.URL{Scheme: "http", Host: fmt.Sprintf("127.%d.%d.%d:2380", loopback[0], loopback[1], member)}
}

// found tells whether the name server knows the members.
var found atomic.Bool

// dialNames is the way to a name server that knows the members and nobody else.
func dialNames(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go func() {
		defer there.Close()
		for {
			if err := answerName(there); err != nil {
				return
			}
		}
	}()
	return here, nil
}

// answerName reads a question of the domain name system, with its length before it, and answers.
func answerName(c net.Conn) error {
	var length [2]byte
	if _, err := io.ReadFull(c, length[:]); err != nil {
		return err
	}
	question := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(c, question); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) == 0 {
		return errors.Join(err, io.EOF)
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	if i := memberOf(strings.TrimSuffix(q.Name.String(), ".")); i == 0 || !found.Load() {
		m.RCode = dnsmessage.RCodeNameError
	} else if q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60},
			Body:   &dnsmessage.AResource{A: [4]byte{127, loopback[0], loopback[1], byte(i)}},
		}}
	}
	out, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
	return err
}
