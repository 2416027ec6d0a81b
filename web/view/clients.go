package view

import (
	"sort"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// opsMost is how many operations are listed.
const opsMost = 60

// Clients lists what the clients did and were told, newest first.
func Clients(run *world.Run, _ Lens) *wire.History {
	w, v := run.World(), &wire.History{}
	for i := range w.Clients() {
		open := w.Clients()[i].Open()
		v.Waiting += len(open)
		for k := range open {
			if len(open)-k <= opsMost {
				v.Rows = append(v.Rows, op(&open[k]))
			}
		}
	}
	hist := w.History()
	for i := hist.Len() - 1; i >= hist.First() && i >= hist.Len()-opsMost; i-- {
		v.Rows = append(v.Rows, op(hist.Ref(i)))
	}
	counts := w.Outcomes()
	v.Acknowledged, v.Failed, v.Indeterminate = counts[client.Acknowledged], counts[client.Failed],
		counts[client.Indeterminate]
	for i := range w.Clients() {
		heard := w.Clients()[i].Received()
		for k := heard.Len() - 1; k >= max(heard.First(), heard.Len()-opsMost/2); k-- {
			v.Rows = append(v.Rows, heardOp(w, heard.Ref(k)))
		}
	}
	sort.SliceStable(v.Rows, func(i, j int) bool { return v.Rows[i].Call > v.Rows[j].Call })
	v.Rows = v.Rows[:min(len(v.Rows), opsMost)]
	return v
}

var outcomes = [...]wire.Outcome{client.Waiting: wire.Waiting, client.Acknowledged: wire.Acknowledged,
	client.Failed: wire.Failed, client.Indeterminate: wire.Indeterminate}

func op(o *client.Operation) wire.Op {
	v := wire.Op{
		ID: o.Request.ID, Client: o.Request.Client.String(), Endpoint: endpoint(o.Endpoint), Text: o.Asked(),
		Call: int64(o.Call), Return: int64(o.Return), Outcome: outcomes[o.Outcome], Told: o.Told(),
		Select: wire.Selection{Of: wire.SelectOperation, Number: int64(o.Request.ID)},
	}
	if o.Outcome == client.Waiting {
		v.Return = -1
	}
	return v
}

// heardOp is what a watch was told, as a row among the operations.
func heardOp(w *world.World, r *client.Received) wire.Op {
	_, name, _ := strings.Cut(watchName(r.Client, r.Watch), " ")
	v := wire.Op{Client: r.Client.String(), Text: name, Call: int64(r.At), Return: int64(r.At), Outcome: wire.Notified,
		Select: selectWatch(r.Client, r.Watch)}
	if x := watchByID(&w.Clients()[r.Client.Number()-1], r.Watch); x != nil {
		v.Endpoint, v.Text = endpoint(x.Endpoint), v.Text+" of "+rangeText(x.Request.Key, x.Request.End)
	}
	v.Told = strings.TrimSuffix(downSentence(&etcd.ServerMessage{Message: r.Message}), ".")
	if r.Message.CompactRevision != 0 {
		v.Outcome, v.Told = wire.Canceled, api.ErrCompacted
	}
	return v
}
