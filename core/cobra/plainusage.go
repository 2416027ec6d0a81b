package cobra

import (
	"strconv"
	"strings"
)

// plainUsage prints help as cobra does by itself (cobra command.go, defaultUsageFunc; pflag flag.go, FlagUsages).
func plainUsage(at path, local []Flag) string {
	c := at.last()
	s := "Usage:"
	if len(c.Sub) > 0 {
		s += "\n  " + at.String() + " [command]\n\nAvailable Commands:"
		for _, sub := range sorted(c.Sub) {
			const nameWidth = 11 // minNamePadding
			s += "\n  " + sub.Name() + strings.Repeat(" ", max(0, nameWidth-len(sub.Name()))) + " " + sub.Short
		}
	} else {
		s += "\n  " + useLine(at)
	}
	s += "\n\nFlags:\n" + plainFlags(local)
	if inherited := at.inherited(); len(inherited) > 0 {
		s += "\n\nGlobal Flags:\n" + plainFlags(inherited)
	}
	if len(c.Sub) > 0 {
		s += "\n\nUse \"" + at.String() + " [command] --help\" for more information about a command."
	}
	return s + "\n"
}

// plainFlags lists flags in two columns.
func plainFlags(flags []Flag) string {
	types := [...]string{Bool: "", String: " string", Number: " int", Unsigned: " uint", Span: " duration",
		List: " strings"}
	var lines, texts []string
	width := 0
	for _, f := range flags {
		if f.Own {
			continue
		}
		line := "      --"
		if f.Short != "" {
			line = "  -" + f.Short + ", --"
		}
		line += f.Name + types[f.Kind]
		text := f.Usage
		switch {
		case f.Default == "" || (f.Default == "0" && f.Kind != String):
		case f.Kind == String:
			text += " (default " + strconv.Quote(f.Default) + ")"
		default:
			text += " (default " + f.Default + ")"
		}
		lines, texts = append(lines, line), append(texts, text)
		width = max(width, len(line))
	}
	for i := range lines {
		lines[i] += strings.Repeat(" ", width-len(lines[i])) + "   " + texts[i]
	}
	return strings.TrimRight(strings.Join(lines, "\n"), " \n")
}
