package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// readAt moves the slider of the keys to a revision, by keys, as a person who does not see it would.
func (s scope) readAt(rev int) {
	s.t.Helper()
	drive.Eval[bool](s.Page, "document.getElementById('key-rev').focus() || true")
	for {
		at := drive.Eval[int](s.Page, "+document.getElementById('key-rev').value")
		switch {
		case at == rev:
			return
		case at < rev:
			s.Press(kb.ArrowRight)
		default:
			s.Press(kb.ArrowLeft)
		}
		s.Wait("the slider to move", fmt.Sprintf("+document.getElementById('key-rev').value !== %d", at))
	}
}

// written is a cell of the keys by what it says.
func written(label string) string { return fmt.Sprintf(".revs button[aria-label^=%q]", label) }

func TestWriteWithALeaseByMouse(t *testing.T) {
	s := led(t, three)
	s.Click("#tab-leases")
	s.See("#panel", "There is no lease")
	s.ClickText("#panel button", "Grant")
	s.Type("#op-ttl", "30")
	s.ClickText("#op button[type=submit]", "Grant")
	s.said("lease grant 30")
	s.happened("acknowledged")
	s.Press(kb.Escape)
	s.See("#panel", "counts their time")
	s.See("#panel progress", "Time left of lease")

	s.ClickText("#panel td button", "Write")
	s.Type("#op-key", "/session")
	s.Type("#op-value", "me")
	s.Click("#op-prev")
	s.ClickText("#op button[type=submit]", "Write")
	s.said("put /session me --lease")
	s.said("--prev-kv")
	s.happened("acknowledged")
	s.Press(kb.Escape)
	s.See("#panel td", "/session")

	s.Click("#panel td button.link")
	s.See("#why h4", "Lease ")
	s.See("#why .rule", "lease-expires-at-leader")
	s.ClickText("#why button", "Revoke")
	s.happened("acknowledged")
	s.Click("#tab-keys")
	s.See(".revs tbody", "no such key")
	s.See(".revs button", "†")
}

func TestWatchByMouseAndSeeEvents(t *testing.T) {
	s := led(t, three)
	s.ClickText("#tools button", "Watch")
	s.Type("#op-key", "/pods/")
	s.Click("#op-prefix")
	s.ClickText("#op button[type=submit]", "Watch")
	s.said("watch /pods/ --prefix")
	s.happened("watcher created")
	s.Press(kb.Escape)
	s.Click("#tab-watches")
	s.See("#panel", "synced")

	s.command("put /pods/a one --client c2")
	for !drive.Eval[bool](s.Page, "!!document.querySelector('#scene .msg.watch')") {
		s.step(1)
	}
	s.happened("is told")
	s.See("#panel [role=log]", "PUT\n/pods/a\none")
	s.ClickText("#events button", "is told")
	s.See("#why .rule", "watch-ordered")
	s.ClickText("#panel button.link", "c1 watch 1")
	s.See("#why h4", "is synced")
	s.ClickText("#why button", "End it")
	s.See("#panel", "ended")
	s.Click("#tab-clients")
	s.See("#panel", "/pods/a = one at revision 2")
}

func TestCompactByMouse(t *testing.T) {
	s := led(t, three)
	s.writes("put /a one", "put /a two", "del /a")
	s.Click("#tab-keys")
	s.See(".revs button", "†")
	s.ClickText("#tools button", "Compact")
	s.Type("#op-rev", "3")
	s.ClickText("#op button[type=submit]", "Compact")
	s.said("compaction 3")
	s.happened("compaction done")
	s.Press(kb.Escape)
	s.See("#panel", "compacted 3")
	s.Wait("the version of revision 2 to be dropped", fmt.Sprintf("!document.querySelector(%q)", written("revision 2")))
	s.See(written("revision 3"), "needs it")

	s.Click(written("revision 3"))
	s.See("#why", "It lies in the history that was compacted to 3, and stays")
	s.See("#why .rule", "compaction-keeps-newest")
	s.readAt(2)
	s.See("#panel", "etcdserver: mvcc: required revision has been compacted")
	s.Click("#tab-stores")
	s.See("#panel progress", "In use of the file of n1")
	s.ClickText("#panel td button", "Defrag")
	s.happened("defragmented")
}

// writes carries commands out one after the other.
func (s scope) writes(commands ...string) {
	s.t.Helper()
	for _, c := range commands {
		s.command(c)
		s.play()
		s.Wait(c+" to be acknowledged", eventWith("acknowledged", c))
		s.pause()
	}
}

func TestTheStoreByKeyboardAlone(t *testing.T) {
	s := led(t, three)
	s.writes("put /a one", "put /a two", "put /b x")
	s.tabTo("#tab-log")
	s.Press(kb.ArrowRight)
	s.See("#panel", "Read at")
	s.readAt(2)
	s.See("#panel output", "get --rev 2")
	s.See(".revs tbody", "one")
	s.Gone(".revs tbody", "two")
	s.readAt(3)
	s.See(".revs button", "a compaction to 3 would drop it")

	// A compaction to what is shown, by the button behind the slider; then the card of a version.
	s.tabTo("#panel [data-a='do compaction 3']")
	s.Press(kb.Enter)
	s.said("compaction 3")
	s.happened("compaction done")
	s.See("#panel", "compacted 3")
	s.tabTo(written("revision 3"))
	s.Press(kb.Enter)
	s.See("#why h4", "/a at revision 3")

	// A watch by the form: Tab through its fields, Space for its check box, Enter sends it.
	drive.Eval[bool](s.Page, "document.querySelector('#tools [data-a=\"op watch\"]').focus() || true")
	s.Press(kb.Enter)
	s.Wait("the form to have the focus", "document.activeElement.id === 'op-key'")
	s.Type("#op-key", "/")
	s.tabTo("#op-prefix")
	s.Press(" ")
	s.Press(kb.Enter)
	s.said("watch / --prefix")
	s.Press(kb.Escape)
	s.happened("watcher created")
	s.writes("put /b y")
	drive.Eval[bool](s.Page, "document.getElementById('tab-keys').focus() || true")
	s.Press(kb.ArrowRight)
	s.See("#panel [role=log]", "PUT\n/b\ny")
}
