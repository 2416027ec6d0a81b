package cobra

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The versions that etcdctl shows (etcd api/version).
const (
	Version    = "3.6.16"
	APIVersion = "3.6"
)

// usage returns what help prints about a command.
func (p *Program) usage(at path) string { return p.usageOf(at, at.local()) }

func (p *Program) usageOf(at path, local []Flag) string {
	if p.plain {
		return plainUsage(at, local)
	}
	return usage(at, local)
}

// usage prints help as etcdctl does (etcd pkg/cobrautl/help.go).
func usage(at path, local []Flag) string {
	c := at.last()
	name := at.below()
	if len(at) == 1 {
		name = c.Name()
	}
	s := "NAME:\n" + indent(name+" - "+c.Short) + "\n\nUSAGE:\n" + indent(useLine(at)) + "\n"
	if len(at) == 1 {
		s += "\nVERSION:\n" + indent(Version) + "\n"
	}
	if len(c.Sub) > 0 {
		s += "\nAPI VERSION:\n" + indent(APIVersion) + "\n"
	}
	if c.Example != "" {
		s += "\nExamples:\n" + c.Example + "\n"
	}
	if len(c.Sub) > 0 {
		s += "\nCOMMANDS:\n" + columns(commandRows(path{c}, nil))
	}
	if c.Long != "" {
		s += "\nDESCRIPTION:\n"
		for line := range strings.SplitSeq(strings.Trim(c.Long, "\n\t "), "\n") {
			s += indent(line) + "\n"
		}
	}
	s += "\nOPTIONS:\n" + columns(flagRows(local))
	if inherited := at.inherited(); len(inherited) > 0 {
		s += "\nGLOBAL OPTIONS:\n" + columns(flagRows(inherited))
	}
	return s + "\n"
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }

// useLine returns how a command's line reads (cobra command.go, UseLine).
func useLine(at path) string {
	s := at.last().Use
	if len(at) > 1 {
		s = at[:len(at)-1].String() + " " + s
	}
	if at.last().Bare || strings.Contains(s, "[flags]") {
		return s
	}
	return s + " [flags]"
}

// commandRows lists all commands below one that can be carried out, with their sentences.
func commandRows(at path, rows [][2]string) [][2]string {
	sub := sorted(at.last().Sub)
	for i := range sub {
		next := append(at[:len(at):len(at)], &sub[i])
		if len(sub[i].Sub) == 0 {
			rows = append(rows, [2]string{"  " + next.below(), sub[i].Short})
		}
		rows = commandRows(next, rows)
	}
	return rows
}

// sorted returns commands in alphabetical order, in which help lists them.
func sorted(list []Command) []Command {
	list = slices.Clone(list)
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	return list
}

// flagRows lists flags with their defaults and sentences (etcdFlagUsages).
func flagRows(flags []Flag) (rows [][2]string) {
	for _, f := range flags {
		if f.Own {
			continue
		}
		s := "      --"
		if f.Short != "" {
			s = "  -" + f.Short + ", --"
		}
		switch s += f.Name; f.Kind {
		case Bool:
			s += "[=" + orFalse(f.Default) + "]"
		case String:
			s += "=" + strconv.Quote(f.Default)
		default:
			s += "=" + f.Default
		}
		rows = append(rows, [2]string{s, f.Usage})
	}
	return rows
}

func orFalse(s string) string {
	if s == "" {
		return "false"
	}
	return s
}

// columns prints two columns with tabs between, which stand eight characters apart (text/tabwriter).
func columns(rows [][2]string) string {
	const tab = 8
	width := 0
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r[0])+1)
	}
	width = (width + tab - 1) / tab * tab
	s := ""
	for _, r := range rows {
		s += r[0] + strings.Repeat("\t", (width-utf8.RuneCountInString(r[0])+tab-1)/tab) + r[1] + "\n"
	}
	return s
}
