package scene

import "strings"

// textWidth estimates how wide a text is in the widest of the fonts the page may get (the sans serif of a plain Linux),
// so that what fits here fits everywhere.
func textWidth(s string, size float64, bold bool) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	if bold {
		w *= 1.1
	}
	return w * size
}

func runeWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("iljI.,:;'|!·", r):
		return 0.32
	case strings.ContainsRune("tfr()[]- /", r):
		return 0.41
	case strings.ContainsRune("mwMW@%", r):
		return 0.97
	case r >= 'A' && r <= 'Z':
		return 0.70
	case r >= '0' && r <= '9':
		return 0.64
	case r > 0x2000:
		return 0.85
	}
	return 0.61
}

// fit shortens a text so that it is at most w wide.
func fit(s string, size float64, bold bool, w float64) string {
	if textWidth(s, size, bold) <= w {
		return s
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		short := strings.TrimRight(string(runes[:n]), " ·") + "…"
		if textWidth(short, size, bold) <= w {
			return short
		}
	}
	return "…"
}
