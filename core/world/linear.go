package world

import (
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/judge"
)

// Linearizable checks what the clients were told so far; see check.Linearizable. Its cost grows with the history: it is
// not for every turn. Of a history so long that its beginning has been dropped, or after a restore, nothing can be
// said: the verdict is Unknown. So it is of what was answered after data was lost by hand, if the loss may show in it.
func (w *World) Linearizable(b check.Budget) check.Result {
	if w.history.First() > 0 || w.restored {
		return check.Result{Verdict: check.Unknown}
	}
	r := check.Linearizable(judge.Operations(&w.history, w.clients, w.history.Len()), b)
	if r.Verdict != check.Violated || !w.carried() {
		return r
	}
	if r = check.Linearizable(judge.Operations(&w.history, w.clients, w.judged.loss.at), b); r.Verdict != check.Violated {
		r = check.Result{Verdict: check.Unknown}
	}
	return r
}
