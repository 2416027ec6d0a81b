package serve

import (
	"strconv"
	"sync"
	"time"
)

// State is what an open page needs to know of the build.
type State struct {
	Version  string // of what is served: a page that was loaded with another one should reload
	Building bool
	Error    string // of the last build, "" if it went well
}

// Status is the State that is now, shared by the builder and all requests. Use NewStatus.
type Status struct {
	mu      sync.Mutex
	state   State
	start   int64 // makes the versions of two server processes differ
	count   int
	changed chan struct{} // closed at the next change
}

// NewStatus returns the status of a build that is up to date.
func NewStatus() *Status {
	s := &Status{start: time.Now().UnixMilli(), changed: make(chan struct{})}
	s.advance()
	return s
}

// Now returns the state, and a channel that is closed when it is no longer true.
func (s *Status) Now() (State, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.changed
}

// Touch says that a file has changed which needs no build.
func (s *Status) Touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	s.announce()
}

// Begin says that a build is running. Until End, requests for its products wait. The version is the coming one at once:
// a page that is loaded now will get what is being built.
func (s *Status) Begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	s.state.Building = true
	s.announce()
}

// End says how the build went.
func (s *Status) End(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Building = false
	s.state.Error = ""
	if err != nil {
		s.state.Error = err.Error()
	}
	s.announce()
}

func (s *Status) advance() {
	s.count++
	s.state.Version = strconv.FormatInt(s.start, 36) + "-" + strconv.Itoa(s.count)
}

func (s *Status) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}
