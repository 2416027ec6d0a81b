package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// TestEveryVerbAnswers types the first example of each of etcdctl's and etcdutl's commands, and sees an answer in the
// console. What only answers when something happens gets that.
func TestEveryVerbAnswers(t *testing.T) {
	s := led(t, three)
	s.speed("60× real time")
	s.play()
	const lines = `document.getElementById('lines').childElementCount`
	for _, v := range script.Verbs() {
		if v.Category != script.Data && v.Category != script.Following && v.Category != script.Membership {
			continue
		}
		text := v.Examples[0]
		before := drive.Eval[int](s.Page, lines)
		s.command(text)
		if v.Name == "watch" {
			s.command("put /pods/pod2 data2")
		}
		s.Wait("an answer to "+text, fmt.Sprintf("%s > %d", lines, before+1))
	}
	s.said("PASS: Throughput is") // of check perf
}

// TestTxnIsTyped types a transaction at its prompts, list by list: none of its lines is a command.
func TestTxnIsTyped(t *testing.T) {
	s := led(t, three)
	s.speed("real time")
	s.play()
	s.command("put a 1")
	s.command("etcdctl txn")
	s.said("compares:")
	s.command(`value("a") = "1"`)
	for _, line := range []string{"", "put a 2", "", "del a", ""} {
		s.Click("#input")
		if line != "" {
			s.Press(line)
		}
		s.Press(kb.Enter)
	}
	s.said("SUCCESS")
	s.command("get a -w json")
	s.said(`"version":2`)
}
