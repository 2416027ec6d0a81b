package etcd

import "github.com/etcdscope/etcdscope/core/sim"

// What goes over a client's connection below the calls and the streams: how it comes to be, whether anybody is there,
// and its end. The operating system of a member takes connections as soon as the process runs, and refuses them when
// it does not; the first word of the process itself is what makes a connection ready for calls (HTTP/2's settings). A
// process that is paused, or that does not serve yet, says no such word.

// SignalKind says what a signal is.
type SignalKind uint8

// The kinds, in the order in which a connection comes to be.
const (
	Syn      SignalKind = iota // from the client: TCP's first segment
	SynAck                     // the operating system's answer
	Rst                        // or this one: no process listens there
	Preface                    // from the client: HTTP/2's first frame, which the process has to read
	Settings                   // from the process: Incarnation is its number; calls can be made
	Ping                       // from the client: gRPC's keepalive
	Pong
	Closed // the process with the number Incarnation has ended, and its connections with it
)

// Signal is one of them. It is immutable.
type Signal struct {
	Kind        SignalKind
	Client      sim.Host
	Conn        uint64 // the client's number for the connection; of a Closed 0
	Incarnation uint32 // of the member's process
}

// onSignal answers a Preface or a Ping.
func (p *process) onSignal(t *turn, s *Signal) {
	answer := Signal{Kind: Settings, Client: s.Client, Conn: s.Conn, Incarnation: t.self.incarnation}
	if s.Kind == Ping {
		answer.Kind = Pong
	}
	t.out.Signals = append(t.out.Signals, answer)
}
