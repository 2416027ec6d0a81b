package strip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The sections of a WebAssembly module that matter here, by their numbers in the binary format.
const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionStart    = 8
	sectionElement  = 9
	sectionCode     = 10
	sectionData     = 11
)

// header is what every module of version 1 begins with.
const header = "\x00asm\x01\x00\x00\x00"

// ErrModule is wrapped by every complaint about the binary format.
var ErrModule = errors.New("not a module that Go's linker writes")

// section is one section of a module: its number, and what stands in it.
type section struct {
	id   byte
	body []byte
}

// module is the list of its sections, in the order of the file.
type module []section

// parseModule cuts a file into sections. They share its bytes.
func parseModule(file []byte) (module, error) {
	rest, ok := bytes.CutPrefix(file, []byte(header))
	if !ok {
		return nil, fmt.Errorf("%w: no header", ErrModule)
	}
	var m module
	for r := (&reader{b: rest}); len(r.b) > 0; {
		id := r.byte()
		body := r.bytes(r.uint())
		if r.err != nil {
			return nil, r.err
		}
		m = append(m, section{id, body})
	}
	return m, nil
}

// encode is the inverse of parseModule, with lengths in their shortest form.
func (m module) encode() []byte {
	file := []byte(header)
	for _, s := range m {
		file = append(file, s.id)
		file = binary.AppendUvarint(file, uint64(len(s.body)))
		file = append(file, s.body...)
	}
	return file
}

// find returns the place of the one section of that number.
func (m module) find(id byte) (int, error) {
	found := -1
	for i, s := range m {
		if s.id != id {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%w: two sections %d", ErrModule, id)
		}
		found = i
	}
	if found < 0 {
		return 0, fmt.Errorf("%w: no section %d", ErrModule, id)
	}
	return found, nil
}

// list returns a reader of the one section of that number, behind the count of items that it begins with.
func (m module) list(id byte) (count int, r *reader, err error) {
	i, err := m.find(id)
	if err != nil {
		return 0, nil, err
	}
	r = &reader{b: m[i].body}
	count = r.count()
	return count, r, r.err
}

// compiler returns the version of Go that the producers section names.
func (m module) compiler() (string, error) {
	for _, s := range m {
		r := &reader{b: s.body}
		if s.id != sectionCustom || string(r.bytes(r.uint())) != "producers" {
			continue
		}
		for range r.count() {
			r.bytes(r.uint()) // "language" and "processed-by"
			for range r.count() {
				name := string(r.bytes(r.uint()))
				if version := string(r.bytes(r.uint())); name == "Go" && r.err == nil {
					return version, nil
				}
			}
		}
	}
	return "", fmt.Errorf("%w: it does not name its compiler", ErrModule)
}

// reader takes numbers and bytes from the front of b. After a mistake err is set and everything it returns is empty.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrModule, what)
	}
	r.b = nil
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("it ends too early")
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// expect takes bytes that must be these.
func (r *reader) expect(want ...byte) {
	if got := r.bytes(len(want)); !bytes.Equal(got, want) && r.err == nil {
		r.fail(fmt.Sprintf("% x where % x should be", got, want))
	}
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail("it ends too early")
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// uint takes an unsigned number (LEB128).
func (r *reader) uint() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<32-1 {
		r.fail("a bad number")
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// count takes the number of items that follow. Each has a byte or more.
func (r *reader) count() int {
	n := r.uint()
	if n > len(r.b) {
		r.fail("it ends too early")
		return 0
	}
	return n
}

// int takes a signed number (LEB128, signed).
func (r *reader) int() int {
	v, shift := 0, 0
	for {
		c := r.byte()
		v |= int(c&0x7f) << shift
		shift += 7
		if c&0x80 == 0 {
			if c&0x40 != 0 {
				v |= -1 << shift
			}
			return v
		}
		if shift > 35 {
			r.fail("a bad number")
			return 0
		}
	}
}

// appendInt is the inverse of reader.int.
func appendInt(b []byte, v int) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if (v == 0 && c&0x40 == 0) || (v == -1 && c&0x40 != 0) {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}
