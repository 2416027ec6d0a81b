package wire

import (
	"strconv"
	"strings"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Selection is one thing that can be explained. The zero value is nothing.
type Selection struct {
	Of     Subject
	Host   sim.Host // of a host, an entry, a watch
	Number int64    // an index, a number of a record, message, operation, watch or lease, or a revision
	Key    string   // of a key, or a version of one
}

// Subject is a kind of thing.
type Subject uint8

// What can be explained.
const (
	Nothing          Subject = iota
	SelectHost               // "n2", "c1"
	SelectEntry              // "l2.7": entry 7 of n2's log
	SelectRecord             // "e1234"
	SelectMessage            // "m17"
	SelectOperation          // "o5"
	SelectKey                // "k/pods/a"
	SelectKeyVersion         // "v7 /pods/a": that of revision 7
	SelectWatch              // "w1.2": watch 2 of c1
	SelectLease              // "t694d81": by its ID in hexadecimal
)

// letters begin the texts of the kinds that have a number.
var letters = [...]byte{SelectEntry: 'l', SelectRecord: 'e', SelectMessage: 'm', SelectOperation: 'o',
	SelectKey: 'k', SelectKeyVersion: 'v', SelectWatch: 'w', SelectLease: 't'}

// String is the text by which links, intents and actions name a selection; "" is nothing.
func (s Selection) String() string {
	number := strconv.FormatInt(s.Number, 10)
	switch s.Of {
	case Nothing:
		return ""
	case SelectHost:
		return s.Host.String()
	case SelectEntry, SelectWatch:
		return string(letters[s.Of]) + strconv.Itoa(s.Host.Number()) + "." + number
	case SelectKey:
		return "k" + s.Key
	case SelectKeyVersion:
		return "v" + number + " " + s.Key
	case SelectLease:
		return "t" + strconv.FormatInt(s.Number, 16)
	}
	return string(letters[s.Of]) + number
}

// ParseSelection reads such a text; what names nothing selects nothing.
func ParseSelection(text string) Selection {
	if h, ok := sim.ParseHost(text); ok {
		return Selection{Of: SelectHost, Host: h}
	}
	of := Nothing
	for i, c := range letters {
		if text != "" && c == text[0] {
			of = Subject(i)
		}
	}
	if of == Nothing || len(text) == 1 {
		return Selection{}
	}
	s, rest, base := Selection{Of: of}, text[1:], 10
	switch of {
	case SelectKey:
		s.Key = rest
		return s
	case SelectKeyVersion:
		rest, s.Key, _ = strings.Cut(rest, " ")
	case SelectLease:
		base = 16
	case SelectEntry, SelectWatch:
		of, number, dotted := strings.Cut(rest, ".")
		n, err := strconv.Atoi(of)
		most, host := sim.MaxMembers, sim.Member
		if s.Of == SelectWatch {
			most, host = sim.MaxClients, sim.Client
		}
		if !dotted || err != nil || n < 1 || n > most {
			return Selection{}
		}
		s.Host, rest = host(n), number
	}
	n, err := strconv.ParseInt(rest, base, 64)
	if err != nil || n < 0 && of != SelectWatch && of != SelectLease {
		return Selection{}
	}
	s.Number = n
	return s
}

// EncodeMsgpack writes the text.
func (s Selection) EncodeMsgpack(e *msgpack.Encoder) error { return e.EncodeString(s.String()) }

// DecodeMsgpack reads it.
func (s *Selection) DecodeMsgpack(d *msgpack.Decoder) error {
	text, err := d.DecodeString()
	*s = ParseSelection(text)
	return err
}
