package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// callTypes returns the names of the types that are calls: those with a method named method, as the sources have them.
func callTypes(t *testing.T) map[string]bool {
	types := map[string]bool{}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Name.Name == "method" && f.Recv != nil {
				types[f.Recv.List[0].Type.(*ast.Ident).Name] = true
			}
		}
	}
	return types
}

// TestMethods: each type that is a call has a row, each row the type that says it is its own, and what a row has to say
// is all there.
func TestMethods(t *testing.T) {
	types := callTypes(t)
	for m := Method(0); m < Methods; m++ {
		row := m.Row()
		if row.Name == "" {
			t.Fatalf("method %d has no row with a name", m)
		}
		if (row.Service == "") != (row.RPC == "") || (row.Service == "") != (row.Stream == "") {
			t.Errorf("%s: service, RPC and stream go together", row.Name)
		}
		if m == MethodWatch {
			continue
		}
		if row.Call == nil || MethodOf(row.Call) != m {
			t.Errorf("%s: its row has no call, or one whose type says it is another method's: %T", row.Name, row.Call)
			continue
		}
		name := reflect.TypeOf(row.Call).Name()
		if !types[name] {
			t.Errorf("%s has two rows, or is not declared in this package", name)
		}
		delete(types, name)
		checkEntry(t, row)
	}
	for name := range types {
		t.Errorf("%s is a call without a row", name)
	}
}

// checkEntry: what is proposed as an entry has all that belongs to one, what is not has none of it.
func checkEntry(t *testing.T, row *Row) {
	if (row.entry != 0) != (row.Applied != "") || (row.RefusedIfCorrupt && row.entry == 0) {
		t.Errorf("%s: an entry has a field and a name where applying is measured, others have neither", row.Name)
	}
	if (row.form.blank != nil) != (row.entry != 0 || row.op != 0) {
		t.Errorf("%s: a form goes with a field", row.Name)
		return
	}
	if row.Service == "" && row.entry == 0 {
		t.Errorf("%s: neither clients nor members can say it", row.Name)
	}
	if row.Mutates && row.entry == 0 {
		t.Errorf("%s: what changes keys stands in the log", row.Name)
	}
	if row.entry == 0 {
		return
	}
	if got := row.form.call(row.form.message(row.Call)); !reflect.DeepEqual(got, row.Call) {
		t.Errorf("%s: its form makes %T of it", row.Name, got)
	}
	if r := rowOfEntry(row.entry); r != row {
		t.Errorf("%s shares the field %d with another", row.Name, row.entry)
	}
	for _, c := range written() {
		if MethodOf(c) == MethodOf(row.Call) {
			return
		}
	}
	t.Errorf("%s: no test writes one with all its fields (written)", row.Name)
}

// TestSubject: About changes what Subject returns, of every call that has one, and leaves others alone.
func TestSubject(t *testing.T) {
	for m := Method(0); m < Methods; m++ {
		c := m.Row().Call
		if c == nil {
			continue
		}
		who, ok := Subject(About(c, 7))
		if _, has := Subject(c); has != ok || (ok && who != 7) || (!ok && !reflect.DeepEqual(c, About(c, 7))) {
			t.Errorf("%s: its subject is %d, %v", m.Row().Name, who, ok)
		}
	}
}
