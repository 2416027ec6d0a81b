package shell

import (
	"strings"
)

// filter is a program that makes a text of its input.
type filter struct {
	name    string
	streams bool   // what it makes of a line does not depend on later ones: it prints at once
	usage   string // what of it there is
}

// result is what a filter prints, and its exit code.
type result struct {
	out, err string
	exit     int
}

func mistaken(exit int, text string) result { return result{err: text + "\n", exit: exit} }

// misused says what of a filter there is.
func misused(name string, exit int) result {
	return mistaken(exit, name+": this"+absence+"want "+findFilter(name).usage)
}

// filters are all there are. How many of a program's flags there are is in usage, for the refusal of others.
var filters = [...]filter{
	{"grep", true, "grep [-E -F -o -v -i -c -n -w -x -q -e PATTERN] PATTERN"},
	{"egrep", true, "egrep [-o -v -i -c -n -w -x -q] PATTERN"},
	{"fgrep", true, "fgrep [-o -v -i -c -n -w -x -q] TEXT"},
	{"cut", true, "cut -d C -f LIST [-s], cut -c LIST"},
	{"head", true, "head [-n N] [-c N]"},
	{"tail", false, "tail [-n N] [-n +N] [-c N]"},
	{"wc", false, "wc [-l -w -c -m]"},
	{"sort", false, "sort [-n -r -u -f]"},
	{"tr", true, "tr [-d -s -c] SET [SET]"},
	{"jq", false, "jq [-r -c] PATH, such as .kvs[0].key or .[] | .Endpoint"},
	{"awk", true, "awk [-F TEXT] '[/PATTERN/] {print $N, \"text\"}'"},
	{"cat", true, "cat"},
}

func findFilter(name string) *filter {
	for i := range filters {
		if filters[i].name == name {
			return &filters[i]
		}
	}
	return nil
}

// work is what each of them does.
var work = [...]struct {
	name string
	do   func(args []string, in string) result
}{
	{"grep", grep},
	{"egrep", egrep},
	{"fgrep", fgrep},
	{"cut", cut},
	{"head", head},
	{"tail", tail},
	{"wc", wc},
	{"sort", sortLines},
	{"tr", tr},
	{"jq", jq},
	{"awk", awk},
	{"cat", cat},
}

// carry gives a filter its arguments and its input.
func (f *filter) carry(args []string, in string) result {
	for _, w := range work {
		if w.name == f.name {
			return w.do(args, in)
		}
	}
	return result{}
}

// filter gives a filter its input. While more is to come it sees whole lines only.
func (c *carrier) filter(argv []string, s streams) bool {
	f := findFilter(argv[0])
	if !s.in.given {
		c.complain(&s, exitUsage, argv[0]+" reads what a command prints: want it behind a |")
		return true
	}
	text := s.in.text
	if s.in.open {
		if !f.streams || counts(argv) {
			return false
		}
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	r := f.carry(argv[1:], text)
	if s.in.open && r.err != "" { // a mistake in its arguments: said once, at the end
		return false
	}
	s.out.WriteString(c.bounded(r.out))
	s.err.WriteString(r.err)
	c.status = r.exit
	return !s.in.open
}

// counts reports whether a filter that prints at once has to see all first, for a flag that it has: grep -c, head -n
// -1.
func counts(argv []string) bool {
	switch argv[0] {
	case "grep", "egrep", "fgrep":
		s := parseFlags(argv[1:], grepPlain, "e")
		return s.has('c') || s.has('q')
	case "head":
		s := parseFlags(numberFlag(argv[1:], "-n"), "q", "nc")
		return strings.HasPrefix(s.value('n')+s.value('c'), "-")
	}
	return false
}

// flags takes a filter's flags off its arguments. valued are the letters whose flag takes a value, glued or as the next
// argument.
type flags struct {
	set    string // the letters that were given
	values []string
	rest   []string
	bad    string // a flag that there is none of
}

// long are the names of flags, for those who write them out.
var long = [...]struct{ name, letter string }{
	{"--only-matching", "-o"}, {"--extended-regexp", "-E"}, {"--fixed-strings", "-F"}, {"--invert-match", "-v"},
	{"--ignore-case", "-i"},
	{"--count", "-c"}, {"--line-number", "-n"}, {"--quiet", "-q"}, {"--silent", "-q"}, {"--regexp", "-e"},
	{"--word-regexp", "-w"}, {"--line-regexp", "-x"}, {"--fields", "-f"}, {"--delimiter", "-d"}, {"--characters", "-c"},
	{"--lines", "-n"}, {"--bytes", "-c"},
	{"--raw-output", "-r"}, {"--compact-output", "-c"}, {"--numeric-sort", "-n"}, {"--reverse", "-r"}, {"--unique", "-u"},
	{"--delete", "-d"}, {"--squeeze-repeats", "-s"}, {"--complement", "-c"}, {"--only-delimited", "-s"}, {"--words", "-w"},
	{"--chars", "-m"},
}

func parseFlags(args []string, plain, valued string) flags {
	var f flags
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			f.rest = append(f.rest, args[i+1:]...)
			break
		}
		for _, l := range long {
			if name, value, has := strings.Cut(a, "="); name == l.name {
				if a = l.letter; has {
					a += value
				}
			}
		}
		if len(a) < 2 || a[0] != '-' {
			f.rest = append(f.rest, a)
			continue
		}
		for j := 1; j < len(a); j++ {
			value := strings.IndexByte(valued, a[j]) >= 0
			if !value && strings.IndexByte(plain, a[j]) < 0 {
				f.bad = "-" + a[j:]
				return f
			}
			f.set += a[j : j+1]
			v := ""
			if value {
				if v = a[j+1:]; v == "" && i+1 < len(args) {
					i++
					v = args[i]
				}
				j = len(a)
			}
			f.values = append(f.values, v)
		}
	}
	return f
}

func (f *flags) has(letter byte) bool { return strings.IndexByte(f.set, letter) >= 0 }

// value returns the last value of a flag.
func (f *flags) value(letter byte) string {
	if i := strings.LastIndexByte(f.set, letter); i >= 0 {
		return f.values[i]
	}
	return ""
}

// refused says that a filter has no such flag here, or that it reads no files.
func (f *flags) refused(name string, files int) (result, bool) {
	usage := findFilter(name).usage
	switch {
	case f.bad != "":
		return mistaken(exitUsage, name+": "+f.bad+absence+"want "+usage), true
	case len(f.rest) > files && f.rest[files] != "-":
		return mistaken(exitUsage, name+": "+f.rest[files]+": there are no files here; want a command's output behind a |"),
			true
	}
	return result{}, false
}

// split cuts a text into lines without their ends.
func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func cat(args []string, in string) result {
	f := parseFlags(args, "", "")
	if r, bad := f.refused("cat", 0); bad {
		return r
	}
	return result{out: in}
}

// Filter carries out a filter by itself: its name and arguments, on a text.
func Filter(argv []string, in string) (stdout, stderr string, exit int) {
	f := findFilter(argv[0])
	if f == nil {
		return "", argv[0] + ": not found\n", exitUnknown
	}
	r := f.carry(argv[1:], in)
	return r.out, r.err, r.exit
}
