package ctl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/olekukonko/tablewriter"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestLibraries compares what core/ctl writes by hand with the libraries that etcdctl uses for it: sizes, tables, JSON
// and durations.
func TestLibraries(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		size := random.Int64N(1 << (1 + random.IntN(55)))
		s := &pb.StatusResponse{Header: &pb.ResponseHeader{MemberId: random.Uint64()}, Version: "3.6.16", DbSize: size,
			DbSizeInUse: size,
			DbSizeQuota: pow(random.IntN(18)), Leader: random.Uint64N(2), RaftTerm: random.Uint64N(5),
			DowngradeInfo: &pb.DowngradeInfo{}}
		for range random.IntN(3) {
			s.Errors = append(s.Errors, words(random))
		}
		answers := []ctl.Answer{{Endpoint: "http://" + words(random), Reply: reply(t, s),
			Took: sim.Time(random.Int64N(1 << (1 + random.IntN(35))))}}

		got, _, _ := ctl.PrintEndpoints(api.Status{}, answers, ctl.Options{Format: script.Table})
		if want := statusTable(answers[0].Endpoint, s); got != want {
			t.Fatalf("table\n%swant\n%s", got, want)
		}
		answers[0].Endpoint += "\u2028\u2029\x00\x1f\x7f\b\f\n\r\t\xff\ufffd/"
		got, _, _ = ctl.PrintEndpoints(api.Status{}, answers, ctl.Options{Format: script.JSON})
		if want := marshal(t, []any{struct {
			Endpoint string
			Status   *pb.StatusResponse
		}{answers[0].Endpoint, s}}); got != want {
			t.Fatalf("JSON\n%swant\n%s", got, want)
		}
		got, _, _ = ctl.PrintEndpoints(api.Defragment{}, answers, ctl.Options{})
		if want := (time.Duration(answers[0].Took) * time.Microsecond).String() +
			"\n"; !strings.HasSuffix(got, " took "+want) {
			t.Fatalf("%swant %s", got, want)
		}
	}
}

func pow(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// words makes a text of words, among them long ones and what JSON escapes.
func words(random *rand.Rand) string {
	var list []string
	for range 1 + random.IntN(12) {
		list = append(list, []string{"a", "of", "two", "etcdserver:", "memberID:13803658152347727308", "<&>", "\"\\", "ü",
			"é",
			strings.Repeat("x", random.IntN(40))}[random.IntN(10)])
	}
	return strings.Join(list, " ")
}

func statusTable(endpoint string, s *pb.StatusResponse) string {
	var b bytes.Buffer
	w := tablewriter.NewWriter(&b)
	w.SetHeader([]string{"endpoint", "ID", "version", "storage version", "db size", "in use", "percentage not in use",
		"quota", "is leader", "is learner",
		"raft term", "raft index", "raft applied index", "errors", "downgrade target version", "downgrade enabled"})
	in := 100
	if s.DbSize > 0 {
		in = 0
	}
	w.Append([]string{endpoint, fmt.Sprintf("%x", s.Header.MemberId), s.Version, s.StorageVersion,
		humanize.Bytes(uint64(s.DbSize)),
		humanize.Bytes(uint64(s.DbSizeInUse)), fmt.Sprint(in, "%"), humanize.Bytes(uint64(s.DbSizeQuota)),
		fmt.Sprint(s.Leader == s.Header.MemberId),
		"false", fmt.Sprint(s.RaftTerm), "0", "0", strings.Join(s.Errors, ", "), "", "false"})
	w.SetAlignment(tablewriter.ALIGN_RIGHT)
	w.Render()
	return b.String()
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}
