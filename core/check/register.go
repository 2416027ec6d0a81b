package check

// state is what the model knows of a key.
type state struct {
	found bool
	value string
	mod   int64 // revision of the value; 0: unknown, because an indeterminate write made it
	since int64 // if mod is unknown: it is above this
	floor int64 // the highest revision that any answer has shown so far
}

// step is the specification of one key: may a operation hold in a state, and what is the state then? If it may not, the
// state is the one that the operation itself would have led to.
func step(s state, c *keyOperation) (bool, state) {
	ok := c.rev == 0 || c.rev >= s.floor
	if c.changesKey && c.sure {
		ok = c.rev == 0 || c.rev > s.floor
	}
	switch c.kind {
	case Put:
		s = state{found: true, value: c.value, mod: c.rev, since: s.floor, floor: s.floor}
	case Delete:
		ok = ok && (!c.sure || c.found == s.found)
		s = state{floor: s.floor}
	case Get:
		ok = ok && c.found == s.found && (!c.found || c.value == s.value && s.admits(c))
		if c.found && c.mod != 0 {
			s.mod, s.floor = c.mod, max(s.floor, c.mod)
		}
	}
	s.floor = max(s.floor, c.rev)
	return ok, s
}

// admits reports whether a get may have found the state's value at the revision that it says.
func (s *state) admits(c *keyOperation) bool {
	switch {
	case c.mod == 0:
		return true
	case c.rev != 0 && c.mod > c.rev:
		return false
	case s.mod != 0:
		return c.mod == s.mod
	}
	return c.mod > s.since
}
