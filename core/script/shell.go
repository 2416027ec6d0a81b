package script

// ShellBytesMax bounds a text that a shell is to carry out.
const ShellBytesMax = 1 << 15

// Shell is text of one or more lines that a POSIX shell would carry out: several commands, pipes, variables. What it
// means is for core/shell to know.
type Shell struct {
	Text   string
	Client Name
}

func (Shell) command() {}

func (c Shell) String() string { return "shell " + quote(c.Text) + flagName("client", c.Client) }

// IsCommand reports whether a word begins a command of the language: crash, put …
func IsCommand(word string) bool {
	v := findVerb(word)
	return (v != nil && v.Category != Scripting) || (v == nil && len(subcommands(word)) > 0)
}

// Commands returns the first words of all commands.
func Commands() []string { return commandNames() }

// Near returns the candidate that a word was probably meant to be; "" if none is near.
func Near(word string, candidates []string) string {
	for _, s := range synonyms {
		if s.word == word {
			return s.verb
		}
	}
	return nearest(word, candidates)
}

// ToolOf returns the program of etcd's that a line is for which does not name one, such as put a 1; "" if it is for
// none.
func ToolOf(argv []string) string {
	list := make([]word, len(argv))
	for i, a := range argv {
		list[i].text = a
	}
	return toolOf(list)
}
