package api

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// KeyRange writes a range as a command line has it: "/pods/ --prefix".
func KeyRange(key, end string) string {
	from := Shorten(key)
	switch {
	case end == "":
		return from
	case key == mvcc.FromKey && end == mvcc.FromKey:
		return `"" --prefix`
	case end == mvcc.FromKey:
		return from + " --from-key"
	case end == mvcc.PrefixEnd(key):
		return from + " --prefix"
	}
	return from + " … " + Shorten(end)
}

// Shorten keeps a key or a value to a line: they may be as long as a request.
func Shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "… (" + strconv.Itoa(len(s)) + " bytes)"
}
