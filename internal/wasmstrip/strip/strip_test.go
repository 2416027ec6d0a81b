package strip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// build compiles testdata/program, whose working is told there. Where the compiler is another than Strip knows, the
// test ends here: TestJoin is what holds then.
func build(t *testing.T, flags ...string) []byte {
	t.Helper()
	file := compile(t, flags...)
	if _, err := Strip(file); errors.Is(err, ErrCompiler) {
		t.Skipf("%v: only Join serves", err)
	}
	return file
}

func compile(t *testing.T, flags ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program.wasm")
	args := append(append([]string{"build", "-ldflags=-s -w", "-o", out}, flags...), "./testdata/program")
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// execute runs a binary in Node, which gets almost no environment: Go has 12 KB for it and the arguments.
func execute(t *testing.T, binary []byte, args ...string) (output string, code int) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is needed: install Node 20")
	}
	file := filepath.Join(t.TempDir(), "program.wasm")
	if err := os.WriteFile(file, binary, 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	cmd := exec.Command(node, append([]string{"--stack-size=8192", glue, file}, args...)...)
	cmd.Env = []string{"PATH=" + filepath.Dir(node)}
	text, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// TestSameOutput runs a program before and after, with and without inlining.
func TestSameOutput(t *testing.T) {
	for _, flag := range []string{"-gcflags=", "-gcflags=all=-l"} {
		before := build(t, flag)
		after, err := Strip(before)
		if err != nil {
			t.Fatal(err)
		}
		if len(after) > len(before)*9/10 {
			t.Errorf("%s: %d bytes, before %d: want a tenth less", flag, len(after), len(before))
		}
		want, wantCode := execute(t, before)
		got, code := execute(t, after)
		if got != want || code != wantCode || !strings.Contains(got, "called by main.main") {
			t.Errorf("%s: exit %d with\n%s\nbefore, it was exit %d with\n%s", flag, code, got, wantCode, want)
		}
	}
}

// TestPanicNamesFunctions looks at what is left of a traceback.
func TestPanicNamesFunctions(t *testing.T) {
	before := build(t)
	after, err := Strip(before)
	if err != nil {
		t.Fatal(err)
	}
	got, code := execute(t, after, "panic")
	if code != 2 || !regexp.MustCompile(`(?m)^panic: fatal \d+$`).MatchString(got) {
		t.Errorf("exit %d with\n%s", code, got)
	}
	if !strings.Contains(got, "main.main()\n\t?:0 ") {
		t.Errorf("want the function's name and no line in\n%s", got)
	}
}

// TestKeptTrees: the functions that recover keep what was inlined into them, the others do not.
func TestKeptTrees(t *testing.T) {
	file, err := Strip(build(t))
	if err != nil {
		t.Fatal(err)
	}
	m, err := parseModule(file)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := m.tables()
	if err != nil {
		t.Fatal(err)
	}
	tab.derive()
	if err := tab.readFunctions(); err != nil {
		t.Fatal(err)
	}
	trees := map[string]int{}
	for _, f := range tab.funcs {
		list, err := tab.inlined(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range list {
			trees[tab.nameAt(f.name)]++
			if name := tab.nameAt(tab.mem.u32(at + inlineName)); !strings.Contains(name, ".") {
				t.Errorf("%s: inlined %q", tab.nameAt(f.name), name)
			}
		}
	}
	if trees["main.recoverer.handle"] == 0 || trees["main.main"] != 0 {
		t.Errorf("trees of %v", trees)
	}
}

// TestJoin: the module of another compiler is refused by Strip, and what Join makes of it does what it did before.
func TestJoin(t *testing.T) {
	before := withCompiler(t, compile(t), "go1.25.1")
	if _, err := Strip(before); !errors.Is(err, ErrCompiler) {
		t.Errorf("Strip: %v, want ErrCompiler", err)
	}
	after, err := Join(before)
	if err != nil {
		t.Fatal(err)
	}
	m, err := parseModule(after)
	if err != nil {
		t.Fatal(err)
	}
	i, err := m.find(sectionData)
	if err != nil {
		t.Fatal(err)
	}
	if n := (&reader{b: m[i].body}).count(); n > 20 {
		t.Errorf("%d data segments: want at most 20", n)
	}
	want, wantCode := execute(t, before)
	if got, code := execute(t, after); got != want || code != wantCode {
		t.Errorf("exit %d with\n%s\nbefore, it was exit %d with\n%s", code, got, wantCode, want)
	}
}

// withCompiler changes which compiler a module names.
func withCompiler(t *testing.T, file []byte, name string) []byte {
	t.Helper()
	m, err := parseModule(file)
	if err != nil {
		t.Fatal(err)
	}
	old, err := m.compiler()
	if err != nil {
		t.Fatal(err)
	}
	counted := func(s string) []byte { return append([]byte{byte(len(s))}, s...) }
	for i, s := range m {
		if s.id == sectionCustom {
			m[i].body = bytes.Replace(s.body, counted(old), counted(name), 1)
		}
	}
	return m.encode()
}

// TestRefusals changes a good module in one place each.
func TestRefusals(t *testing.T) {
	good := build(t)
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(new)) }
	}
	compiler := func(name string) func([]byte) []byte {
		return func(b []byte) []byte { return withCompiler(t, b, name) }
	}
	memory := func(change func(*tables)) func([]byte) []byte {
		return func(b []byte) []byte { return withMemory(t, b, change) }
	}
	for _, c := range []struct {
		name, want string
		change     func([]byte) []byte
	}{
		{"not a module", "no header", func(b []byte) []byte { return b[1:] }},
		{"cut off", "ends too early", func(b []byte) []byte { return b[:len(b)-9] }},
		{"an older compiler", "the compiler was go1.25", compiler("go1.25.1")},
		{"a later compiler", "the compiler was go1.260", compiler("go1.260")},
		{"another magic", "no header", replace(pcHeader, "\xf2"+pcHeader[1:])},
		{"an entry out of order", "would store", memory(func(t *tables) { t.mem.put32(t.functab.at+8*7, 7) })},
		{"a hint too far", "would store", memory(func(t *tables) { t.mem[t.find.at+20*100+9] = 1 })},
		{"a pc table too far", "a pc table at", memory(func(t *tables) { t.mem.put32(t.funcs[9].pcs[0], t.pcs.size) })},
		{"funcdata too far", "funcdata at", memory(func(t *tables) { t.mem.put32(t.funcs[9].data[0], t.data.size) })},
		{"a name too far", "no name", memory(func(t *tables) { t.mem.put32(t.funcs[9].at+funcName, t.names.size) })},
		{"too many pcdata", "pcdata", memory(func(t *tables) { t.mem.put32(t.funcs[9].at+funcPCCount, 1<<20) })},
		{"twice", "a start function", func(b []byte) []byte {
			out, err := Strip(b)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}},
	} {
		_, err := Strip(c.change(bytes.Clone(good)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// withMemory changes the memory of a module.
func withMemory(t *testing.T, file []byte, change func(*tables)) []byte {
	t.Helper()
	m, err := parseModule(file)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := m.tables()
	if err != nil {
		t.Fatal(err)
	}
	if err := tab.readFunctions(); err != nil {
		t.Fatal(err)
	}
	change(tab)
	i, err := m.find(sectionData)
	if err != nil {
		t.Fatal(err)
	}
	m[i].body = tab.mem.encode(8)
	return m.encode()
}

// TestVerify: what was written is compared with what was meant.
func TestVerify(t *testing.T) {
	good := build(t)
	m, err := parseModule(good)
	if err != nil {
		t.Fatal(err)
	}
	before, err := m.tables()
	if err != nil {
		t.Fatal(err)
	}
	if err := before.readFunctions(); err != nil {
		t.Fatal(err)
	}
	stripped, err := Strip(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		at         func() int
	}{
		{"nothing", "", nil},
		{"a name", "another function", func() int { return before.names.at }},
		{"a pc table", "changed", func() int { return before.pcs.at + 1 }},
		{"a field", "the field at 8 changed", func() int { return before.funcs[20].at + funcArgs }},
		{"other data", "outside", func() int { return before.names.at - 100 }},
	} {
		m, err := parseModule(bytes.Clone(stripped))
		if err != nil {
			t.Fatal(err)
		}
		i, err := m.find(sectionData)
		if err != nil {
			t.Fatal(err)
		}
		mem, err := parseData(m[i].body)
		if err != nil {
			t.Fatal(err)
		}
		if c.at != nil {
			mem[c.at()] ^= 1
		}
		m[i].body = mem.encode(gap)
		err = verify(before, m.encode())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestDataSegments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		m := make(image, r.IntN(400))
		for i := range m {
			if r.IntN(3) == 0 {
				m[i] = byte(r.IntN(3))
			}
		}
		for _, gap := range []int{1, 4, 1000} {
			got, err := parseData(m.encode(gap))
			if err != nil || !bytes.Equal(got, bytes.TrimRight(m, "\x00")) {
				t.Fatalf("gap %d: % x became % x, error %v", gap, m, got, err)
			}
		}
	}
	overlap := []byte{2, 0, opI32Const, 8, opEnd, 2, 'a', 'b', 0, opI32Const, 9, opEnd, 1, 'c'}
	if _, err := parseData(overlap); err == nil {
		t.Error("two segments overlap")
	}
	if _, err := parseData(append(binary.AppendUvarint(nil, 0), 7)); err == nil {
		t.Error("bytes behind the segments")
	}
}

func TestNumbers(t *testing.T) {
	for _, v := range []int{0, 1, 63, 64, 127, 128, 8191, 8192, 1 << 30, -1, -64, -65, -1 << 31} {
		r := &reader{b: appendInt(nil, v)}
		if got := r.int(); got != v || r.err != nil || len(r.b) > 0 {
			t.Errorf("%d became %d, error %v", v, got, r.err)
		}
	}
	// The changes 2, -2, 5 stand in a pc table as 4, 3, 10; the values are 1, -1, 4.
	if got := pcMax([]byte{4, 1, 3, 1, 10, 9, 0}); got != 4 {
		t.Errorf("largest value %d, want 4", got)
	}
}
