// Package fault reads small faults from files and puts them into a copy of the tree.
//
// A Fault file is a sentence about the fault, the file that it is in, and lines of that file: those that begin with "-"
// go, those that begin with "+" come, those that begin with a space only tell the place. Indentation does not matter,
// so that a fault survives a block around it. The lines must be found exactly once.
//
//	A voter votes for whoever asks, as often as it is asked.
//	core/raft/step.go
//	-n.vote == None && n.lead == None ||
//	+n.lead == None ||
package fault

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Fault is one fault.
type Fault struct {
	Name string // of its file, without the ending
	What string // the sentence
	File string // in the tree, with slashes
	old  []string
	put  []string
}

// ending is how names of fault files end.
const ending = ".fault"

// Load reads the faults of a directory, in the order of their names; those that are named, or all if none is.
func Load(dir string, names []string) ([]Fault, error) {
	if len(names) == 0 {
		files, err := filepath.Glob(filepath.Join(dir, "*"+ending))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			names = append(names, strings.TrimSuffix(filepath.Base(f), ending))
		}
	}
	var all []Fault
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name+ending))
		if err != nil {
			return nil, err
		}
		f, err := Parse(name, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// Parse reads a fault.
func Parse(name, text string) (Fault, error) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) < 3 {
		return Fault{}, fmt.Errorf("%s: want a sentence, a file and lines of it", name)
	}
	f := Fault{Name: name, What: lines[0], File: lines[1]}
	for _, line := range lines[2:] {
		sign, rest := line[:min(1, len(line))], strings.TrimSpace(line[min(1, len(line)):])
		if sign != "+" && sign != "-" && sign != " " {
			return Fault{}, fmt.Errorf("%s: a line begins with +, - or a space, not %q", name, line)
		}
		if sign != "+" {
			f.old = append(f.old, rest)
		}
		if sign != "-" {
			f.put = append(f.put, rest)
		}
	}
	if len(f.old) == 0 || slices.Equal(f.old, f.put) {
		return Fault{}, fmt.Errorf("%s: changes nothing", name)
	}
	return f, nil
}

// Apply puts the fault into the tree at dir. undo takes it out again.
func (f *Fault) Apply(dir string) (undo func() error, err error) {
	path := filepath.Join(dir, filepath.FromSlash(f.File))
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	bad, err := f.change(strings.Split(string(text), "\n"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(strings.Join(bad, "\n")), 0o644); err != nil {
		return nil, err
	}
	return func() error { return os.WriteFile(path, text, 0o644) }, nil
}

// change returns the lines with the fault.
func (f *Fault) change(lines []string) ([]string, error) {
	at, times := 0, 0
	for i := range lines {
		if f.at(lines[i:]) {
			at, times = i, times+1
		}
	}
	if times != 1 {
		return nil, fmt.Errorf("its lines are in %s %d times, not once: move the fault to where they have gone\n\t%s",
			f.File, times, strings.Join(f.old, "\n\t"))
	}
	return slices.Concat(lines[:at], f.put, lines[at+len(f.old):]), nil
}

// at reports whether the lines begin with those that the fault replaces.
func (f *Fault) at(lines []string) bool {
	if len(lines) < len(f.old) {
		return false
	}
	return slices.EqualFunc(f.old, lines[:len(f.old)],
		func(want, line string) bool { return strings.TrimSpace(line) == want })
}
