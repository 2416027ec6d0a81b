package compact

import "testing"

// FuzzParse holds that a setting which is accepted makes a compactor whose time goes on.
func FuzzParse(f *testing.F) {
	for _, seed := range [][2]string{
		{"periodic", "1h30m"}, {"periodic", "72"}, {"periodic", "0.5h"}, {"periodic", "10us"}, {"revision", "1000"},
		{"revision", "1h"}, {"", ""}, {"fixed", "1h"},
		{"periodic", "99999999999999999999h"}, {"periodic", "4611686018427387904us1us"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, mode, retention string) {
		s, err := Parse(mode, retention)
		if err != nil {
			return
		}
		if s.Period < 0 || s.Keep < 0 || (s.Mode == Off) != (s == Setting{}) {
			t.Fatalf("%q %q is %+v", mode, retention, s)
		}
		if s.Mode == Off {
			return
		}
		c := New(s, 0, 1)
		now := c.Next()
		target, due := c.Tick(now, 100)
		if due {
			c.Done(now, 100, nil)
		}
		if target > 100 || c.Next() <= now {
			t.Fatalf("%s at %v: target %d, next at %v", s, now, target, c.Next())
		}
	})
}
