package ctl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestTranscripts runs testdata. The commands are: print (each line is a command that goes well, with the answer that
// answer has for it), fail (each fails with the text given as text=), watch, health and perf. What goes to standard
// error has a mark before it.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var b strings.Builder
			for line := range strings.SplitSeq(d.Input, "\n") {
				fmt.Fprintf(&b, "> %s\n", line)
				c, err := script.Parse(line)
				if err != nil {
					t.Fatalf("%s: %v", d.Pos, err)
				}
				b.WriteString(carryOut(d, c))
			}
			return b.String()
		})
	})
}

func carryOut(d *datadriven.TestData, c script.Command) string {
	switch c := c.(type) {
	case script.Watch:
		return show(PrintWatch(watched(c), Options{Format: c.Format, Hex: c.Hex}))
	case script.Health:
		return show(PrintHealth([]Answer{{Endpoint: "http://n1:2379", Took: 1234},
			{Endpoint: "http://n2:2379", Took: 5 * sim.Second, Err: api.ErrDeadline},
			{Endpoint: "http://n3:2379", Took: 17, Err: HealthOf(answer(api.Alarm{}).Body.(api.AlarmReply))}},
			Options{Format: c.Format}))
	case script.CheckPerf:
		return show(PrintPerf(perf(c.Load)))
	}
	call := c.(script.Call)
	o := OptionsOf(call)
	o.Member, o.Leader = 0x8211f1d0f64f3269, 0x91bc3c398fb3c146
	switch call.Call.(type) {
	case api.Status, api.HashKV, api.Defragment:
		return show(PrintEndpoints(call.Call,
			[]Answer{{Endpoint: "http://n1:2379", Reply: answer(call.Call), Took: 25 * sim.Millisecond},
				{Endpoint: "http://n2:2379", Err: api.ErrConnection, Took: 300}}, o))
	}
	if d.Cmd == "fail" {
		return show(PrintError(call.Call, d.CmdArgs[0].Vals[0], o))
	}
	return show(Print(call.Call, answer(call.Call), o))
}

func show(stdout, stderr string, exit int) string {
	s := stdout
	for line := range strings.Lines(stderr) {
		s += "! " + line
	}
	if exit != ExitSuccess {
		s += fmt.Sprintf("exit %d\n", exit)
	}
	return s
}

var head = api.Header{ClusterID: 0xef37ad9dc622a7c4, MemberID: 0x8211f1d0f64f3269, Revision: 9, RaftTerm: 2}

var foo = mvcc.KeyValue{Key: "foo", Value: "b\na\"r", CreateRevision: 2, ModRevision: 5, Version: 3, Lease: 0x694d}

// answer is what the members of the transcripts answer to a call.
func answer(call api.Call) api.Reply {
	r := api.Reply{Header: head}
	switch c := call.(type) {
	case api.Range:
		r.Body = api.RangeReply{RangeResult: mvcc.RangeResult{KVs: []mvcc.KeyValue{foo,
			{Key: "g", CreateRevision: 9, ModRevision: 9, Version: 1}}, Count: 7, More: true}}
	case api.Put:
		r.Body = api.PutReply{}
		if c.PrevKV {
			r.Body = api.PutReply{Prev: &foo}
		}
	case api.DeleteRange:
		r.Body = api.DeleteReply{Deleted: 1, Prev: []mvcc.KeyValue{foo}}
	case api.Txn:
		b := api.TxnReply{Succeeded: true}
		for _, op := range c.Success {
			inner := answer(op)
			inner.Header = api.Header{Revision: 9}
			b.Replies = append(b.Replies, inner)
		}
		r.Body = b
	case api.LeaseGrant:
		r.Body = api.LeaseGrantReply{ID: 0x694d, TTL: c.TTL}
	case api.LeaseKeepAlive:
		r.Body = api.LeaseKeepAliveReply{ID: c.ID, TTL: 10 * (c.ID & 1)}
	case api.LeaseTimeToLive:
		r.Body = api.LeaseTimeToLiveReply{ID: c.ID, TTL: 7, Granted: 10, Keys: []string{"foo", "g"}}
	case api.LeaseLeases:
		r.Body = api.LeaseLeasesReply{IDs: []int64{0x694d, 1}}
	case api.MemberList, api.MemberAdd, api.MemberRemove, api.MemberUpdate, api.MemberPromote:
		list := []api.MemberInfo{{ID: 0x8211f1d0f64f3269, Name: "n1", PeerURL: "http://n1:2380", ClientURL: "http://n1:2379"},
			{ID: 0x91bc3c398fb3c1, PeerURL: "http://n4:2380", Learner: true}}
		r.Body = api.MembersReply{Members: list, Changed: list[1]}
	case api.Alarm:
		r.Body = api.AlarmReply{Alarms: []api.AlarmInfo{{MemberID: 0x8211f1d0f64f3269, Alarm: api.AlarmNoSpace},
			{MemberID: 7, Alarm: api.AlarmCorrupt}}}
	case api.Status:
		r.Body = api.StatusReply{Version: "3.6.16", StorageVersion: "3.6.0", DBSize: 24576, DBSizeInUse: 16384,
			DBSizeQuota: 2 << 30, Leader: head.MemberID,
			RaftIndex: 12, RaftAppliedIndex: 11, RaftTerm: 2, Errors: []string{"memberID:9372538179322589801 alarm:NOSPACE "}}
	case api.HashKV:
		r.Body = api.HashKVReply{Hash: 3196351417, CompactRevision: -1, HashRevision: 9}
	case api.Snapshot:
		r.Body = api.SnapshotReply{Version: "3.6.0"}
	}
	return r
}

// watched is what comes out of the watches of the transcripts, by their key.
func watched(c script.Watch) WatchAnswer {
	switch c.Key {
	case "compacted":
		return WatchAnswer{Header: head, Canceled: true, CompactRevision: 4}
	case "lost":
		return WatchAnswer{Header: head, Canceled: true, Reason: api.ErrNoLeader}
	case "quiet":
		return WatchAnswer{Header: head}
	}
	return WatchAnswer{Header: head,
		Events: []Event{{KV: foo}, {Deleted: true, KV: mvcc.KeyValue{Key: "foo", ModRevision: 9}, Prev: &foo}}}
}

// perf is what the cluster of the transcripts bears, by the load.
func perf(load string) Perf {
	switch load {
	case "s":
		return Perf{Target: 150, Writes: 8990, Took: sim.Minute, Slowest: 23456, Stddev: 789}
	case "m":
		return Perf{Target: 1000, Writes: 54_000, Took: sim.Minute, Slowest: 500_001, Stddev: 100_001}
	}
	return Perf{Target: 8000, Took: sim.Minute, Errors: []PerfError{{api.ErrDeadline, 3}, {api.ErrTimeout, 40}}}
}
