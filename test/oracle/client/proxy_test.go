package client

import (
	"net"
	"sync"
	"testing"
)

// state is what a proxy does with what comes.
type state int

const (
	passes   state = iota
	swallows       // it takes connections and data and hands nothing on: a cut, as far as one process can make one
	mutes          // it hands on what the client says, and swallows the answers
	refuses        // it breaks what connections there are, and takes no new ones
)

// proxy stands before one server, for one client.
type proxy struct {
	t       *testing.T
	address string
	to      string
	mu      sync.Mutex
	changed *sync.Cond
	state   state
	listens net.Listener
	pairs   map[net.Conn]bool
}

func newProxy(t *testing.T, to string) *proxy {
	p := &proxy{t: t, address: free(t), to: to, pairs: map[net.Conn]bool{}}
	p.changed = sync.NewCond(&p.mu)
	p.listen()
	t.Cleanup(func() { p.set(refuses) })
	return p
}

func (p *proxy) listen() {
	p.t.Helper()
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.listens = l
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the proxy refuses now
			}
			go p.serve(conn)
		}
	}()
}

// set changes what the proxy does.
func (p *proxy) set(s state) {
	p.t.Helper()
	p.mu.Lock()
	was := p.state
	p.state = s
	if s == refuses && was != refuses {
		p.listens.Close()
		for conn := range p.pairs {
			conn.Close()
		}
	}
	p.mu.Unlock()
	p.changed.Broadcast()
	if was == refuses && s != refuses {
		p.listen()
	}
}

func (p *proxy) serve(from net.Conn) {
	if !p.keep(from) {
		return
	}
	defer from.Close()
	to, err := net.Dial("tcp", p.to)
	if err != nil || !p.keep(to) {
		return
	}
	defer to.Close()
	done := make(chan struct{})
	go func() {
		p.pump(to, from, true)
		close(done)
	}()
	p.pump(from, to, false)
	<-done
}

// keep notes a connection that is to end when the proxy refuses.
func (p *proxy) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == refuses {
		conn.Close()
		return false
	}
	p.pairs[conn] = true
	return true
}

// pump hands data on in one direction, while the proxy passes.
func (p *proxy) pump(from, to net.Conn, answers bool) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		for p.state == swallows || (p.state == mutes && answers) {
			p.changed.Wait()
		}
		over := p.state == refuses
		p.mu.Unlock()
		if over {
			return
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return // io.EOF, or it was closed
		}
	}
}
