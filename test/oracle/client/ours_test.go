package client

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// seeds are those of the worlds in which our client is asked. What is compared here is the same in all.
var seeds = []int{1, 2, 3, 4, 5}

// answered is what a user is told when all is well. What else there is are errors.
const answered = "answered"

// ours carries out a script in several worlds and returns what the newest command of c1 came to: answered, or its error
// as etcdctl prints it.
func ours(t *testing.T, lines ...string) string {
	t.Helper()
	outcome := ""
	for i, seed := range seeds {
		w := play(t, seed, lines...)
		got := answered
		text, _ := w.Fact(script.Fact{Of: "c1", Name: "output"})
		if _, complaint, failed := strings.Cut(text, "Error: "); failed {
			got = strings.TrimSuffix(strings.TrimPrefix(complaint, "failed to grant lease ("), ")")
		} else if exit, _ := w.Fact(script.Fact{Of: "c1", Name: "exit"}); exit != "0" {
			t.Fatalf("seed %d: the command exits with %q and says %q", seed, exit, text)
		}
		if i > 0 && got != outcome {
			t.Fatalf("our client is told %q, and with seed %d %q", outcome, seed, got)
		}
		outcome = got
	}
	return outcome
}

// play carries out a script.
func play(t *testing.T, seed int, lines ...string) *world.World {
	t.Helper()
	text := fmt.Sprintf("config members=3 clients=2 preset=etcd seed=%d\nrun 5s\n%s\n", seed, strings.Join(lines, "\n"))
	list, err := script.ParseScript(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r, err := runner.Begin(list, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	result := r.Run()
	for _, c := range result.Failed() {
		t.Fatalf("seed %d: %s: %s", seed, c.Text, c.Seen)
	}
	return result.World
}

// endpoints writes the names of members as etcdctl's --endpoints has them.
func endpoints(members []int) string {
	names := make([]string, len(members))
	for i, n := range members {
		names[i] = sim.Member(n).String()
	}
	return strings.Join(names, ",")
}
