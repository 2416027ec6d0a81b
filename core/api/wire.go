package api

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/etcdscope/etcdscope/core/pb"
)

// A call stands in the log as in etcd's: as the protobuf message InternalRaftRequest
// (api/etcdserverpb/raft_internal.proto), byte for byte, so that what is refused as too large, and what a log weighs,
// is the same. Only calls that are proposed have a place there.
//
// Each message names its fields once, in a method fields; the coder either writes those that are not zero or fills in
// those that it has read.
//
// What is read is what etcd's decoder reads and its servers make of it: fields in any order, of a oneof the last,
// fields that it does not know passed over, numbers of an enumeration kept although no version gives them a meaning.
// What it reads and our types cannot say is refused: two calls in one entry, two checkpoints, a number of an
// enumeration above 255, a member above 65535, an alarm or an action on alarms that there is none of, a field that is
// neither a number nor bytes. No member writes any of it.

// ErrWire is returned for bytes that are no proposal.
var ErrWire = errors.New("api: the entry does not hold a proposal")

// Encode lays a proposal out. The id is the one that its proposer waits for.
func Encode(id uint64, c Call) []byte {
	w := coder{out: make([]byte, 0, 64)}
	row := RowOf(c)
	if row.entry == 0 {
		panic("api: this call is never proposed")
	}
	field, m := row.entry, row.form.message(c)
	h := header{id}
	if field > headerField { // fields stand in the order of their numbers
		w.message(headerField, &h)
		w.message(field, m)
	} else {
		w.message(field, m)
		w.message(headerField, &h)
	}
	return w.out
}

// Decode reads what Encode wrote.
func Decode(data []byte) (id uint64, c Call, err error) {
	r := coder{reading: true, rest: data}
	var row *Row
	var m message
	var h header
	for r.next() {
		if r.field == headerField {
			r.message(headerField, &h)
			continue
		}
		again := row != nil
		if row = rowOfEntry(r.field); again || row == nil {
			return 0, nil, ErrWire // a second call, or one that we do not know
		}
		m = row.form.blank()
		r.message(r.field, m)
	}
	if r.bad || row == nil {
		return 0, nil, ErrWire
	}
	return h.id, row.form.call(m), nil
}

// message is a protobuf message.
type message interface{ fields(*coder) }

// form turns a call into a message that can be written, and one that was read into a call.
type form struct {
	message func(Call) message
	blank   func() message
	call    func(message) Call
}

func formOf[T Call, P interface {
	*T
	message
}]() form {
	return form{
		message: func(c Call) message { v := c.(T); return P(&v) },
		blank:   func() message { return P(new(T)) },
		call:    func(m message) Call { return *m.(P) },
	}
}

// rowOfEntry and rowOfOp return the row of what stands in a field; nil if nothing that is known does.
func rowOfEntry(field int) *Row {
	for m := range table {
		if field != 0 && table[m].entry == field {
			return &table[m]
		}
	}
	return nil
}

func rowOfOp(field int) *Row {
	for m := range table {
		if field != 0 && table[m].op == field {
			return &table[m]
		}
	}
	return nil
}

// headerField is where every proposal has its header.
const headerField = 100

type header struct{ id uint64 }

func (h *header) fields(c *coder) { c.uint(1, &h.id) }

func (r *Range) fields(c *coder) {
	c.text(1, &r.Key)
	c.text(2, &r.End)
	c.int(3, &r.Limit)
	c.int(4, &r.Revision)
	c.small(5, (*uint8)(&r.SortOrder))
	c.small(6, (*uint8)(&r.SortTarget))
	c.flag(7, &r.Serializable)
	c.flag(8, &r.KeysOnly)
	c.flag(9, &r.CountOnly)
	c.int(10, &r.MinModRevision)
	c.int(11, &r.MaxModRevision)
	c.int(12, &r.MinCreateRevision)
	c.int(13, &r.MaxCreateRevision)
}

func (p *Put) fields(c *coder) {
	c.text(1, &p.Key)
	c.text(2, &p.Value)
	c.int(3, &p.Lease)
	c.flag(4, &p.PrevKV)
	c.flag(5, &p.IgnoreValue)
	c.flag(6, &p.IgnoreLease)
}

func (d *DeleteRange) fields(c *coder) {
	c.text(1, &d.Key)
	c.text(2, &d.End)
	c.flag(3, &d.PrevKV)
}

func (t *Txn) fields(c *coder) {
	if !c.reading {
		for i := range t.Compare {
			c.message(1, &comparison{Compare: t.Compare[i]})
		}
	} else if c.field == 1 {
		var p comparison
		c.message(1, &p)
		t.Compare = append(t.Compare, p.meant())
	}
	c.ops(2, &t.Success)
	c.ops(3, &t.Failure)
}

// compareField has the field of each target in etcd's Compare, which is a oneof: it is written even if it is 0. A
// target that etcd does not know has none.
var compareField = [...]int{CompareVersion: 4, CompareCreate: 5, CompareMod: 6, CompareValue: 7, CompareLease: 8}

// comparison is a Compare and which field of its oneof was read last.
type comparison struct {
	Compare
	oneof int
}

func (p *comparison) fields(c *coder) {
	c.small(1, (*uint8)(&p.Result))
	c.small(2, (*uint8)(&p.Target))
	c.text(3, &p.Key)
	p.operand(c)
	c.text(64, &p.End)
}

// operand writes or reads what is compared with.
func (p *comparison) operand(c *coder) {
	field := 0
	if c.reading {
		if c.field < compareField[CompareVersion] || c.field > compareField[CompareLease] {
			return
		}
		p.oneof, p.Number, p.Value, field = c.field, 0, "", c.field
	} else if int(p.Target) < len(compareField) {
		field = compareField[p.Target]
	}
	c.oneof = true
	switch field {
	case 0:
	case compareField[CompareValue]:
		c.text(field, &p.Value)
	default:
		c.int(field, &p.Number)
	}
	c.oneof = false
}

// meant returns the condition as a server takes it: an operand of another target counts as none (etcdserver/txn/txn.go,
// compareKV).
func (p *comparison) meant() Compare {
	if int(p.Target) >= len(compareField) || p.oneof != compareField[p.Target] {
		p.Number, p.Value = 0, ""
	}
	return p.Compare
}

func (p *Compaction) fields(c *coder) {
	c.int(1, &p.Revision)
	c.flag(2, &p.Physical)
}

func (l *LeaseGrant) fields(c *coder) {
	c.int(1, &l.TTL)
	c.int(2, &l.ID)
}

func (l *LeaseRevoke) fields(c *coder) { c.int(1, &l.ID) }

// checkpoint is the one element of etcd's list of checkpoints.
type checkpoint LeaseCheckpoint

func (l *checkpoint) fields(c *coder) {
	c.int(1, &l.ID)
	c.int(2, &l.Remaining)
}

func (l *LeaseCheckpoint) fields(c *coder) {
	c.once(1)
	c.message(1, (*checkpoint)(l))
}

func (a *Alarm) fields(c *coder) {
	c.small(1, (*uint8)(&a.Action))
	c.member(2, &a.Member)
	c.small(3, (*uint8)(&a.Alarm))
	c.bad = c.bad || a.Alarm > AlarmCorrupt || a.Action > AlarmDeactivate
}

func (v *ClusterVersion) fields(c *coder) { c.text(1, &v.Version) }

// attributes are the name and address within a Publish.
type attributes Publish

func (a *attributes) fields(c *coder) {
	c.text(1, &a.Name)
	c.once(2)
	c.text(2, &a.ClientURL)
}

func (p *Publish) fields(c *coder) {
	c.member(1, &p.Member)
	c.once(2)
	c.message(2, (*attributes)(p))
}

// coder writes or reads the fields of messages.
type coder struct {
	out   []byte // writing
	oneof bool   // write zero values, too

	reading bool
	rest    []byte // what is not read yet of the message
	field   int    // the field just read
	kind    int    // of the field: varint or delimited
	number  uint64
	bytes   []byte
	bad     bool // something did not fit
	seen    bool // a field was read that may come once
}

func (c *coder) uint(field int, v *uint64) {
	switch {
	case c.reading && c.field == field:
		c.bad = c.bad || c.kind != pb.Varint
		*v = c.number
	case !c.reading && (*v != 0 || c.oneof):
		c.out = pb.AppendNumber(c.out, field, *v)
	}
}

func (c *coder) int(field int, v *int64) {
	n := uint64(*v)
	c.uint(field, &n)
	*v = int64(n)
}

func (c *coder) small(field int, v *uint8) {
	n := uint64(*v)
	c.uint(field, &n)
	c.bad = c.bad || n > math.MaxUint8
	*v = uint8(n)
}

func (c *coder) member(field int, v *Member) {
	n := uint64(*v)
	c.uint(field, &n)
	c.bad = c.bad || n > math.MaxUint16
	*v = Member(n)
}

func (c *coder) flag(field int, v *bool) {
	n := uint64(0)
	if *v {
		n = 1
	}
	c.uint(field, &n)
	*v = n != 0
}

func (c *coder) text(field int, v *string) {
	switch {
	case c.reading && c.field == field:
		c.bad = c.bad || c.kind != pb.Bytes
		*v = string(c.bytes)
	case !c.reading && (*v != "" || c.oneof):
		c.out = pb.AppendBytes(c.out, field, *v)
	}
}

// once says that a message cannot be read which has a field twice: in etcd it is a list, with us it is not.
func (c *coder) once(field int) {
	if c.reading && c.field == field {
		c.bad, c.seen = c.bad || c.seen, true
	}
}

// message writes or reads a message within another.
func (c *coder) message(field int, m message) {
	if c.reading {
		if c.field == field {
			outer := *c
			c.rest, c.seen, c.bad = outer.bytes, false, c.bad || c.kind != pb.Bytes
			for c.next() {
				m.fields(c)
			}
			outer.bad = c.bad
			*c = outer
		}
		return
	}
	c.out = pb.AppendKey(c.out, field, pb.Bytes)
	at := len(c.out)
	c.out = append(c.out, 0) // one byte for the length, unless it needs more
	oneof := c.oneof
	c.oneof = false
	m.fields(c)
	c.oneof = oneof
	n := len(c.out) - at - 1
	if n < 1<<7 {
		c.out[at] = byte(n)
		return
	}
	body := append([]byte(nil), c.out[at+1:]...)
	c.out = append(binary.AppendUvarint(c.out[:at], uint64(n)), body...)
}

// ops writes or reads a list of operations, each in a message with one field that tells its kind.
func (c *coder) ops(field int, list *[]Call) {
	if c.reading {
		if c.field == field {
			var o operation
			c.message(field, &o)
			c.bad = c.bad || o.op == nil
			*list = append(*list, o.op)
		}
		return
	}
	for _, op := range *list {
		c.message(field, &operation{op})
	}
}

// operation is etcd's RequestOp.
type operation struct{ op Call }

func (o *operation) fields(c *coder) {
	if !c.reading {
		row := RowOf(o.op)
		c.message(row.op, row.form.message(o.op))
		return
	}
	row := rowOfOp(c.field)
	if row == nil {
		return
	}
	m := row.form.blank()
	c.message(c.field, m)
	o.op = row.form.call(m)
}

// next reads a field of the message; false at its end, or if it is malformed.
func (c *coder) next() bool {
	if c.bad || len(c.rest) == 0 {
		return false
	}
	f, rest, ok := pb.Next(c.rest)
	if !ok {
		c.bad = true
		return false
	}
	c.field, c.kind, c.number, c.bytes, c.rest = f.Field, f.Kind, f.Number, f.Bytes, rest
	return true
}
