package ctl

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
)

// TestStatus prints what etcdutl prints of a file (etcdutl printer_simple.go, printer_fields.go, printer_json.go,
// printer_table.go).
func TestStatus(t *testing.T) {
	s := Status{File: "b.db", Found: true, Hash: 0xab12, Revision: 7, Keys: 2, Size: 20480, Version: "3.6.0"}
	for f, want := range map[script.Format]string{
		script.Simple: "ab12, 7, 2, 20 kB, 3.6.0\n",
		script.Fields: "\"Hash\" : 43794\n\"Revision\" : 7\n\"Keys\" : 2\n\"Size\" : 20480\n\"Version\" : 3.6.0\n",
		script.JSON:   `{"hash":43794,"revision":7,"totalKey":2,"totalSize":20480,"version":"3.6.0"}` + "\n",
		script.Table: "+------+----------+------------+------------+---------+\n" +
			"| HASH | REVISION | TOTAL KEYS | TOTAL SIZE | VERSION |\n" +
			"+------+----------+------------+------------+---------+\n" +
			"| ab12 |        7 |          2 |      20 kB |   3.6.0 |\n" +
			"+------+----------+------------+------------+---------+\n",
	} {
		if out, err, exit := PrintStatus(s, Options{Format: f}); out != want || err != "" || exit != 0 {
			t.Errorf("%v: exit %d\n%s%s\nwant\n%s", f, exit, out, err, want)
		}
	}
	if out, err, exit := PrintStatus(Status{File: "b.db"}, Options{}); out != "" ||
		err != "Error: stat b.db: no such file or directory\n" || exit != 1 {
		t.Errorf("a file that is not there: exit %d\n%s%s", exit, out, err)
	}
}

// TestFailure prints etcdctl's own words, a member's error, and both.
func TestFailure(t *testing.T) {
	for _, x := range []struct {
		why, err, want string
		exit           int
	}{
		{"session expired", "", "Error: session expired\n", 1},
		{"", api.ErrCanceled, "Error: context canceled\n", 1},
		{"", api.ErrKeepalive,
			"Error: rpc error: code = Unavailable desc = keepalive ping failed to receive ACK within timeout\n", 1},
		{"failed to fetch endpoints from etcd cluster member list: ", api.ErrDeadline,
			"Error: failed to fetch endpoints from etcd cluster member list: context deadline exceeded\n", 1},
		{"no leader endpoint given at [http://n1:2379]", "", "Error: no leader endpoint given at [http://n1:2379]\n", 128},
	} {
		if out, err, exit := PrintFailure(x.why, x.err); out != "" || err != x.want || exit != x.exit {
			t.Errorf("exit %d\n%s%s\nwant exit %d\n%s", exit, out, err, x.exit, x.want)
		}
	}
}
