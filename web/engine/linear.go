package engine

import (
	"fmt"
	"time"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/view"
	"github.com/etcdscope/etcdscope/web/wire"
)

// linear keeps the last verdict on the clients' history, and for what it was made.
type linear struct {
	verdict view.Linear
	world   *world.World // a verdict holds for one line of history
	length  int
	next    time.Time // not before: the check may take a twentieth of the time
}

// linearMost is the longest history that is checked while a person waits.
const linearMost = 20_000

// judge renews the verdict on the whole branch if there is something new to judge, and if it is not too soon.
func (e *Engine) judge() {
	l, w := &e.lin, e.run.Head()
	n := w.History().Len()
	if l.length == n && l.world == w {
		return
	}
	began := e.now()
	if began.Before(l.next) {
		return
	}
	l.length, l.world = n, w
	switch {
	case n > linearMost:
		l.verdict = view.Linear{State: wire.NotChecked,
			Detail: fmt.Sprintf("the history has %d operations; up to %d are checked here", n, linearMost)}
		return
	case n == 0:
		l.verdict = view.Linear{State: wire.Holds, Detail: "no operation has an outcome yet"}
		return
	}
	l.verdict = verdict(w.Linearizable(check.Budget{}), n)
	l.next = e.now().Add(20 * e.now().Sub(began))
}

func verdict(r check.Result, n int) view.Linear {
	switch r.Verdict {
	case check.Violated:
		return view.Linear{State: wire.Broken, Detail: r.Violation.Text}
	case check.Unknown:
		return view.Linear{State: wire.NotChecked, Detail: "too many operations to order: key " + r.Key}
	}
	return view.Linear{State: wire.Holds, Detail: fmt.Sprintf("%d operations can be ordered", n)}
}
