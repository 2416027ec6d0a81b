package ctl

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
)

// The exit codes (etcd pkg/cobrautl/error.go).
const (
	ExitSuccess       = 0
	ExitError         = 1
	ExitBadConnection = 2
	ExitInvalidInput  = 3
	ExitBadFeature    = 4
	ExitInterrupted   = 5
	ExitBadArgs       = 128
)

// Options is how to print, and what an answer does not tell.
type Options struct {
	Format    script.Format
	Hex       bool
	ValueOnly bool   // get --print-value-only
	Warn      bool   // del KEY RANGE_END without --range
	Member    uint64 // the ID of the member that the call names, if it names one
	Leader    uint64 // move-leader: who led before
	Prompted  bool   // txn -i
}

// OptionsOf returns what a command says about printing.
func OptionsOf(c script.Call) Options {
	return Options{Format: c.Format, Hex: c.Hex, ValueOnly: c.ValueOnly, Warn: len(c.Warnings()) > 0, Prompted: c.Prompted}
}

// Print prints the answer to a call.
func Print(call api.Call, reply api.Reply, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	p.warn(call)
	switch call.(type) {
	case api.Compaction, api.Snapshot:
		p.simple(call, reply) // whatever the format
		return p.done()
	}
	if k, ok := reply.Body.(api.LeaseKeepAliveReply); ok && k.TTL <= 0 { // client/v3 lease.go, KeepAliveOnce
		p.fail(ExitBadConnection, api.ErrLeaseNotFound)
		return p.done()
	}
	if r, ok := call.(api.Range); ok && !p.fits(r) {
		return p.done()
	}
	switch o.Format {
	case script.Simple:
		p.simple(call, reply)
	case script.Fields:
		p.fields(call, reply)
	case script.JSON:
		p.json(call, reply)
	case script.Table:
		p.table(call, reply)
	case script.Protobuf:
		p.protobuf(call, reply)
	}
	return p.done()
}

// PrintError prints that a call failed. The text is what the member, or the client, said.
func PrintError(call api.Call, text string, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	p.warn(call)
	text = errorText(text)
	switch call.(type) {
	case api.LeaseGrant:
		p.fail(ExitError, "failed to grant lease ("+text+")")
	case api.LeaseRevoke:
		p.fail(ExitError, "failed to revoke lease ("+text+")")
	case api.LeaseTimeToLive, api.LeaseLeases, api.LeaseKeepAlive:
		p.fail(ExitBadConnection, text)
	case api.Snapshot:
		p.fail(ExitInterrupted, text)
	default:
		p.fail(ExitError, text)
	}
	return p.done()
}

// errorText returns an error as the Go client has it: texts that it knows as they are, others in gRPC's words
// (api/v3rpc/rpctypes/error.go, Error).
func errorText(text string) string {
	code := api.CodeOf(text)
	if code == api.Unknown || text == api.ErrConnection || text == api.ErrTimedOut || text == api.ErrKeepalive {
		return "rpc error: code = " + string(code) + " desc = " + text
	}
	return text
}

// printer collects what goes to the two streams.
type printer struct {
	Options
	out, err strings.Builder
	exit     int
}

func (p *printer) done() (stdout, stderr string, exit int) {
	return p.out.String(), p.err.String(), p.exit
}

// line prints the parts as one line.
func (p *printer) line(parts ...string) {
	for _, part := range parts {
		p.out.WriteString(part)
	}
	p.out.WriteByte('\n')
}

// fail prints an error and says how etcdctl exits.
func (p *printer) fail(exit int, text string) {
	p.err.WriteString("Error: " + text + "\n")
	p.exit = exit
}

func (p *printer) unsupported() {
	p.fail(ExitBadFeature, p.Format.String()+" not supported as output format")
}

// warn prints what etcdctl says before it asks: of a range to be deleted that nobody confirmed (del_command.go), and of
// what a transaction is to be (txn_command.go).
func (p *printer) warn(call api.Call) {
	if p.Prompted {
		p.out.WriteString(script.Prompts(script.TxnPrompts))
	}
	if d, ok := call.(api.DeleteRange); ok && p.Warn {
		p.err.WriteString(script.Warning(d))
	}
}

// fits refuses the flags of a get that go with one format only. etcdctl looks at them when it has the answer
// (get_command.go).
func (p *printer) fits(r api.Range) bool {
	switch {
	case r.CountOnly && p.Format != script.Fields:
		p.fail(ExitBadArgs, "--count-only is only for `--write-out=fields`")
	case p.ValueOnly && p.Format != script.Simple:
		p.fail(ExitBadArgs, "print-value-only is only for `--write-out=simple`")
	default:
		return true
	}
	return false
}

func decimal(n int64) string    { return strconv.FormatInt(n, 10) }
func unsigned(n uint64) string  { return strconv.FormatUint(n, 10) }
func boolean(b bool) string     { return strconv.FormatBool(b) }
func memberID(id uint64) string { return strconv.FormatUint(id, 16) }

// padded returns a number in hexadecimal, filled up to 16 characters: %016x and %16x.
func padded(text, fill string) string {
	return strings.Repeat(fill, max(0, 16-len(text))) + text
}

func leaseID(id int64) string { return padded(strconv.FormatInt(id, 16), "0") }
