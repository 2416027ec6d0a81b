package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Request is what a client asks of a member. It is immutable once sent.
type Request struct {
	ID     uint64 // unique in the run
	Client sim.Host
	Call   api.Call
	Load   uint32 // 0, or which of its client's loads made it
}

// Changes reports whether the request changes keys.
func (r *Request) Changes() bool { return api.Writes(r.Call) }

// Reads reports whether the request only reads keys.
func (r *Request) Reads() bool {
	if t, ok := r.Call.(api.Txn); ok {
		return t.ReadOnly()
	}
	_, ok := r.Call.(api.Range)
	return ok
}

// Response is what a member answers. It is immutable once sent.
type Response struct {
	ID uint64
	api.Reply
	Err      string    // "" or etcd's error text
	Executed bool      // false beside an Err: the request certainly was not and will not be carried out
	Database *Database // of an api.Snapshot
}
