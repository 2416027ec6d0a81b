package link

import "errors"

// What kind of mistake an Error is. A page may offer to reload on ErrNewer, and to open what is there on none.
var (
	ErrNewer    = errors.New("link: made by a newer version")
	ErrDamaged  = errors.New("link: damaged")
	ErrTooLarge = errors.New("link: too large")
	ErrContent  = errors.New("link: not a run that can exist")
)

// Error is what is wrong with a link.
type Error struct {
	Kind  error  // one of the sentinels of this package
	Where string // "members", "action 3": the part of the link; empty: the whole
	Msg   string // what is wrong, and what would be right
}

// Error returns the mistake as one sentence for a person.
func (e *Error) Error() string {
	if e.Where == "" {
		return e.Msg
	}
	return "in " + e.Where + ": " + e.Msg
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

func damaged(where, msg string) error  { return &Error{ErrDamaged, where, msg} }
func tooLarge(where, msg string) error { return &Error{ErrTooLarge, where, msg} }
func content(where, msg string) error  { return &Error{ErrContent, where, msg} }
