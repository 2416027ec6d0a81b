package script

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/cobra"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// UsageError is what etcdctl says, to the letter, about a command that it does not send, and the code that it exits
// with.
type UsageError struct {
	Text   string
	Exit   int
	Before string // what stands before it on standard error
}

// Error returns the text.
func (e *UsageError) Error() string { return e.Text }

// The exit codes of mistakes (etcd pkg/cobrautl/error.go).
const (
	exitError         = 1
	exitBadConnection = 2
	exitInvalidInput  = 3
	exitBadFeature    = 4
	exitInterrupted   = 5
	exitBadArgs       = 128
)

// ParseTxn reads a transaction as etcdctl's txn reads it from a terminal: a comparison a line, an empty line, the
// operations if all hold, an empty line, the operations if not, an empty line. Its error is a *UsageError (etcdctl
// txn_command.go).
func ParseTxn(text string) (api.Txn, error) {
	var t txn
	if _, err := t.read(text); err != nil {
		return t.Txn, err
	}
	return t.Txn, nil
}

// txn is a transaction as it is read.
type txn struct {
	api.Txn
	warned []int  // operations, counted through both lists, that delete up to a range end which nobody confirmed
	said   string // what etcdctl has said of them by then
}

// read reads the whole, and says how many questions etcdctl has asked by then.
func (t *txn) read(text string) (asked int, err *UsageError) {
	for block := 0; block < TxnPrompts; {
		line, rest, ended := strings.Cut(text, "\n")
		if !ended {
			return block + 1, t.wrong(usageError(exitInvalidInput, "EOF"))
		}
		text = rest
		if line = strings.TrimSpace(line); line == "" {
			block++
			continue
		}
		if err := t.line(block, line); err != nil {
			return block + 1, t.wrong(err)
		}
	}
	return TxnPrompts, nil
}

// wrong puts what was said in front of an error.
func (t *txn) wrong(err *UsageError) *UsageError {
	err.Before = t.said + err.Before
	return err
}

func usageError(exit int, text string) *UsageError { return &UsageError{Text: text, Exit: exit} }

// line reads a line of one of the three blocks.
func (t *txn) line(block int, line string) *UsageError {
	if block == 0 {
		c, err := parseCompare(line)
		t.Compare = append(t.Compare, c)
		return err
	}
	l, err := parseOperation(line)
	if err != nil {
		return err
	}
	return t.add(block, l, !l.Bool("range"))
}

// add adds an operation, of which etcdctl warns if it deletes up to a range end.
func (t *txn) add(block int, l *cobra.Parsed, warns bool) *UsageError {
	op, err := operation(l)
	if d, ok := op.(api.DeleteRange); ok && warns && len(l.Args) == 2 && err == nil {
		t.warned = append(t.warned, len(t.Success)+len(t.Failure))
		t.said += Warning(d)
	}
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
	return compareTargets[c.Target][0] + "(" + strconv.Quote(c.Key) + ") " + compareResults[c.Result] + " " +
		strconv.Quote(value)
}

// parseCompare reads target("key") op "value".
func parseCompare(line string) (api.Compare, *UsageError) {
	malformed := "malformed comparison: " + line
	target, rest, ok := strings.Cut(line, "(")
	if !ok {
		return api.Compare{}, usageError(exitInvalidInput, malformed)
	}
	key, op, value, scan := scanCompare(rest)
	if scan != nil {
		return api.Compare{}, usageError(exitInvalidInput, malformed+"; got "+target+"("+strconv.Quote(key)+") "+op+" "+
			strconv.Quote(value))
	}
	c := api.Compare{Key: key, Target: api.CompareTarget(len(compareTargets)),
		Result: api.CompareResult(len(compareResults))}
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
	var err error
	switch c.Target {
	case api.CompareTarget(len(compareTargets)):
		return c, usageError(exitInvalidInput, malformed+" (unknown target "+target+")")
	case api.CompareValue:
		c.Value = value
	case api.CompareLease:
		c.Number, err = strconv.ParseInt(value, 16, 64)
	default:
		c.Number, err = strconv.ParseInt(value, 10, 64)
	}
	if err != nil {
		return c, usageError(exitInvalidInput, "invalid txn compare request: "+line)
	}
	if int(c.Result) == len(compareResults) { // etcdctl panics here
		return c, usageError(exitInvalidInput, malformed+" (unknown operator "+op+")")
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

// parseOperation reads a put, get or del of an interactive transaction. If cobra does not understand it, it prints how
// it is used, too.
func parseOperation(line string) (*cobra.Parsed, *UsageError) {
	args, err := argify(line)
	if err != nil {
		return nil, err
	}
	if len(args) < 2 {
		return nil, usageError(exitInvalidInput, "invalid txn compare request: "+line)
	}
	l, no := cobra.Operations().Parse(args)
	if no != nil {
		wrong := usageError(exitInvalidInput, "invalid txn request: "+line)
		if _, usage, ok := strings.Cut(no.Stderr, "\nUsage:"); ok {
			wrong.Before, _, _ = strings.Cut("Usage:"+usage, "Error: ")
		}
		return nil, wrong
	}
	return l, nil
}

// argify cuts a line into words as etcdctl's Argify does: '…' as it is, "…" with Go's escapes, all else up to a space.
// What no word can begin with is passed over.
func argify(line string) ([]string, *UsageError) {
	var list []string
	for line != "" {
		n, quoted := argument(line)
		w := line[:n]
		line = line[n:]
		switch {
		case n == 0:
			_, n = utf8.DecodeRuneInString(line)
			line = line[n:]
			continue
		case quoted && w[0] == '\'':
			w = w[1 : n-1]
		case quoted:
			text, err := strconv.Unquote(w)
			if err != nil {
				return nil, usageError(exitInvalidInput, err.Error())
			}
			w = text
		}
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

// operation builds the call of a put, get or del, if arguments and flags go together (etcdctl put_command.go,
// get_command.go, del_command.go).
func operation(l *cobra.Parsed) (api.Call, *UsageError) {
	switch l.Name {
	case "put":
		return putCall(l)
	case "get":
		return rangeCall(l)
	}
	return deleteCall(l)
}

func badArgs(text string) *UsageError { return usageError(exitBadArgs, text) }

func putCall(l *cobra.Parsed) (api.Call, *UsageError) {
	c := api.Put{PrevKV: l.Bool("prev-kv"), IgnoreValue: l.Bool("ignore-value"), IgnoreLease: l.Bool("ignore-lease")}
	switch {
	case len(l.Args) == 0 || (len(l.Args) == 1 && !c.IgnoreValue):
		return c, badArgs("put command needs 1 argument and input from stdin or 2 arguments")
	case c.IgnoreValue && len(l.Args) > 1:
		return c, badArgs("put command needs only 1 argument when 'ignore-value' is set")
	}
	c.Key = l.Args[0]
	if !c.IgnoreValue {
		c.Value = l.Args[1]
	}
	var err error
	if c.Lease, err = strconv.ParseInt(l.Text("lease"), 16, 64); err != nil {
		return c, badArgs("bad lease ID (" + err.Error() + "), expecting ID in Hex")
	}
	return c, nil
}

func rangeCall(l *cobra.Parsed) (api.Call, *UsageError) {
	var c api.Range
	var err *UsageError
	switch {
	case len(l.Args) == 0:
		return c, badArgs("get command needs one argument as key and an optional argument as range_end")
	case l.Bool("prefix") && l.Bool("from-key"):
		return c, badArgs(bothSpans)
	case l.Bool("keys-only") && l.Bool("count-only"):
		return c, badArgs("`--keys-only` and `--count-only` cannot be set at the same time, choose one")
	case l.Text("consistency") != "l" && l.Text("consistency") != "s":
		return c, usageError(exitBadFeature, "unknown consistency flag "+strconv.Quote(l.Text("consistency")))
	}
	if c.Key, c.End, err = spanOf(l); err != nil {
		return c, err
	}
	c.Serializable = l.Text("consistency") == "s"
	c.Limit, c.Revision = l.Number("limit"), max(l.Number("rev"), 0)
	c.KeysOnly, c.CountOnly = l.Bool("keys-only"), l.Bool("count-only")
	if err := setOrder(&c, l); err != nil {
		return c, err
	}
	if c.MinCreateRevision, c.MaxCreateRevision, err = bounds(l, "create", "Create"); err == nil {
		c.MinModRevision, c.MaxModRevision, err = bounds(l, "mod", "Mod")
	}
	return c, err
}

// bounds reads --min-WHAT-rev and --max-WHAT-rev. What is not positive is none, and what nothing lies between is
// refused.
func bounds(l *cobra.Parsed, what, title string) (low, high int64, err *UsageError) {
	given := l.Number("min-" + what + "-rev")
	low, high = max(given, 0), max(l.Number("max-"+what+"-rev"), 0)
	if high > 0 && low > high {
		return low, high, usageError(exitBadFeature, "getMin"+title+"Rev(="+strconv.FormatInt(given, 10)+") > getMax"+title+
			"Rev(="+
			strconv.FormatInt(high, 10)+")")
	}
	return low, high, nil
}

func deleteCall(l *cobra.Parsed) (api.Call, *UsageError) {
	c := api.DeleteRange{PrevKV: l.Bool("prev-kv")}
	if len(l.Args) == 0 || len(l.Args) > 2 {
		return c, badArgs("del command needs one argument as key and an optional argument as range_end")
	}
	var err *UsageError
	c.Key, c.End, err = spanOf(l)
	return c, err
}

const bothSpans = "`--prefix` and `--from-key` cannot be set at the same time, choose one"

// spanOf reads KEY [RANGE_END] with --prefix and --from-key. No key at all means the byte 0, the first one.
func spanOf(l *cobra.Parsed) (key, end string, err *UsageError) {
	prefix, from := l.Bool("prefix"), l.Bool("from-key")
	key = l.Args[0]
	switch {
	case prefix && from:
		return "", "", badArgs(bothSpans)
	case len(l.Args) > 1 && (prefix || from):
		return "", "", badArgs("too many arguments, only accept one argument when `--prefix` or `--from-key` is set")
	case len(l.Args) > 1:
		return key, l.Args[1], nil
	case key == "" && (prefix || from):
		return mvcc.FromKey, mvcc.FromKey, nil
	case prefix:
		return key, mvcc.PrefixEnd(key), nil
	case from:
		return key, mvcc.FromKey, nil
	}
	return key, "", nil
}

// setOrder reads --order and --sort-by, in capitals or small.
func setOrder(c *api.Range, l *cobra.Parsed) *UsageError {
	if text := l.Text("order"); text != "" {
		i := slices.Index(orders[:], strings.ToUpper(text))
		if i < 0 {
			return usageError(exitBadFeature, "bad sort order "+text)
		}
		c.SortOrder = mvcc.SortAscend + mvcc.SortOrder(i)
	}
	if text := l.Text("sort-by"); text != "" {
		i := slices.Index(targets[:], strings.ToUpper(text))
		if i < 0 {
			return usageError(exitBadFeature, "bad sort target "+text)
		}
		c.SortTarget = mvcc.SortTarget(i)
	}
	return nil
}

// txnText prints a transaction in one line: each comparison and operation is a word, as etcdctl has it on a line of its
// own. One without any is "txn then": a bare txn asks for what it is to do.
func txnText(t api.Txn, warned []int) string {
	s := "txn"
	for i, c := range t.Compare {
		if i == 0 {
			s += " if"
		}
		s += " " + quote(compareText(c))
	}
	s += operationsText("then", t.Success, 0, warned) + operationsText("else", t.Failure, len(t.Success), warned)
	if s == "txn" {
		return "txn then"
	}
	return s
}

// operationsText prints one of the two lists; first is where it begins. What etcdctl warns of has --range=false.
func operationsText(word string, ops []api.Call, first int, warned []int) string {
	s := ""
	for i, op := range ops {
		if i == 0 {
			s += " " + word
		}
		text := line(callText(op))
		if d, ok := op.(api.DeleteRange); ok && slices.Contains(warned, first+i) {
			text = line("del", []string{d.Key, d.End}, flagIf("prev-kv", d.PrevKV)+" --range=false")
		}
		s += " " + quote(text)
	}
	return s
}

// txnOf reads [if COMPARE …] [then OPERATION …] [else OPERATION …].
func txnOf(args []string) (t txn, err *UsageError) {
	blocks := [...]string{"if", "then", "else"}
	block := -1
	for _, a := range args {
		if next := slices.Index(blocks[:], a); next > block {
			block = next
			continue
		}
		if block == 0 {
			err = t.line(0, a)
		} else {
			err = t.word(block, a)
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// word reads an operation that is a word of a line: it is cut as the line is, not as etcdctl cuts what it reads.
func (t *txn) word(block int, text string) *UsageError {
	list, _, e := words(1, text)
	if e != nil {
		return usageError(exitInvalidInput, e.Sentence())
	}
	var args []string
	for _, w := range list {
		args = append(args, w.text)
	}
	l, no := cobra.Operations().Parse(args)
	if no != nil {
		return usageError(exitInvalidInput, "invalid txn request: "+text)
	}
	return t.add(block, l, l.Changed("range") && !l.Bool("range"))
}
