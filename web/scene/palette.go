package scene

import "strings"

// Variable is a colour of the picture as a CSS variable, in its light and its dark value.
type Variable struct{ Name, Light, Dark string }

// Palette is every colour that a drawing uses. The page's style sheet defines the same variables (a test compares
// them); a still carries them itself. Terms cycle through six colours of Okabe and Ito; --danger is kept for cuts and
// violations.
var Palette = []Variable{
	{"--panel", "#fff", "#161b22"},
	{"--ink", "#14181f", "#e8edf4"},
	{"--ink-2", "#4a5565", "#a9b4c2"},
	{"--ink-3", "#667181", "#8792a1"},
	{"--line", "#dfe3e9", "#2a323d"},
	{"--soft", "#eef1f5", "#1d242d"},
	{"--accent", "#0072B2", "#56B4E9"},
	{"--accent-soft", "#e3f0f8", "#14303f"},
	{"--on-accent", "#fff", "#08131b"},
	{"--danger", "#D55E00", "#ff8a3d"},
	{"--danger-ink", "#b34700", "#ff8a3d"},
	{"--on-danger", "#fff", "#1a0d04"},
	{"--ok", "#00795a", "#3ecf9f"},
	{"--t1", "#56B4E9", "#56B4E9"},
	{"--t2", "#E69F00", "#E69F00"},
	{"--t3", "#009E73", "#009E73"},
	{"--t4", "#CC79A7", "#CC79A7"},
	{"--t5", "#F0E442", "#F0E442"},
	{"--t6", "#0072B2", "#2b8ccb"},
}

const termColours = 6

// TermSlot is the place of a term in the cycle of colours, 1…6; 0 for term 0, which has none.
func TermSlot(term uint64) int {
	if term == 0 {
		return 0
	}
	return int((term-1)%termColours) + 1
}

// TermFill is the colour of a term, and TermInk the colour of text upon it.
func TermFill(term uint64) string {
	if term == 0 {
		return "var(--line)"
	}
	return "var(--t" + string(rune('0'+TermSlot(term))) + ")"
}

// TermInk is the colour of text upon TermFill: dark on all but the last, which is a deep blue.
func TermInk(term uint64) string {
	switch TermSlot(term) {
	case 0:
		return "var(--ink)"
	case termColours:
		return "#fff"
	}
	return "#10151c"
}

// style is the palette as a style sheet, for a picture that stands alone.
func style() string {
	var b strings.Builder
	b.WriteString("svg{")
	for _, v := range Palette {
		b.WriteString(v.Name + ":" + v.Light + ";")
	}
	b.WriteString("background:var(--panel);font-family:" + fonts + "}@media(prefers-color-scheme:dark){svg{")
	for _, v := range Palette {
		b.WriteString(v.Name + ":" + v.Dark + ";")
	}
	b.WriteString("}}")
	return b.String()
}

const fonts = "Inter,system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
