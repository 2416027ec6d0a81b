package robustness

import (
	"slices"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"go.etcd.io/etcd/tests/v3/robustness/model"
	"go.etcd.io/etcd/tests/v3/robustness/report"
)

// history is what the validators are shown.
type history struct {
	reports   []report.ClientReport
	persisted []model.EtcdRequest
}

// mutation is a lie about a run, and what the validators say to it. It reports whether it found anything to change.
type mutation struct {
	name, complaint string
	mutate          func(*history) bool
}

var mutations = []mutation{
	{"an event is left out", "broke Reliable",
		events(3, func(l []model.WatchEvent) []model.WatchEvent { return slices.Delete(l, 1, 2) })},
	{"the first event is left out", "broke Resumable", firstEvent},
	{"an event comes twice", "broke Unique",
		events(1, func(l []model.WatchEvent) []model.WatchEvent { return append(l, l[len(l)-1]) })},
	{"events come in another order", "broke Ordered", events(2, func(l []model.WatchEvent) []model.WatchEvent {
		l[0], l[len(l)-1] = l[len(l)-1], l[0]
		return l
	})},
	{"a revision is split", "broke Atomic", splitRevision},
	{"progress is told too early", "broke Bookmarkable", earlyProgress},
	{"the value before is another", "incorrect event prevValue", previous},
	{"a change counts as a creation", "incorrect event IsCreate", created},
	{"a watch is told of a foreign key", "event not matching watch filter", foreign},
	{"a read is stale", "Failed linearization", staleRead},
	{"a write is lost", "Failed linearization", lostWrite},
	{"a revision is given twice", "Failed linearization", sameRevision},
	{"a read of the past is wrong", "response didn't match expected", pastRead},
	{"a write is not in the log", "Failed validating watch history", unlogged},
	{"nobody asked for what is in the log", "was not sent by client", unasked},
}

// mutationSeeds is how many runs are looked through for one that a mutation can change.
const mutationSeeds = 40

// TestMutations holds that the validators are shown enough to notice what is wrong.
func TestMutations(t *testing.T) {
	open := mutations
	for s := uint64(1); len(open) > 0 && s <= mutationSeeds; s++ {
		r, err := Make(s)
		if err != nil {
			t.Fatal(err)
		}
		open = slices.DeleteFunc(slices.Clone(open), func(m mutation) bool {
			h := history{r.Reports(), r.Persisted()}
			if !m.mutate(&h) {
				return false
			}
			if got := judge(t, h.reports, h.persisted); !strings.Contains(got, m.complaint) {
				t.Errorf("seed %d, %s: want %q, got %q", s, m.name, m.complaint, got)
			}
			return true
		})
	}
	for _, m := range open {
		t.Errorf("%s: no run has anything of the kind", m.name)
	}
}

// eachResponse visits responses with events until one was changed.
func (h *history) eachResponse(change func(w *model.WatchOperation, i int) bool) bool {
	for _, r := range h.reports {
		for k := range r.Watch {
			for i := range r.Watch[k].Responses {
				if len(r.Watch[k].Responses[i].Events) > 0 && change(&r.Watch[k], i) {
					return true
				}
			}
		}
	}
	return false
}

// eachOperation visits answered operations until one was changed.
func (h *history) eachOperation(change func(op *porcupine.Operation, req model.EtcdRequest,
	resp model.MaybeEtcdResponse) bool) bool {
	for _, r := range h.reports {
		for i := range r.KeyValue {
			op := &r.KeyValue[i]
			resp := op.Output.(model.MaybeEtcdResponse)
			if !resp.Persisted && resp.ClientError == "" && change(op, op.Input.(model.EtcdRequest), resp) {
				return true
			}
		}
	}
	return false
}

// events changes a response with so many events or more, of different revisions.
func events(least int, change func([]model.WatchEvent) []model.WatchEvent) func(*history) bool {
	return func(h *history) bool {
		return h.eachResponse(func(w *model.WatchOperation, i int) bool {
			l := w.Responses[i].Events
			if len(l) < least || (least > 1 && l[0].Revision == l[len(l)-1].Revision) {
				return false
			}
			w.Responses[i].Events = change(l)
			return true
		})
	}
}

func firstEvent(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		l := w.Responses[i].Events
		if w.Request.Revision == 0 || i > 0 || len(l) < 2 || l[0].Revision == l[1].Revision {
			return false
		}
		w.Responses[i].Events = l[1:]
		return true
	})
}

func splitRevision(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		whole := w.Responses[i]
		for k := 1; k < len(whole.Events); k++ {
			if whole.Events[k-1].Revision == whole.Events[k].Revision {
				rest := whole
				w.Responses[i].Events, rest.Events = whole.Events[:k], whole.Events[k:]
				w.Responses = slices.Insert(w.Responses, i+1, rest)
				return true
			}
		}
		return false
	})
}

func earlyProgress(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		next := w.Responses[i]
		next.IsProgressNotify, next.Events, next.Revision = true, nil, next.Events[0].Revision
		w.Responses = slices.Insert(w.Responses, i, next)
		return true
	})
}

func previous(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		for k, e := range w.Responses[i].Events {
			if e.PrevValue != nil {
				w.Responses[i].Events[k].PrevValue.Version++
				return true
			}
		}
		return false
	})
}

func created(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		l := w.Responses[i].Events
		if i == 0 || l[0].Type != model.PutOperation {
			return false
		}
		l[0].IsCreate = !l[0].IsCreate
		return true
	})
}

func foreign(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		w.Request.Key = "foreign"
		return true
	})
}

// staleRead gives a read the answer to an earlier, equal one.
func staleRead(h *history) bool {
	return h.eachOperation(func(old *porcupine.Operation, req model.EtcdRequest, resp model.MaybeEtcdResponse) bool {
		if req.Type != model.Range || req.Range.Revision != 0 {
			return false
		}
		return h.eachOperation(func(op *porcupine.Operation, again model.EtcdRequest, now model.MaybeEtcdResponse) bool {
			if again.Type != model.Range || *again.Range != *req.Range || now.Revision <= resp.Revision ||
				!h.written(resp.Revision, old.Return, op.Call) {
				return false
			}
			op.Output = resp
			return true
		})
	})
}

// written reports whether a write of a later revision began and ended between two instants.
func (h *history) written(revision, from, to int64) bool {
	return h.eachOperation(func(op *porcupine.Operation, req model.EtcdRequest, resp model.MaybeEtcdResponse) bool {
		return !req.IsRead() && op.Call > from && op.Return < to && resp.Revision > revision
	})
}

// lostWrite takes from a read the key that it found.
func lostWrite(h *history) bool {
	return h.eachOperation(func(op *porcupine.Operation, req model.EtcdRequest, resp model.MaybeEtcdResponse) bool {
		if req.Type != model.Range || req.Range.Revision != 0 || resp.Range.Count == 0 {
			return false
		}
		resp.Range = &model.RangeResponse{KVs: []model.KeyValue{}}
		op.Output = resp
		return true
	})
}

func sameRevision(h *history) bool {
	last := int64(0)
	return h.eachOperation(func(op *porcupine.Operation, req model.EtcdRequest, resp model.MaybeEtcdResponse) bool {
		if req.Type != model.Txn || req.IsRead() || len(req.Txn.Conditions) > 0 ||
			req.Txn.OperationsOnSuccess[0].Type != model.PutOperation {
			return false
		}
		if last != 0 && resp.Revision > last {
			resp.Revision = last
			op.Output = resp
			return true
		}
		last = resp.Revision
		return false
	})
}

func pastRead(h *history) bool {
	return h.eachOperation(func(op *porcupine.Operation, req model.EtcdRequest, resp model.MaybeEtcdResponse) bool {
		if req.Type != model.Range || req.Range.Revision == 0 || req.Range.Revision >= resp.Revision ||
			resp.Range.Count == 0 {
			return false
		}
		resp.Range.KVs = slices.Clone(resp.Range.KVs)
		resp.Range.KVs[0].ModRevision--
		return true
	})
}

// unlogged takes a put out of the log whose event was seen.
func unlogged(h *history) bool {
	return h.eachResponse(func(w *model.WatchOperation, i int) bool {
		e := w.Responses[i].Events[0]
		at := slices.IndexFunc(h.persisted, func(r model.EtcdRequest) bool {
			return r.Type == model.Txn && slices.ContainsFunc(r.Txn.OperationsOnSuccess, func(o model.EtcdOperation) bool {
				return o.Type == model.PutOperation && o.Put.Key == e.Key && o.Put.Value == e.Value
			})
		})
		if at < 2 || at == len(h.persisted)-1 {
			return false
		}
		h.persisted = slices.Delete(h.persisted, at, at+1)
		return true
	})
}

func unasked(h *history) bool {
	put := model.EtcdOperation{Type: model.PutOperation,
		Put: model.PutOptions{Key: "a", Value: model.ToValueOrHash("unasked")}}
	h.persisted = append(h.persisted, model.EtcdRequest{Type: model.Txn,
		Txn: &model.TxnRequest{OperationsOnSuccess: []model.EtcdOperation{put}}})
	return true
}
