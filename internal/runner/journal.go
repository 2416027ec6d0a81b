package runner

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/version"
	"github.com/etcdscope/etcdscope/core/world"
)

// JournalVersion is the format that WriteJournal writes. It grows when a field changes its meaning or goes.
const JournalVersion = 1

// Header is the first line of a journal: the run as a value.
type Header struct {
	Format  string            `json:"format"` // "etcdscope journal"
	Version int               `json:"version"`
	Model   string            `json:"model"`  // the version of the simulator that made it
	Config  map[string]string `json:"config"` // as in a script's config line
	Seed    uint64            `json:"seed"`
	Tape    []Command         `json:"tape"`
	End     sim.Time          `json:"end_us"`
}

// Command is one command of the tape.
type Command struct {
	At      sim.Time `json:"at_us"`
	Command string   `json:"command"`
}

// Line is one record. Cause is the seq of the record that led to it; it is left out if nothing in the run did.
type Line struct {
	Seq     uint64   `json:"seq"`
	Cause   uint64   `json:"cause,omitempty"`
	Turn    uint64   `json:"turn"`
	At      sim.Time `json:"at_us"`
	Where   string   `json:"where"`
	Kind    string   `json:"kind"`
	Rule    string   `json:"rule,omitempty"`
	Verb    string   `json:"verb"`
	Detail  string   `json:"detail,omitempty"`
	Message uint64   `json:"message,omitempty"` // 17 for m17
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Due     sim.Time `json:"due_us,omitempty"` // of a message that was sent: when it arrives
}

// Footer is the last line: what a replay of the header's run must come to.
type Footer struct {
	Records     uint64 `json:"records"`
	JournalHash string `json:"journal_hash"`
	StateHash   string `json:"state_hash"`
	Violation   string `json:"violation,omitempty"`
}

var kinds = [...]string{
	world.Commanded: "command", world.Ineffective: "no effect", world.Sent: "sent", world.Received: "received",
	world.Lost: "lost",
	world.Held: "held", world.AtMember: "member", world.AtClient: "client", world.Violated: "violation",
}

// WriteJournal writes the run that ended in w as JSON lines. It carries the run out again, because a world keeps only
// its newest records.
func WriteJournal(out io.Writer, w *world.World) error {
	tape := w.Commanded()
	h := Header{Format: "etcdscope journal", Version: JournalVersion, Model: version.Current,
		Config: map[string]string{}, Seed: w.Config().Seed,
		End: w.Now(), Tape: []Command{}}
	for _, p := range w.Config().Pairs() {
		h.Config[p.Key] = p.Value
	}
	for _, t := range tape {
		h.Tape = append(h.Tape, Command{t.At, t.Command.String()})
	}
	buffer := bufio.NewWriter(out)
	enc := json.NewEncoder(buffer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(h); err != nil {
		return err
	}
	again, err := world.New(w.Config(), tape)
	if err != nil {
		return err
	}
	if err := writeRecords(enc, again, w.Now()); err != nil {
		return err
	}
	f := Footer{Records: again.Journal().Next() - 1, JournalHash: Hash(again.Journal().Hash()),
		StateHash: Hash(again.Hash())}
	if b := again.Broken(); b != nil {
		f.Violation = b.Error()
	}
	if err := enc.Encode(f); err != nil {
		return err
	}
	return buffer.Flush()
}

func writeRecords(enc *json.Encoder, w *world.World, end sim.Time) error {
	j := w.Journal()
	for next, done := j.First(), false; !done; {
		done = w.Advance(end, portion) || w.Broken() != nil
		for ; next < j.Next(); next++ {
			if err := enc.Encode(line(j.At(next))); err != nil {
				return err
			}
		}
	}
	return nil
}

func line(r *world.Record) Line {
	l := Line{Seq: r.Seq, Cause: r.Cause, Turn: r.Turn, At: r.At, Where: r.Where.String(), Kind: kinds[r.Kind],
		Rule: r.Rule.String(),
		Verb: r.Verb(), Detail: r.Detail()}
	if p := r.Packet; p != nil {
		l.Message, l.From, l.To = p.ID, p.From.String(), p.To.String()
	}
	if r.Kind == world.Sent {
		l.Due = r.Until
	}
	return l
}

// Hash writes a hash as all tools show it.
func Hash(h uint64) string { return fmt.Sprintf("%016x", h) }
