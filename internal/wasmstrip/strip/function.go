package strip

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

const (
	opCall       = 0x10
	functionType = 0x60
)

// callers tells for each function whether it calls the function of that index. It looks for the bytes of the call, so a
// constant that looks like one counts, too: rather one too many.
func (m module) callers(callee int) ([]bool, error) {
	imports, _, err := m.list(sectionImport)
	if err != nil {
		return nil, err
	}
	count, r, err := m.list(sectionCode)
	if err != nil {
		return nil, err
	}
	call := appendInt([]byte{opCall}, imports+callee) // Go's linker writes it as if it were signed
	var list []bool
	for range count {
		list = append(list, bytes.Contains(r.bytes(r.uint()), call))
	}
	return list, r.err
}

// addStart adds a function without parameters and results, and has it run when the module is instantiated.
func (m *module) addStart(body []byte) error {
	imports, _, err := m.list(sectionImport)
	if err != nil {
		return err
	}
	functions, _, err := m.list(sectionFunction)
	if err != nil {
		return err
	}
	kind, err := m.emptyType()
	if err != nil {
		return err
	}
	if err := m.appendItem(sectionFunction, binary.AppendUvarint(nil, uint64(kind))); err != nil {
		return err
	}
	if err := m.appendItem(sectionCode, append(binary.AppendUvarint(nil, uint64(len(body))), body...)); err != nil {
		return err
	}
	before, err := m.find(sectionElement)
	if err != nil {
		return err
	}
	// Behind all other functions, so that none of them gets another index.
	start := section{sectionStart, binary.AppendUvarint(nil, uint64(imports+functions))}
	*m = slices.Insert(*m, before, start)
	return nil
}

// appendItem adds an item to the one section of that number.
func (m module) appendItem(id byte, item []byte) error {
	i, err := m.find(id)
	if err != nil {
		return err
	}
	count, r, err := m.list(id)
	if err != nil {
		return err
	}
	m[i].body = slices.Concat(binary.AppendUvarint(nil, uint64(count+1)), r.b, item)
	return nil
}

// emptyType finds the type of a function without parameters and results.
func (m module) emptyType() (int, error) {
	count, r, err := m.list(sectionType)
	if err != nil {
		return 0, err
	}
	for i := range count {
		r.expect(functionType)
		parameters, results := r.bytes(r.uint()), r.bytes(r.uint())
		if r.err == nil && len(parameters)+len(results) == 0 {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%w: no type of a function without parameters and results", ErrModule)
}
