package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestMetricsByMouse(t *testing.T) {
	s := led(t, three)
	s.writes("put /a one")
	s.Click("#tab-metrics")
	s.See("#panel figure", "etcd_disk_wal_fsync_duration_seconds")
	s.See("#panel [aria-pressed=true]", s.leader())
	s.See("#panel .waits li", "fsync")
	other := s.follower()
	s.ClickText("#panel [aria-pressed=false]", other)
	s.See("#panel [aria-pressed=true]", other)
	s.See("#why h4", other+" follows")
	s.ClickText("#panel button", "As Prometheus reads it")
	s.See("#lines", "etcd_server_has_leader 1")
	s.Click("#prompt [data-a=lines]")

	s.command("crash " + other)
	s.play()
	s.See("#panel .alerts li", "etcdMembersDown")
	s.pause()
	s.See("#panel .alerts", "pending")

	s.Click("#tab-clients")
	s.ClickText("#panel button.link", "put /a one")
	s.See("#why .stages li", "quorum")
}

func TestMetricsByKeyboard(t *testing.T) {
	s := led(t, three)
	s.tabTo("#tab-log")
	for _, tab := range []string{"Keys", "Watches", "Leases", "Database", "Clients", "Metrics"} {
		s.Press(kb.ArrowRight)
		s.See("[role=tab][aria-selected=true]", tab) // a key before the tab has changed would go out from the one before
	}
	s.See("#panel figure", "has leader")
	other := s.follower()
	s.tabTo("#panel [data-a='select " + other + "']")
	s.Press(kb.Enter)
	s.See("#panel [aria-pressed=true]", other)
	s.tabTo("#panel [data-a='do metrics " + other + "']")
	s.Press(kb.Enter)
	s.See("#lines", "etcd_server_has_leader 1")
}
