package cobra

import (
	"slices"
	"sort"
	"strings"
)

// Kind is what a flag's value is.
type Kind uint8

// The kinds.
const (
	Bool     Kind = iota // needs no value
	String               // any text
	Number               // a whole number, in decimal, hexadecimal, octal or binary
	Unsigned             // the same without a sign
	Span                 // a time as Go writes it: 5s, 1m30s
	List                 // texts with commas between
)

// Flag is a flag of a command.
type Flag struct {
	Name, Short string // Short: one letter, or none
	Kind        Kind
	Default     string // as help shows it; a Bool is off and a text empty unless it says otherwise
	Usage       string
	Required    bool
	Own         bool // it is not the tool's but ours: help does not show it
}

// Command is a command of a tool. With Sub it is a group that only has commands below it.
type Command struct {
	Use       string // its name, and how its line reads
	Short     string // one sentence
	Long      string
	Example   string
	Inherited []Flag // its own that the commands below it have too
	Flags     []Flag // its own
	Sub       []Command

	Bare  bool     // the line of its usage shows no [flags]
	Exact int      // how many arguments cobra lets through; 0: it leaves that to the command
	Only  []string // and which; none: any
}

// Name returns the first word of Use.
func (c *Command) Name() string {
	name, _, _ := strings.Cut(c.Use, " ")
	return name
}

// Refusal is what a tool prints instead of doing something, and the code that it exits with. Help is a refusal with
// code 0.
type Refusal struct {
	Stdout, Stderr string
	Exit           int
}

// Program is a tool: its tree of commands, and how it prints help.
type Program struct {
	root  Command // its commands in the order in which the tool adds them: so cobra suggests them
	plain bool    // help is printed as cobra does by itself; else as etcdctl does
}

// Tool returns the program of a name: etcdctl or etcdutl. Anything but etcdutl is etcdctl.
func Tool(name string) *Program {
	if name == "etcdutl" {
		root := Command{Use: "etcdutl", Short: "An administrative command line tool for etcd3.", Inherited: etcdutlFlags[:]}
		return program(root, "defrag snapshot hashkv version completion migrate", true, etcdutl[:])
	}
	root := Command{Use: "etcdctl", Short: "A simple command line client for etcd3.", Inherited: etcdctlFlags[:]}
	return program(root,
		"get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror "+
			"lock elect "+
			"auth user role check completion downgrade", false, etcdctlFirst[:], etcdctlRest[:])
}

// program puts a tool together: its commands in the given order, and help.
func program(root Command, order string, plain bool, tables ...[]Command) *Program {
	for name := range strings.FieldsSeq(order) {
		for _, table := range tables {
			for i := range table {
				if table[i].Name() == name {
					root.Sub = append(root.Sub, table[i])
				}
			}
		}
	}
	root.Sub = append(root.Sub, help(root.Name()))
	return &Program{root: root, plain: plain}
}

// help is the command that cobra adds to each program.
func help(program string) Command {
	return Command{Use: "help [command]", Short: "Help about any command",
		Long: "Help provides help for any command in the application.\nSimply type " + program +
			" help [path to command] for full details."}
}

// Names returns the names of a program's commands, those of groups too.
func (p *Program) Names() []string {
	var list []string
	for i := range p.root.Sub {
		list = append(list, p.root.Sub[i].Name())
	}
	return list
}

// path is a command with those above it, from the program on.
type path []*Command

func (c path) last() *Command { return c[len(c)-1] }

// String returns the names, with spaces between: cobra's command path.
func (c path) String() string { return joined(c) }

// below returns the names without the program's.
func (c path) below() string { return joined(c[1:]) }

func joined(list []*Command) string {
	var names []string
	for _, c := range list {
		names = append(names, c.Name())
	}
	return strings.Join(names, " ")
}

// local returns the flags that belong to the command itself, in alphabetical order, with the one that cobra adds.
func (c path) local() []Flag {
	help := Flag{Name: "help", Short: "h", Usage: "help for " + c.last().Name()}
	return byName(append(c.declared(), help))
}

// declared returns the flags that belong to the command itself, without that one.
func (c path) declared() []Flag { return byName(slices.Concat(c.last().Inherited, c.last().Flags)) }

// inherited returns the flags that it has from those above it.
func (c path) inherited() []Flag {
	var list []Flag
	for _, above := range c[:len(c)-1] {
		list = append(list, above.Inherited...)
	}
	return byName(list)
}

func byName(list []Flag) []Flag {
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// flag returns the flag of a name, or of one letter; nil if the command has none.
func (c path) flag(name, short string) *Flag {
	for _, list := range [][]Flag{c.local(), c.inherited()} {
		for i := range list {
			if f := &list[i]; (name != "" && f.Name == name) || (short != "" && f.Short == short) {
				return f
			}
		}
	}
	return nil
}
