package script

// ShellBytesMax bounds a text that a shell is to carry out.
const ShellBytesMax = 1 << 15

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
