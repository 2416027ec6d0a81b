package etcd

import "github.com/etcdscope/etcdscope/core/api"

// Requests as gRPC's own metrics count them, which etcd shows beside its own: by method, and when they are answered, by
// code (api/v3rpc/grpc.go, go-grpc-middleware). api.Row.Counted says which methods are.

// codeNames are the codes that etcd answers with: first the one that says that all is well.
var codeNames = [...]api.Code{
	"OK", api.Canceled, api.DataLoss, api.DeadlineExceeded, api.FailedPrecondition, api.InvalidArgument, api.NotFound,
	api.OutOfRange,
	api.ResourceExhausted, api.Unavailable, api.Unknown,
}

const codes = len(codeNames)

// badCodes says which of them etcd's alerts take for a failure (contrib/mixin, etcdHighNumberOfFailedGRPCRequests).
var badCodes = [codes]bool{2: true, 3: true, 4: true, 8: true, 9: true, 10: true}

func codePlace(text string) int {
	if text == "" {
		return 0
	}
	code := api.CodeOf(text)
	for i, c := range codeNames {
		if c == code {
			return i
		}
	}
	return codes - 1
}

// countStart counts a request that came in.
func (c *callCounters) countStart(m api.Method) {
	if m.Row().Counted() {
		c.started[m]++
	}
}

// countEnd counts one that was answered, with etcd's error text or nothing.
func (c *callCounters) countEnd(m api.Method, text string) {
	if !m.Row().Counted() {
		return
	}
	place := codePlace(text)
	c.count(m, place)
	c.answers++
	if badCodes[place] {
		c.bad++
	}
}

// handled is how many requests of a method were answered with a code. Few of all pairs ever are.
type handled struct {
	rpc   api.Method
	place uint8
	count uint32
}

func (c *callCounters) count(m api.Method, place int) {
	for i := range c.handled {
		if h := &c.handled[i]; h.rpc == m && int(h.place) == place {
			h.count++
			return
		}
	}
	c.handled = append(c.handled, handled{m, uint8(place), 1})
}

func (c *callCounters) countOf(m api.Method, place int) uint32 {
	for _, h := range c.handled {
		if h.rpc == m && int(h.place) == place {
			return h.count
		}
	}
	return 0
}
