package engine

import "github.com/etcdscope/etcdscope/web/view"

// Sessions are the engines of the pages that share a worker, by the numbers that their ticks name. Each has a run of
// its own; the memory that there is they share.
type Sessions struct {
	panels []view.Panel
	spare  *Engine // made before the first page asks, which has its picture sooner
	open   map[int]*Engine
	last   *Engine // that was asked for
}

// NewSessions returns an engine for the first session, and none for others yet.
func NewSessions(panels []view.Panel) *Sessions {
	return &Sessions{panels: panels, spare: New(panels), open: map[int]*Engine{}}
}

// Of returns the engine of a session. It is made when the session's first tick comes.
func (s *Sessions) Of(session int) *Engine {
	e := s.open[session]
	if e == nil {
		if e, s.spare = s.spare, nil; e == nil {
			e = New(s.panels)
		}
		s.open[session] = e
	}
	s.last = e
	return e
}

// Close forgets a session with its run. A tick of the same number begins anew.
func (s *Sessions) Close(session int) {
	if s.last == s.open[session] {
		s.last = nil
	}
	delete(s.open, session)
}

// Rest uses a moment in which no page asks for anything: see Engine.Rest. One engine is enough, the garbage is
// everybody's.
func (s *Sessions) Rest() {
	if s.last != nil {
		s.last.Rest()
	}
}
