package script

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// UsageError is what etcdctl says, to the letter, about a command that it does not send, and the code that it exits with.
type UsageError struct {
	Text string
	Exit int
}

// Error returns the text.
func (e *UsageError) Error() string { return e.Text }

// The exit codes of mistakes (etcd pkg/cobrautl/error.go).
const (
	exitInvalidInput = 3
	exitBadFeature   = 4
	exitBadArgs      = 128
)

// ParseTxn reads a transaction as etcdctl's txn reads it from a terminal: a comparison a line, an empty line, the operations if all hold,
// an empty line, the operations if not, an empty line. Its error is a *UsageError (etcdctl txn_command.go).
func ParseTxn(text string) (api.Txn, error) {
	var t api.Txn
	for block := 0; block < 3; {
		line, rest, ended := strings.Cut(text, "\n")
		if !ended {
			return t, &UsageError{"EOF", exitInvalidInput}
		}
		text = rest
		if line = strings.TrimSpace(line); line == "" {
			block++
			continue
		}
		if err := readLine(&t, block, line); err != nil {
			return t, err
		}
	}
	return t, nil
}

// readLine reads a line of one of the three blocks.
func readLine(t *api.Txn, block int, line string) error {
	if block == 0 {
		c, err := parseCompare(line)
		t.Compare = append(t.Compare, c)
		return err
	}
	op, err := parseOperation(line)
	if block == 1 {
		t.Success = append(t.Success, op)
	} else {
		t.Failure = append(t.Failure, op)
	}
	return err
}

// The names of what a comparison looks at and how: the first is the one that we print.
var (
	compareTargets = [...][2]string{
		api.CompareVersion: {"version", "ver"}, api.CompareCreate: {"create", "c"}, api.CompareMod: {"mod", "m"},
		api.CompareValue: {"value", "val"}, api.CompareLease: {"lease", "lease"},
	}
	compareResults = [...]string{api.Equal: "=", api.Greater: ">", api.Less: "<", api.NotEqual: "!="}
)

func compareText(c api.Compare) string {
	value := c.Value
	switch c.Target {
	case api.CompareValue:
	case api.CompareLease:
		value = hexID(c.Number)
	default:
		value = strconv.FormatInt(c.Number, 10)
	}
	return compareTargets[c.Target][0] + "(" + strconv.Quote(c.Key) + ") " + compareResults[c.Result] + " " + strconv.Quote(value)
}

// parseCompare reads target("key") op "value".
func parseCompare(line string) (api.Compare, error) {
	malformed := "malformed comparison: " + line
	target, rest, ok := strings.Cut(line, "(")
	if !ok {
		return api.Compare{}, &UsageError{malformed, exitInvalidInput}
	}
	key, op, value, err := scanCompare(rest)
	if err != nil {
		return api.Compare{}, &UsageError{malformed + "; got " + target + "(" + strconv.Quote(key) + ") " + op + " " + strconv.Quote(value), exitInvalidInput}
	}
	c := api.Compare{Key: key, Target: api.CompareTarget(len(compareTargets)), Result: api.CompareResult(len(compareResults))}
	for i, names := range compareTargets {
		if target == names[0] || target == names[1] {
			c.Target = api.CompareTarget(i)
		}
	}
	for i, name := range compareResults {
		if op == name {
			c.Result = api.CompareResult(i)
		}
	}
	switch c.Target {
	case api.CompareTarget(len(compareTargets)):
		return c, &UsageError{malformed + " (unknown target " + target + ")", exitInvalidInput}
	case api.CompareValue:
		c.Value = value
	case api.CompareLease:
		c.Number, err = strconv.ParseInt(value, 16, 64)
	default:
		c.Number, err = strconv.ParseInt(value, 10, 64)
	}
	if err != nil {
		return c, &UsageError{"invalid txn compare request: " + line, exitInvalidInput}
	}
	if int(c.Result) == len(compareResults) { // etcdctl panics here
		return c, &UsageError{malformed + " (unknown operator " + op + ")", exitInvalidInput}
	}
	return c, nil
}

var errScan = errors.New("script: not a comparison")

// scanCompare reads "key") op "value". If a part is missing, it returns those before it, as Sscanf does.
func scanCompare(s string) (key, op, value string, err error) {
	if key, s, err = scanQuoted(s); err != nil {
		return "", "", "", err
	}
	if s == "" || s[0] != ')' {
		return key, "", "", errScan
	}
	rest := strings.TrimLeft(s[1:], " \t")
	if rest == s[1:] {
		return key, "", "", errScan // a space must stand behind the parenthesis
	}
	s = rest
	if op = s; strings.ContainsAny(s, " \t") {
		op = s[:strings.IndexAny(s, " \t")]
	}
	if value, _, err = scanQuoted(s[len(op):]); err != nil {
		return key, op, "", err
	}
	return key, op, value, nil
}

// scanQuoted takes a text in double quotes or backquotes.
func scanQuoted(s string) (text, rest string, err error) {
	s = strings.TrimLeft(s, " \t")
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil || quoted[0] == '\'' {
		return "", "", errScan
	}
	text, err = strconv.Unquote(quoted)
	return text, s[len(quoted):], err
}

// parseOperation reads a put, get or del of an interactive transaction.
func parseOperation(line string) (api.Call, error) {
	args, err := argify(line)
	if err != nil {
		return nil, err
	}
	if len(args) < 2 {
		return nil, &UsageError{"invalid txn compare request: " + line, exitInvalidInput}
	}
	v := findVerb(args[0].text)
	if !inTxn(v) {
		return nil, &UsageError{"invalid txn request: " + line, exitInvalidInput}
	}
	r := &reader{line: 1, words: args[1:], end: 1}
	o := r.options(v.Name, v.flags)
	if r.err != nil {
		return nil, flagError(o, line)
	}
	var texts []string
	for _, w := range r.words {
		texts = append(texts, w.text)
	}
	op, e := operation(v.Name, texts, o)
	if e != nil {
		return nil, e
	}
	return op, nil
}

// inTxn reports whether a verb can stand in a transaction.
func inTxn(v *Verb) bool { return v != nil && (v.Name == "put" || v.Name == "get" || v.Name == "del") }

// flagError says what etcdctl says about the last of the flags, which is wrong.
func flagError(list options, line string) error {
	o := list[len(list)-1]
	switch o.name {
	case "--order":
		return &UsageError{"bad sort order " + o.text, exitBadFeature}
	case "--sort-by":
		return &UsageError{"bad sort target " + o.text, exitBadFeature}
	case "--consistency":
		return &UsageError{"unknown consistency flag " + strconv.Quote(o.text), exitBadFeature}
	case "--lease":
		_, err := strconv.ParseInt(o.text, 16, 64)
		if err != nil {
			return &UsageError{"bad lease ID (" + err.Error() + "), expecting ID in Hex", exitBadArgs}
		}
	}
	return &UsageError{"invalid txn request: " + line, exitInvalidInput}
}

// argify cuts a line into words as etcdctl's Argify does: '…' as it is, "…" with Go's escapes, all else up to a space. What no word can
// begin with is passed over.
func argify(line string) ([]word, error) {
	var list []word
	for line != "" {
		n, quoted := argument(line)
		w := word{text: line[:n], quoted: quoted}
		line = line[n:]
		switch {
		case n == 0:
			_, n = utf8.DecodeRuneInString(line)
			line = line[n:]
			continue
		case quoted && w.text[0] == '\'':
			w.text = w.text[1 : n-1]
		case quoted:
			text, err := strconv.Unquote(w.text)
			if err != nil {
				return nil, &UsageError{err.Error(), exitInvalidInput}
			}
			w.text = text
		}
		w.quoted = false // for etcdctl a flag stays one in quotes
		list = append(list, w)
	}
	return list, nil
}

// argument returns how long the word at the start of a line is; 0 if none begins there.
func argument(line string) (n int, quoted bool) {
	switch c := line[0]; {
	case c == '\'':
		if n = strings.IndexByte(line[1:], c); n < 0 {
			return 0, true
		}
		return n + 2, true
	case c == '"':
		for i := 1; i < len(line); i++ {
			if line[i] == '\\' {
				i++
			} else if line[i] == c {
				return i + 1, true
			}
		}
		return 0, true
	case strings.IndexByte(" \t\r\n\f\v", c) >= 0:
		return 0, false
	}
	if n = strings.IndexAny(line, " \t\r\n\f\v"); n < 0 {
		n = len(line)
	}
	return n, false
}

// operation builds the call of a put, get or del, if arguments and flags go together (etcdctl put_command.go, get_command.go, del_command.go).
func operation(verb string, args []string, o options) (api.Call, *UsageError) {
	switch verb {
	case "put":
		return putCall(args, o)
	case "get":
		return rangeCall(args, o)
	}
	return deleteCall(args, o)
}

func badArgs(text string) *UsageError { return &UsageError{text, exitBadArgs} }

func putCall(args []string, o options) (api.Call, *UsageError) {
	c := api.Put{Lease: o.number("--lease"), PrevKV: o.has("--prev-kv"), IgnoreValue: o.has("--ignore-value"), IgnoreLease: o.has("--ignore-lease")}
	switch {
	case len(args) == 0 || (len(args) == 1 && !c.IgnoreValue):
		return c, badArgs("put command needs 1 argument and input from stdin or 2 arguments")
	case c.IgnoreValue && len(args) > 1:
		return c, badArgs("put command needs only 1 argument when 'ignore-value' is set")
	}
	c.Key = args[0]
	if !c.IgnoreValue {
		c.Value = args[1]
	}
	return c, nil
}

func rangeCall(args []string, o options) (api.Call, *UsageError) {
	var c api.Range
	var err *UsageError
	switch {
	case len(args) == 0:
		return c, badArgs("get command needs one argument as key and an optional argument as range_end")
	case o.has("--keys-only") && o.has("--count-only"):
		return c, badArgs("`--keys-only` and `--count-only` cannot be set at the same time, choose one")
	}
	if c.Key, c.End, err = spanOf(args, o); err != nil {
		return c, err
	}
	c.Serializable = o.text("--consistency") == "s"
	c.Limit, c.Revision = o.number("--limit"), o.number("--rev")
	c.KeysOnly, c.CountOnly = o.has("--keys-only"), o.has("--count-only")
	c.MinCreateRevision, c.MaxCreateRevision = o.number("--min-create-rev"), o.number("--max-create-rev")
	c.MinModRevision, c.MaxModRevision = o.number("--min-mod-rev"), o.number("--max-mod-rev")
	setOrder(&c, o)
	if e := crossed("Create", c.MinCreateRevision, c.MaxCreateRevision); e != nil {
		return c, e
	}
	return c, crossed("Mod", c.MinModRevision, c.MaxModRevision)
}

// crossed refuses bounds that nothing lies between.
func crossed(what string, low, high int64) *UsageError {
	if high == 0 || low <= high {
		return nil
	}
	return &UsageError{"getMin" + what + "Rev(=" + strconv.FormatInt(low, 10) + ") > getMax" + what + "Rev(=" + strconv.FormatInt(high, 10) + ")",
		exitBadFeature}
}

func deleteCall(args []string, o options) (api.Call, *UsageError) {
	c := api.DeleteRange{PrevKV: o.has("--prev-kv")}
	if len(args) == 0 || len(args) > 2 {
		return c, badArgs("del command needs one argument as key and an optional argument as range_end")
	}
	var err *UsageError
	c.Key, c.End, err = spanOf(args, o)
	return c, err
}

// spanOf reads KEY [RANGE_END] with --prefix and --from-key. No key at all means the byte 0, the first one.
func spanOf(args []string, o options) (key, end string, err *UsageError) {
	prefix, from := o.has("--prefix"), o.has("--from-key")
	key = args[0]
	switch {
	case prefix && from:
		return "", "", badArgs("`--prefix` and `--from-key` cannot be set at the same time, choose one")
	case len(args) > 1 && (prefix || from):
		return "", "", badArgs("too many arguments, only accept one argument when `--prefix` or `--from-key` is set")
	case len(args) > 1:
		return key, args[1], nil
	case key == "" && (prefix || from):
		return mvcc.FromKey, mvcc.FromKey, nil
	case prefix:
		return key, mvcc.PrefixEnd(key), nil
	case from:
		return key, mvcc.FromKey, nil
	}
	return key, "", nil
}

func setOrder(c *api.Range, o options) {
	if o.has("--order") {
		c.SortOrder = mvcc.SortAscend + mvcc.SortOrder(o.number("--order"))
	}
	c.SortTarget = mvcc.SortTarget(o.number("--sort-by"))
}

// txnText prints a transaction in one line: each comparison and operation is a word, as etcdctl has it on a line of its own.
func txnText(t api.Txn) string {
	s := "txn"
	for i, c := range t.Compare {
		if i == 0 {
			s += " if"
		}
		s += " " + quote(compareText(c))
	}
	return s + operationsText("then", t.Success) + operationsText("else", t.Failure)
}

func operationsText(word string, ops []api.Call) string {
	s := ""
	for i, op := range ops {
		if i == 0 {
			s += " " + word
		}
		s += " " + quote(callText(op))
	}
	return s
}

// txn reads [if COMPARE …] [then OPERATION …] [else OPERATION …].
func (r *reader) txn() api.Txn {
	var t api.Txn
	if r.take("if") {
		for more := true; more; more = r.more() {
			w, ok := r.next("a comparison")
			c, err := parseCompare(w.text)
			if ok && err != nil {
				r.fail(w.col, err.Error(), `want one such as 'mod("a") = "0"'`)
			}
			t.Compare = append(t.Compare, c)
		}
	}
	if r.take("then") {
		t.Success = r.operations()
	}
	if r.take("else") {
		t.Failure = r.operations()
	}
	return t
}

// more reports whether a block of a transaction goes on.
func (r *reader) more() bool {
	return r.err == nil && len(r.words) > 0 && !r.peek("then") && !r.peek("else")
}

func (r *reader) operations() []api.Call {
	var ops []api.Call
	for more := true; more; more = r.more() {
		ops = append(ops, r.operation())
	}
	return ops
}

// operation reads a put, get or del that is one word.
func (r *reader) operation() api.Call {
	outer, ok := r.next("an operation such as 'put a 1'")
	if !ok {
		return nil
	}
	list, end, err := words(r.line, outer.text)
	in := &reader{line: r.line, words: list, end: end, err: err}
	w, ok := in.next("put, get or del")
	v := findVerb(w.text)
	if ok && !inTxn(v) {
		in.fail(w.col, "a transaction cannot "+strconv.Quote(w.text), "want put, get or del")
	}
	var op api.Call
	if in.err == nil {
		op = in.keys(v.Name, in.options(v.Name, v.flags))
		in.done()
	}
	if in.err != nil {
		col := outer.col + in.err.Col - 1
		if outer.quoted {
			col++
		}
		r.fail(col, in.err.Msg, in.err.Want)
	}
	return op
}

// keys reads a put, get or del behind its flags.
func (r *reader) keys(verb string, o options) api.Call {
	args := []string{r.text("a key")}
	if verb == "put" && !o.has("--ignore-value") {
		args = append(args, r.text("a value"))
	}
	col := o.col()
	if len(r.words) > 0 && verb != "put" {
		col = r.words[0].col
		args = append(args, r.text(""))
	}
	if r.err != nil {
		return nil
	}
	call, err := operation(verb, args, o)
	if err != nil {
		r.fail(col, err.Text, "")
	}
	return call
}
