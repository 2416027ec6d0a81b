package link

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"io"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The packed form is one msgpack array of these parts, in this order. The config is key, value, key, value …; the tape
// is the time since the action before, the command's text, and so on. A change of the parts is a new Version.
const (
	partScenario = iota
	partConfig
	partTape
	partAt
	partHash
	partPanel
	partSelect
	parts
)

// pack returns the value of z.
func (r Run) pack() (string, error) {
	raw := r.msgpack()
	if len(raw) > BytesMax {
		return "", tooLarge("", "the run has "+strconv.Itoa(len(raw))+" bytes, at most "+strconv.Itoa(BytesMax)+" fit a link")
	}
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // fails only for a level that does not exist
	_, err := w.Write(raw)
	if err := errors.Join(err, w.Close()); err != nil {
		return "", damaged("", "it could not be packed: "+err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// msgpack writes the parts by hand: reflection would cost size in the browser. Writing to a buffer does not fail.
func (r Run) msgpack() []byte {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	_ = e.EncodeArrayLen(parts)
	_ = e.EncodeString(r.Scenario)
	_ = e.EncodeArrayLen(2 * len(r.Config))
	for _, p := range r.Config {
		_ = e.EncodeString(p.Key)
		_ = e.EncodeString(p.Value)
	}
	_ = e.EncodeArrayLen(2 * len(r.Tape))
	last := sim.Time(0)
	for _, c := range r.Tape {
		_ = e.EncodeInt(int64(c.At - last))
		_ = e.EncodeString(c.Command.String())
		last = c.At
	}
	_ = e.EncodeInt(int64(r.At))
	_ = e.EncodeString(r.Hash)
	_ = e.EncodeString(r.UI.Panel)
	_ = e.EncodeString(r.UI.Select)
	return b.Bytes()
}

// unpack reads the value of z.
func unpack(z string) (Run, error) {
	packed, err := base64.RawURLEncoding.DecodeString(z)
	if err != nil {
		var at base64.CorruptInputError
		if errors.As(err, &at) {
			return Run{}, damaged("z", "character "+strconv.FormatInt(int64(at)+1, 10)+" is not base64url")
		}
		return Run{}, damaged("z", "it is not base64url")
	}
	// One byte more than allowed is enough to know that there is too much, whatever the rest would unpack to.
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), BytesMax+1))
	switch {
	case len(raw) > BytesMax:
		return Run{}, tooLarge("z", "it unpacks to more than "+strconv.Itoa(BytesMax)+" bytes")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Run{}, damaged("z", "its end is missing; perhaps it was cut off when it was copied")
	case err != nil:
		return Run{}, damaged("z", "it cannot be decompressed")
	}
	u := unpacker{d: msgpack.NewDecoder(bytes.NewReader(raw))}
	return u.run()
}

// unpacker reads msgpack. The first mistake is kept, and from then on everything read is empty.
type unpacker struct {
	d   *msgpack.Decoder
	err error
}

func (u *unpacker) run() (Run, error) {
	var r Run
	if n := u.list("the run"); u.err == nil && n != parts {
		u.err = damaged("z", "it has "+strconv.Itoa(n)+" parts instead of "+strconv.Itoa(parts))
	}
	r.Scenario = u.text("the scenario")
	for n := u.pairs("the config", len(script.Settings())); n > 0 && u.err == nil; n-- {
		r.Config = append(r.Config, Pair{u.text("a config key"), u.text("a config value")})
	}
	last := sim.Time(0)
	n := u.pairs("the tape", CommandsMax)
	for i := 0; i < n && u.err == nil; i++ {
		last += u.micros(action(i))
		text := u.text(action(i))
		if u.err != nil {
			break
		}
		var c Timed
		c.At = last
		c.Command, u.err = parseCommand(i, text)
		r.Tape = append(r.Tape, c)
	}
	r.At = u.micros("the instant")
	r.Hash = u.text("the hash")
	r.UI.Panel = u.text("the panel")
	r.UI.Select = u.text("the selection")
	if u.err != nil {
		return Run{}, u.err
	}
	return r, nil
}

// list reads the length of an array.
func (u *unpacker) list(what string) int {
	if u.err != nil {
		return 0
	}
	n, err := u.d.DecodeArrayLen()
	if err != nil || n < 0 {
		u.err = damaged("z", what+" is not where it should be")
	}
	return n
}

// pairs reads the length of an array that holds pairs, and returns how many.
func (u *unpacker) pairs(what string, most int) int {
	n := u.list(what)
	switch {
	case u.err != nil:
	case n%2 != 0:
		u.err = damaged("z", what+" has half a pair at its end")
	case n/2 > most:
		u.err = tooLarge("z", what+" has "+strconv.Itoa(n/2)+" parts, at most "+strconv.Itoa(most)+" are allowed")
	}
	return n / 2
}

func (u *unpacker) text(what string) string {
	if u.err != nil {
		return ""
	}
	s, err := u.d.DecodeString()
	if err != nil {
		u.err = damaged("z", what+" is not a text")
	}
	return s
}

func (u *unpacker) micros(what string) sim.Time {
	if u.err != nil {
		return 0
	}
	n, err := u.d.DecodeInt64()
	if err != nil {
		u.err = damaged("z", what+" has no instant in µs")
	}
	return sim.Time(n)
}
