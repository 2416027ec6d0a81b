package check

import "github.com/etcdscope/etcdscope/core/rule"

// lease is what the judge knows of a lease: until when it must live, as was promised, in microseconds. Once somebody
// asks for its end, or it has ended, it is owed nothing more; nor if its name is used again, because what is still on
// its way for the first may hit the second.
type lease struct {
	id    int64
	until int64
	ended bool
	gone  int64 // when it ended by itself; 0: it has not
}

// leasesMost is how many leases are known; the oldest goes.
const leasesMost = 1 << 10

// Granted tells that a client was granted a lease that lives for a span from the instant at which it asked on, or
// later.
func (s *Store) Granted(id, asked, span int64) {
	if l := s.lease(id); !l.ended {
		l.until = max(l.until, asked+span)
	}
}

// Renewed tells the same of a keep-alive. It is to be told only of those that were answered while there can have been
// no other leader than the one that answered: a leader that has lost its office without knowing renews leases, too, and
// its promise is worth nothing (etcdserver/v3_server.go, LeaseRenew: it is not agreed on).
func (s *Store) Renewed(id, asked, span int64) *Violation {
	l := s.lease(id)
	if l.gone != 0 && asked <= l.gone && l.gone < asked+span {
		return early(id, l.gone, asked+span)
	}
	if !l.ended {
		l.until = max(l.until, asked+span)
	}
	return nil
}

// AskedToEnd tells that a client asks to revoke a lease.
func (s *Store) AskedToEnd(id int64) { s.lease(id).ended = true }

// Ended tells that the revocation of a lease was carried out at an instant.
func (s *Store) Ended(id, now int64) *Violation {
	l := s.lease(id)
	if l.ended {
		return nil
	}
	l.ended, l.gone = true, now
	if now < l.until {
		return early(id, now, l.until)
	}
	return nil
}

func early(id, at, until int64) *Violation {
	return broken(rule.LeaseKept, 0, "Lease ", id, " ended at ", millis(at),
		", but a client had been promised that it lives until ", millis(until), ".")
}

// Took tells that the revocation of a lease left the store at a revision, of which it made the changes if it made any.
// It judges whether these are the lease's keys: all of them, if the history is short enough for a look at each key.
// Lease 0 is no lease: what has none belongs to nobody.
func (s *Store) Took(id, rev int64, changed bool) *Violation {
	if rev <= s.oldest() {
		return nil
	}
	for i := s.seek(rev); changed && i < s.history.Len() && s.history.Ref(i).Revision == rev; i++ {
		c := s.history.Ref(i)
		if before, known := s.value(c.Key, rev-1); known && (before == nil || before.Lease != id || id == 0) {
			return broken(rule.LeaseTakesKeys, 0, "At revision ", rev, " lease ", id, " ended and took key ", quote(c.Key),
				", which did not belong to it.")
		}
	}
	if s.history.Len() > wideMost || id == 0 {
		return nil
	}
	var bad *Violation
	s.within("", "\x00", func(key string) {
		if c, _ := s.value(key, rev); c != nil && c.Lease == id && bad == nil {
			bad = broken(rule.LeaseTakesKeys, 0, "At revision ", rev, " lease ", id, " ended, but key ", quote(key),
				" is still there.")
		}
	})
	return bad
}

// KnowsLeases reports whether anybody has been promised anything of a lease.
func (s *Store) KnowsLeases() bool { return len(s.leases) > 0 }

func (s *Store) lease(id int64) *lease {
	for i := range s.leases {
		if s.leases[i].id == id {
			return &s.leases[i]
		}
	}
	if len(s.leases) == leasesMost {
		s.leases = append(s.leases[:0], s.leases[1:]...)
	}
	s.leases = append(s.leases, lease{id: id})
	return &s.leases[len(s.leases)-1]
}
