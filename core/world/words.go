package world

import (
	"fmt"
	"strconv"
)

// Verb says in a word or two what a record tells, Detail the rest. Together they are a line of the event list: "n3",
// "acknowledged", "entries ≤ 11 to n4". Both are plain text.
func (r *Record) Verb() string {
	switch r.Kind {
	case Commanded:
		return "command"
	case Ineffective:
		return "no effect"
	case Sent:
		return "sent"
	case Received:
		return "received"
	case Lost:
		return "lost"
	case Held:
		return "held"
	case Violated:
		return "rule broken"
	case AtClient:
		return r.Client.Verb()
	}
	return r.Member.Verb()
}

// Detail is what Verb leaves to say.
func (r *Record) Detail() string {
	switch r.Kind {
	case Commanded:
		return r.Command.String()
	case Ineffective:
		return r.Command.String() + ": " + r.Text
	case Sent:
		return r.Packet.Label() + " to " + r.Packet.To.String() + mid(r.Packet)
	case Received:
		return r.Packet.Label() + " from " + r.Packet.From.String() + mid(r.Packet)
	case Lost:
		return fmt.Sprintf("%s from %v to %v%s: %s", r.Packet.Label(), r.Packet.From, r.Packet.To, mid(r.Packet), r.Text)
	case Held:
		return fmt.Sprintf("%s from %v to %v%s", r.Packet.Label(), r.Packet.From, r.Packet.To, mid(r.Packet))
	case Violated:
		return r.Rule.String() + ": " + r.Text
	case AtClient:
		return r.Client.Detail()
	}
	return r.Member.Detail()
}

func mid(p *Packet) string { return " (m" + strconv.FormatUint(p.ID, 10) + ")" }

// Label names a packet in a few characters, as on its glyph: "App 11–12", "✓ 11", "♥", "vote? t4", "put".
func (p *Packet) Label() string { return p.Payload.Label() }
