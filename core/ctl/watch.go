package ctl

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
)

// Event is a change that a watch saw.
type Event struct {
	Deleted bool
	KV      mvcc.KeyValue  // of a deletion only Key and ModRevision
	Prev    *mvcc.KeyValue // the version before, if it was asked for and there is one
}

// WatchAnswer is what comes out of a watch at once. Without events it is a notification of progress, unless it is the
// end.
type WatchAnswer struct {
	Header          api.Header
	Events          []Event
	CompactRevision int64  // the watch began before it
	Canceled        bool   // the server ended the watch
	Reason          string // why, if not by a compaction
}

// PrintWatch prints what comes out of a watch. If that is its end, etcdctl ends (watch_command.go, printWatchCh).
func PrintWatch(w WatchAnswer, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	if w.Canceled {
		p.err.WriteString("watch was canceled (" + w.why() + ")\n")
	}
	if len(w.Events) == 0 && !w.Canceled && w.CompactRevision == 0 && w.Header.Revision != 0 {
		p.line("progress notify: ", decimal(w.Header.Revision))
	}
	switch o.Format {
	case script.Simple:
		for _, e := range w.Events {
			p.line(e.kind())
			if e.Prev != nil {
				p.simpleKV(*e.Prev)
			}
			p.simpleKV(e.KV)
		}
	case script.Fields:
		p.fieldsWatch(w)
	case script.JSON:
		p.jsonWatch(w)
	case script.Protobuf:
		p.protobufWatch(w)
	case script.Table:
		p.unsupported()
		return p.done()
	}
	if w.Canceled {
		p.fail(ExitInterrupted, "watch is canceled by the server")
	}
	return p.done()
}

// why returns the error of a watch that has ended (client/v3 watch.go, WatchResponse.Err).
func (w WatchAnswer) why() string {
	switch {
	case w.CompactRevision != 0:
		return api.ErrCompacted
	case w.Reason == "":
		return api.ErrFutureRev
	case api.CodeOf(w.Reason) == api.Unknown:
		return "rpc error: code = " + string(api.FailedPrecondition) + " desc = " + w.Reason
	}
	return w.Reason
}

func (e Event) kind() string {
	if e.Deleted {
		return "DELETE"
	}
	return "PUT"
}

func (p *printer) fieldsWatch(w WatchAnswer) {
	p.fieldsHeader(w.Header)
	for _, e := range w.Events {
		p.field("Type", e.kind())
		if e.Prev != nil {
			p.fieldsKV("Prev", *e.Prev)
		}
		p.fieldsKV("", e.KV)
	}
}

func (p *printer) jsonWatch(w WatchAnswer) {
	var j text
	j.open('{')
	j.name("Header")
	j.open('{')
	j.headerFields(w.Header)
	j.close('}')
	j.name("Events")
	j.open('[')
	for _, e := range w.Events {
		j.open('{')
		if e.Deleted {
			j.field("type", "1")
		}
		j.name("kv")
		j.kv(e.KV)
		if e.Prev != nil {
			j.name("prev_kv")
			j.kv(*e.Prev)
		}
		j.close('}')
	}
	j.close(']')
	j.field("CompactRevision", decimal(w.CompactRevision))
	j.field("Canceled", boolean(w.Canceled))
	j.field("Created", "false")
	j.close('}')
	p.line(string(j))
}

// PrintLeaseGone prints how a lease keep-alive ends that nobody interrupts: the lease has expired or was revoked
// (lease_command.go).
func PrintLeaseGone(id int64, o Options) (stdout, stderr string, exit int) {
	p := &printer{Options: o}
	if o.Format == script.Simple {
		p.line("lease ", leaseID(id), " expired or revoked.")
	}
	return p.done()
}
