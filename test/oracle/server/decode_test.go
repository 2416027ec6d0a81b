package server

import (
	"reflect"
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/membershippb"
)

// FuzzWire gives the same bytes to core/api and to etcd's own protobuf code. What etcd refuses, core/api refuses. What
// core/api reads it writes so that etcd reads the same from it as from the bytes themselves.
func FuzzWire(f *testing.F) {
	for seed := range uint64(3) {
		g := newGenerator(seed, nil)
		for range 30 {
			if call, ok := g.next().(api.Call); ok && proposal(1, call) != nil {
				f.Add(api.Encode(seed, call))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var theirs, again pb.InternalRaftRequest
		refused := theirs.Unmarshal(data)
		id, call, err := api.Decode(data)
		switch {
		case err != nil:
			return
		case refused != nil:
			t.Fatalf("etcd refuses %x (%v), ours reads %s", data, refused, literal(call))
		}
		if err := again.Unmarshal(api.Encode(id, call)); err != nil {
			t.Fatalf("etcd cannot read %s: %v", literal(call), err)
		}
		plainProposal(&theirs)
		if a, b := theirs.String(), again.String(); a != b {
			t.Errorf("etcd reads\n%s\nand from what we have read of it, which is %s,\n%s", a, literal(call), b)
		}
	})
}

// plainProposal brings a proposal into the form in which core/api writes it: no fields that etcd does not know or needs
// for authentication only, and what stands for nothing where core/api has something.
func plainProposal(r *pb.InternalRaftRequest) {
	discardUnknown(reflect.ValueOf(r).Elem())
	if r.Header == nil {
		r.Header = &pb.RequestHeader{}
	}
	r.Header = &pb.RequestHeader{ID: r.Header.ID}
	plainConditions(r.Txn)
	if c := r.LeaseCheckpoint; c != nil && len(c.Checkpoints) == 0 {
		c.Checkpoints = []*pb.LeaseCheckpoint{{}}
	}
	if s := r.ClusterMemberAttrSet; s != nil {
		if s.MemberAttributes == nil {
			s.MemberAttributes = &membershippb.Attributes{}
		}
		s.MemberAttributes.ClientUrls = slices.DeleteFunc(s.MemberAttributes.ClientUrls,
			func(url string) bool { return url == "" })
	}
}

// discardUnknown takes out of messages what etcd's decoder has kept without knowing it.
func discardUnknown(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			discardUnknown(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			discardUnknown(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "XXX_unrecognized" {
				v.Field(i).SetZero()
			} else {
				discardUnknown(v.Field(i))
			}
		}
	}
}

// plainConditions gives each condition the operand that etcd compares with (etcdserver/txn/txn.go, compareKV): one of
// another target counts as none.
func plainConditions(t *pb.TxnRequest) {
	if t == nil {
		return
	}
	for _, c := range t.Compare {
		switch c.Target {
		case pb.Compare_VERSION:
			c.TargetUnion = &pb.Compare_Version{Version: c.GetVersion()}
		case pb.Compare_CREATE:
			c.TargetUnion = &pb.Compare_CreateRevision{CreateRevision: c.GetCreateRevision()}
		case pb.Compare_MOD:
			c.TargetUnion = &pb.Compare_ModRevision{ModRevision: c.GetModRevision()}
		case pb.Compare_VALUE:
			c.TargetUnion = &pb.Compare_Value{Value: c.GetValue()}
		case pb.Compare_LEASE:
			c.TargetUnion = &pb.Compare_Lease{Lease: c.GetLease()}
		default:
			c.TargetUnion = nil
		}
	}
	for _, op := range append(t.Success, t.Failure...) {
		plainConditions(op.GetRequestTxn())
	}
}
