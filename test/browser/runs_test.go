package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

func TestChooseMembersPresetAndSeed(t *testing.T) {
	s := open(t, three, drive.Setting{})
	for members := 1; members <= 9; members++ {
		s.Click("header [data-a=fresh]")
		s.Click(fmt.Sprintf("#dlg-fresh input[name=members][value='%d']", members))
		s.Click("#dlg-fresh input[name=preset][value=etcd]")
		s.Type("#fresh-seed", "42")
		s.ClickText("#dlg-fresh button", "Start")
		s.Wait("the members", fmt.Sprintf("document.querySelectorAll('.hit-m').length === %d", members))
		s.See("#pills", fmt.Sprintf("quorum %d of %d", members/2+1, members))
		s.See("header", "etcd")
		s.See("header", "42")
	}
}

// share returns the link of this moment.
func (s scope) share() string {
	s.t.Helper()
	s.Click("header [data-a=share]")
	s.Wait("the link", `document.getElementById('share-link')?.value.includes('#v=1')`)
	link := drive.Eval[string](s.Page, `document.getElementById('share-link').value`)
	s.ClickText("#dlg-share button", "Done")
	s.Wait("the dialog to close", `!document.getElementById('dlg-share').open`)
	return link
}

func TestLinkReplaysExactly(t *testing.T) {
	s := led(t, three)
	leader := s.leader()
	s.command("put a 1")
	s.happened("acknowledged")
	s.command("crash " + leader)
	s.play()
	s.Wait("another leader", leaders+".length === 1")
	s.pause()
	link := s.share()
	if !strings.HasPrefix(link, site.URL) {
		t.Fatalf("the link %q does not lead here", link)
	}

	other := open(t, strings.TrimPrefix(link, site.URL), drive.Setting{})
	other.See("#transport .pill.good", "this link replays exactly")
	if got, want := other.now(), s.now(); got != want {
		t.Errorf("opened at %d ms, shared at %d", got, want)
	}
	for _, name := range []string{"n1", "n2", "n3"} {
		if got, want := other.member(name), s.member(name); got != want {
			t.Errorf("opened %q, shared %q", got, want)
		}
	}
	if again := other.share(); again != link {
		t.Errorf("shared again as\n%s, was\n%s", again, link)
	}
}

func TestTamperedLinkSaysThatItDiffers(t *testing.T) {
	s := led(t, three)
	link := s.share()
	fragment := strings.TrimPrefix(link, site.URL)
	other := open(t, strings.Replace(fragment, "seed=7", "seed=8", 1), drive.Setting{})
	other.See("#transport .pill.bad", "differs")
}

func TestBadLinksOpenWithAMessageAndAFreshRun(t *testing.T) {
	for fragment, want := range map[string]string{
		"#v=99&members=3":             "newer version",
		"#v=1&members=12":             "members",
		"#v=1&z=%%%":                  "base64url",
		"#nonsense":                   "no version",
		"#v=1&a=5+crush+n1":           "did you mean crash",
		"#v=1&s=<img src=x onerror=>": "",
	} {
		t.Run(fragment, func(t *testing.T) {
			s := open(t, fragment, drive.Setting{})
			s.See("#banner", want)
			s.untilLed()
		})
	}
}
