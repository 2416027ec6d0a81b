package browser

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

func TestThreeMembersElectALeaderWithinASecond(t *testing.T) {
	s := open(t, three, drive.Setting{})
	s.speed("1/10 of real time")
	s.play()
	if at := s.electedAt(); at > 1000 {
		t.Errorf("a leader at %d ms, want within 1000", at)
	}
	s.pause()
	s.See("#pills", "leader "+s.leader())
	s.See("#pills", "quorum 2 of 3")
}

func TestVisitorSeesAnElectionAtOnce(t *testing.T) {
	s := open(t, "", drive.Setting{})
	if at := s.electedAt(); at > 1000 {
		t.Errorf("a leader at %d ms, want within 1000", at)
	}
}

// steps is the way of a write, in the verbs of the journal, from the answer back to the call.
var steps = []string{"received", "sent", "applied", "committed", "received", "sent", "synced", "writes to disk",
	"appended", "proposed", "received", "sent", "calls", "command"}

func TestWriteByFormAndFollowIt(t *testing.T) {
	s := led(t, three)
	s.ClickText("#tools button", "Write")
	s.Type("#op-key", "/pods/pod1")
	s.Type("#op-value", "data1")
	s.ClickText("#op button[type=submit]", "Write")
	s.said("put /pods/pod1 data1")
	s.happened("acknowledged")

	// The answer has the whole way behind it: each click on a cause goes one step back.
	s.ClickText("#events button", "acknowledged put /pods/pod1")
	s.See("#why", "because")
	verbs := drive.Eval[[]string](s.Page,
		`[...document.querySelectorAll('#why .causes b')].map((e) => e.textContent.replace('has synced', 'synced'))`)
	if missing := inOrder(verbs, steps); missing != "" {
		t.Errorf("the causes of the answer are %v: no %q at its place", verbs, missing)
	}
	s.ClickText("#why .causes button", "committed")
	s.See("#why h4", "committed")
	s.See("#why .rule", "")

	s.Click("#tab-keys")
	s.See("#panel", "data1")
	s.Click("#tab-clients")
	s.See("#panel", "acknowledged")
	s.See("#panel", "OK, revision 2")
}

// inOrder returns the first of the wanted words that does not come after those before it; "" when all do.
func inOrder(got, want []string) string {
	i := 0
	for _, w := range want {
		for i < len(got) && got[i] != w {
			i++
		}
		if i == len(got) {
			return w
		}
		i++
	}
	return ""
}

func TestWriteByConsole(t *testing.T) {
	s := led(t, three)
	s.command("put /pods/pod1 data1")
	s.happened("acknowledged")
	s.command("get /pods/pod1")
	s.play()
	s.said("data1")
	s.pause()
	s.Click("#tab-log")
	s.See("#panel button", "put /pods/pod1") // the whole of it is in the cell's title
	s.Click("#tab-tape")
	s.See("#panel", "put /pods/pod1 data1")
}

func TestEveryStepOfAWriteIsSeen(t *testing.T) {
	s := led(t, three)
	s.command("put k v")
	seen := map[string]bool{}
	want := []string{"calls", "sent", "received", "proposed", "writes to disk", "synced", "committed", "applied",
		"acknowledged"}
	for range 200 {
		events := s.Text("#events")
		for _, verb := range want {
			seen[verb] = seen[verb] || strings.Contains(events, verb)
		}
		if seen["acknowledged"] {
			break
		}
		s.step(1)
	}
	for _, verb := range want {
		if !seen[verb] {
			t.Errorf("stepped through the write without seeing %q", verb)
		}
	}
}

func TestMistypedCommandIsExplained(t *testing.T) {
	s := led(t, three)
	s.command("crush n1")
	s.said("did you mean crash?")
}
