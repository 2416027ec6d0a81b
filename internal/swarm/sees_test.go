package swarm

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
)

// wanted is what has to happen in runs now and then, if a fault in it is to be found, and how often.
var wanted = map[string]int{
	"progress, and then another stream": 5, "a response in pieces": 3, "a filter": 5, "a lock or an election won": 5,
	"a session lost":                        3,
	"a read at a member that lacks entries": 3, "a file rewritten": 5, "an alarm": 5, "a snapshot installed": 3,
	"a lease expired":        5,
	"a lease that cannot be": 5, "no key": 5, "a future revision": 5,
	"a database that differs": 5, "CORRUPT": 3, "a start refused by a check": 1, "a snapshot saved": 5,
	"a cluster restored": 5, "a cluster forced": 5,
	"a member replaced": 5,
}

// TestRunsSee looks for all that, in at most so many runs.
func TestRunsSee(t *testing.T) {
	const most = 150
	s := sights{times: map[string]int{}}
	o := options(t, 1)
	for seed := uint64(1); len(s.missing()) > 0; seed++ {
		if seed > most {
			t.Fatalf("%d runs have seen too little of %v: %v", most, s.missing(), s.times)
		}
		c := Generate(seed, o)
		w, err := world.New(c.Config, c.Tape())
		if err != nil {
			t.Fatal(err)
		}
		s.quiet = map[watched]bool{}
		for seq, done := uint64(1), false; !done && w.Broken() == nil; {
			done = w.Advance(c.End, 1)
			for j := w.Journal(); seq < j.Next(); seq++ {
				s.look(w, j.At(seq))
			}
		}
	}
}

// missing returns what has not been seen often enough.
func (s *sights) missing() (list []string) {
	for sight, least := range wanted {
		if s.times[sight] < least {
			list = append(list, sight)
		}
	}
	return list
}

// sights counts what was seen.
type sights struct {
	times map[string]int
	quiet map[watched]bool // watches that were last told of progress
}

type watched struct {
	client int
	id     int64
}

func (s *sights) look(w *world.World, r *world.Record) {
	switch r.Kind {
	case world.Sent:
		if d := r.Packet.ServerMessage(); d != nil && d.Message != nil && d.Message.Fragment {
			s.times["a response in pieces"]++
		}
	case world.Commanded:
		s.commanded(r.Command)
	case world.AtClient:
		s.atClient(watched{r.Where.Number(), r.Client.Watch.ID}, r.Client)
	case world.AtMember:
		s.atMember(w, r)
	}
}

func (s *sights) commanded(c script.Command) {
	switch c := c.(type) {
	case script.Watch:
		if c.NoPut || c.NoDelete {
			s.times["a filter"]++
		}
	case script.Corrupt:
		s.times["a database that differs"]++
	case script.SnapshotRestore:
		s.times["a cluster restored"]++
	case script.Restart:
		if c.Force {
			s.times["a cluster forced"]++
		}
	}
}

func (s *sights) atClient(of watched, e *client.Event) {
	switch e.Kind {
	case client.WatchReceived:
		s.quiet[of] = len(e.Message.Events) == 0
	case client.WatchBroken:
		if s.quiet[of] {
			s.times["progress, and then another stream"]++
		}
	case client.Held:
		s.times["a lock or an election won"]++
	case client.SessionLost:
		s.times["a session lost"]++
	case client.Returned:
		if _, saved := e.Operation.Request.Call.(api.Snapshot); saved && e.Operation.Outcome == client.Acknowledged {
			s.times["a snapshot saved"]++
		}
		switch e.Operation.Err {
		case api.ErrLeaseNotFound:
			s.times["a lease that cannot be"]++
		case api.ErrEmptyKey:
			s.times["no key"]++
		case api.ErrFutureRev:
			s.times["a future revision"]++
		}
	}
}

func (s *sights) atMember(w *world.World, r *world.Record) {
	switch e := &r.Member; e.Kind {
	case etcd.ReadConfirmed:
		if e.Index > w.Members()[r.Where.Number()-1].Applied() {
			s.times["a read at a member that lacks entries"]++
		}
	case etcd.DefragDone:
		s.times["a file rewritten"]++
	case etcd.AlarmRaised:
		s.times["an alarm"]++
		if strings.Contains(e.Text, "CORRUPT") {
			s.times["CORRUPT"]++
		}
	case etcd.NotStarted:
		if strings.Contains(e.Text, "found data inconsistency with peers") {
			s.times["a start refused by a check"]++
		}
	case etcd.Started:
		if m := w.Members()[r.Where.Number()-1]; m.ID() != raft.OnMachine(m.ID().Machine(), 0) {
			s.times["a member replaced"]++
		}
	case etcd.SnapshotInstalled:
		s.times["a snapshot installed"]++
	case etcd.LeaseExpired:
		s.times["a lease expired"]++
	}
}
