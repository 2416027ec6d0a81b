package page

import "strings"

// Binding is one line of the table of keys. The listener, the help dialog and the menus all read this table.
type Binding struct {
	Keys   []string // as KeyboardEvent.key says them; "Shift+" before it where Shift matters
	Intent string   // $ stands for the member that has the focus
	Member bool     // works only while a member has the focus
	Letter bool     // a single letter, that a person can switch off
	Show   string   // how the help shows it
	Text   string
}

// Bindings is every key of the page.
var Bindings = []Binding{
	{[]string{" "}, "toggle", false, true, "Space", "play or pause"},
	{[]string{"."}, "step 1", false, true, ".", "one event forward"},
	{[]string{","}, "step -1", false, true, ",", "one event back"},
	{[]string{"ArrowRight"}, "nudge 10000", false, false, "→", "10 ms forward"},
	{[]string{"ArrowLeft"}, "nudge -10000", false, false, "←", "10 ms back"},
	{[]string{"Shift+ArrowRight"}, "nudge 100000", false, false, "Shift →", "100 ms forward"},
	{[]string{"Shift+ArrowLeft"}, "nudge -100000", false, false, "Shift ←", "100 ms back"},
	{[]string{"]", "PageDown"}, "jump 1", false, true, "]", "to the next mark"},
	{[]string{"[", "PageUp"}, "jump -1", false, true, "[", "to the previous mark"},
	{[]string{"a", "A"}, "adaptive", false, true, "A", "adaptive pace: what you cause is slowed to be seen"},
	{[]string{"-"}, "slower", false, true, "−", "slower"},
	{[]string{"+", "="}, "faster", false, true, "+", "faster"},
	{[]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, "tenth #", false, true, "0 … 9", "to a tenth of the run"},
	{[]string{"l", "L"}, "live", false, true, "L", "back to the end of the run"},
	{[]string{"u", "U"}, "undo", false, true, "U", "take the last command back"},
	{[]string{"f", "F"}, "fullscreen", false, true, "F", "full screen"},
	{[]string{"/"}, "console", false, true, "/", "type a command"},
	{[]string{"?"}, "help", false, true, "?", "this help"},
	{[]string{"Escape"}, "close", false, false, "Esc", "close, or select nothing"},
	{[]string{"w", "W"}, "op put $", true, true, "W", "write to it"},
	{[]string{"x", "X"}, "member crash $", true, true, "X", "crash or restart it"},
	{[]string{"p", "P"}, "member pause $", true, true, "P", "pause or resume it"},
	{[]string{"c", "C"}, "member cut $", true, true, "C", "cut it off, or heal"},
	{[]string{"t", "T"}, "member timeout $", true, true, "T", "time its election out now"},
	{[]string{"Enter"}, "select $", true, false, "Enter", "explain it"},
	{[]string{"Shift+F10", "ContextMenu"}, "menu $", true, false, "Shift F10", "its menu"},
	{[]string{"ArrowRight", "ArrowDown"}, "focus 1", true, false, "→ ↓", "to the next member"},
	{[]string{"ArrowLeft", "ArrowUp"}, "focus -1", true, false, "← ↑", "to the one before"},
}

// Press is a key that went down.
type Press struct {
	Key              string
	Shift, Ctrl, Alt bool   // Alt: Alt or Meta
	Typing           bool   // in a field
	Control          bool   // on a button, a tab or the like, which keeps Space, Enter and the arrows for itself
	Member           string // the member that has the focus
	LettersOff       bool
	InDialog         bool
	Scrolls          bool // in something that scrolls, which keeps the page keys
}

// IntentOf looks a key up. "" when the key is none of the page's.
func IntentOf(p Press) string {
	if p.Ctrl || p.Alt || (p.InDialog && p.Key != "Escape") || (p.Typing && p.Key != "Escape") {
		return ""
	}
	if p.Scrolls && strings.HasPrefix(p.Key, "Page") {
		return ""
	}
	own := p.Control && (p.Key == " " || p.Key == "Enter" || strings.HasPrefix(p.Key, "Arrow"))
	for _, b := range Bindings {
		if !b.has(p) || (b.Letter && p.LettersOff) || (b.Member && p.Member == "") {
			continue
		}
		if !b.Member && (own || (p.Member != "" && memberHas(p))) {
			continue
		}
		return strings.NewReplacer("$", p.Member, "#", p.Key).Replace(b.Intent)
	}
	return ""
}

// memberHas says whether a key means something else while a member has the focus.
func memberHas(p Press) bool {
	for _, b := range Bindings {
		if b.Member && b.has(p) {
			return true
		}
	}
	return false
}

func (b *Binding) has(p Press) bool {
	for _, k := range b.Keys {
		if k == p.Key && (!p.Shift || len([]rune(p.Key)) == 1) || (p.Shift && k == "Shift+"+p.Key) {
			return true
		}
	}
	return false
}

// keyFor is how the help shows the key of an intent; "" when it has none.
func keyFor(intent string) string {
	for _, b := range Bindings {
		if b.Intent == intent {
			return b.Show
		}
	}
	return ""
}
