package link

import (
	"slices"
	"strconv"
	"strings"
)

// Encode returns the fragment for a run, with its "#". Its error is an *Error: a link that could not be opened again is
// not made.
func Encode(r Run) (string, error) {
	if err := r.check(); err != nil {
		return "", err
	}
	for i, c := range r.Tape {
		if _, err := parseCommand(i, c.Command.String()); err != nil {
			return "", err // made by hand, with a name or a length that the language does not have
		}
	}
	head := "#v=" + strconv.Itoa(Version)
	if r.Model != "" {
		head += "&m=" + r.Model
	}
	if text := head + r.readable(); len(text) <= ReadableBytesMax {
		return text, nil
	}
	z, err := r.pack()
	if err != nil {
		return "", err
	}
	if text := head + "&z=" + z; len(text) <= BytesMax {
		return text, nil
	}
	return "", tooLarge("", "the run is too long for a link")
}

// Decode reads a fragment, with or without its "#". known reports whether there is a scenario of that name; nil knows
// them all. The error is an *Error. Keys that the format does not have are ignored.
func Decode(fragment string, known func(scenario string) bool) (Run, error) {
	if len(fragment) > BytesMax {
		return Run{}, tooLarge("", "this link has "+strconv.Itoa(len(fragment))+" bytes, at most "+strconv.Itoa(BytesMax)+
			" are allowed")
	}
	list, err := fields(strings.TrimPrefix(fragment, "#"))
	if err != nil {
		return Run{}, err
	}
	if err := checkVersion(list); err != nil {
		return Run{}, err
	}
	r, err := decode(list)
	if err == nil {
		err = r.check()
	}
	if err == nil && r.Scenario != "" && known != nil && !known(r.Scenario) {
		err = content("s", "there is no scenario "+quote(r.Scenario))
	}
	if err != nil {
		return Run{}, err
	}
	return r, nil
}

// checkVersion comes before everything else: what the other keys mean depends on it.
func checkVersion(list []field) error {
	for _, f := range list {
		if f.key != "v" {
			continue
		}
		n, err := strconv.ParseUint(f.value, 10, 31)
		switch {
		case err != nil || n == 0:
			return damaged("v", quote(f.value)+" is no version")
		case n > Version:
			return &Error{ErrNewer, "", "this link was made by a newer version of etcdscope (v" + strconv.FormatUint(n, 10) +
				"); this page reads v" + strconv.Itoa(Version)}
		}
		return nil
	}
	return damaged("", "this link has no version; one starts with #v="+strconv.Itoa(Version))
}

// decode reads the form that the link has.
func decode(list []field) (Run, error) {
	at := slices.IndexFunc(list, func(f field) bool { return f.key == "z" })
	if at < 0 {
		return parseReadable(list)
	}
	r, err := unpack(list[at].value)
	for _, f := range list {
		switch f.key {
		case "v", "z":
		case "m":
			r.Model = f.value
		default:
			return Run{}, damaged("z", "it holds the whole run, but other keys stand beside it")
		}
	}
	return r, err
}
