// Package strip makes a browser binary of Go smaller to send, without a change to what it computes. It does five
// things:
//
//   - It forgets files, line numbers and most inlined calls, which only the text of a panic shows (lines.go).
//   - It packs what remains of the runtime's tables (lines.go).
//   - It leaves out numbers that follow from others; a start function computes them in the browser (start.go).
//   - It lets jumps go straight to where they go, if that is further down in the function (jumps.go).
//   - It writes memory as a few long data segments: Go's linker writes tens of thousands of short ones (data.go).
//
// The last of these holds for every compiler, and Join does it alone. For the others Strip must know the tables of the
// compiler: those of one version of Go. What it wrote it reads again, as the runtime will, and compares (verify.go).
// Functions keep their indexes, and all instructions but those of jumps.
//
// Read strip.go first, then pclntab.go for what the tables are. module.go and function.go know the binary format.
package strip

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// version is the compiler whose tables are known here.
const version = "go1.26"

// ErrCompiler is returned for a module of a compiler whose tables are not known.
var ErrCompiler = errors.New("unknown tables")

// gap is how many zeros end a data segment. Measured: from 64 on, more makes a difference of a tenth of a percent.
const gap = 4096

// Join returns the module with few and long data segments. Nothing else changes, so any compiler will do.
func Join(file []byte) ([]byte, error) {
	m, err := parseModule(file)
	if err != nil {
		return nil, err
	}
	i, mem, err := m.memory()
	if err != nil {
		return nil, err
	}
	m[i].body = mem.encode(gap)
	return m.encode(), nil
}

// memory returns the place of the data section and the memory that it describes.
func (m module) memory() (int, image, error) {
	i, err := m.find(sectionData)
	if err != nil {
		return 0, nil, err
	}
	mem, err := parseData(m[i].body)
	return i, mem, err
}

// Strip returns the module without what a browser does not need. The error is ErrCompiler when another version of Go
// built the module: Join can still serve.
func Strip(file []byte) ([]byte, error) {
	m, err := parseModule(file)
	if err != nil {
		return nil, err
	}
	if _, err := m.find(sectionStart); err == nil {
		return nil, fmt.Errorf("%w: it has a start function, perhaps of an earlier strip", ErrModule)
	}
	t, err := m.tables()
	if err != nil {
		return nil, err
	}
	if err := t.readFunctions(); err != nil {
		return nil, err
	}
	before := *t
	before.mem = bytes.Clone(t.mem)
	if err := m.strip(t); err != nil {
		return nil, err
	}
	out := m.encode()
	return out, verify(&before, out)
}

// tables finds the runtime's tables in a module's memory.
func (m module) tables() (*tables, error) {
	compiler, err := m.compiler()
	if err != nil {
		return nil, err
	}
	if compiler != version && !strings.HasPrefix(compiler, version+".") {
		return nil, fmt.Errorf("%w: the compiler was %s, and these are of %s", ErrCompiler, compiler, version)
	}
	_, mem, err := m.memory()
	if err != nil {
		return nil, err
	}
	return findTables(mem)
}

// strip changes the tables, then the module.
func (m *module) strip(t *tables) error {
	recovers, err := m.recovers(t)
	if err != nil {
		return err
	}
	t.dropLines(recovers)
	if err := t.packPCs(); err != nil {
		return err
	}
	if err := t.packNames(); err != nil {
		return err
	}
	if err := t.dropDerived(); err != nil {
		return err
	}
	if err := m.shortenJumps(); err != nil {
		return err
	}
	if err := m.addStart(t.startFunction()); err != nil {
		return err
	}
	i, err := m.find(sectionData)
	if err != nil {
		return err
	}
	(*m)[i].body = t.mem.encode(gap)
	return nil
}

// recovers tells for each function whether it calls runtime.gorecover.
func (m module) recovers(t *tables) ([]bool, error) {
	i := slices.IndexFunc(t.funcs, func(f function) bool { return t.nameAt(f.name) == "runtime.gorecover" })
	if i < 0 {
		return make([]bool, t.count), nil // nothing recovers
	}
	list, err := m.callers(i)
	if err == nil && len(list) != t.count {
		err = fmt.Errorf("%w: %d functions, but code for %d", ErrTables, t.count, len(list))
	}
	return list, err
}
