package browser

import (
	"fmt"
	"testing"
)

func TestCrashAndRestart(t *testing.T) {
	s := led(t, three)
	old := s.leader()
	s.command("put a before")
	s.happened("acknowledged")

	// By the tool, with a click on the member.
	s.ClickText("#tools button", "Crash")
	s.Click("[data-m=" + old + "]")
	s.becomes(old, "down")
	s.said("crash " + old)
	s.play()
	s.Wait("another leader", leaders+`.length === 1`)
	s.pause()
	if s.leader() == old {
		t.Errorf("%s still leads", old)
	}

	// Back by its menu; it catches up.
	s.Click("[data-m=" + old + "]")
	s.ClickText("#menu [role=menuitem]", "Restart")
	s.said("restart " + old)
	s.play()
	s.isNot(old, "down")
	s.becomes(old, "follower")
	const committed = `%s.split(', committed ')[1]` // it may grow meanwhile: a member that is back says so in the log
	s.Wait(old+" to catch up", fmt.Sprintf(committed+" === "+committed, memberLabel(old), memberLabel(s.leader())))
	s.pause()
}

func TestTwoOfThreeDownIsNoQuorum(t *testing.T) {
	s := led(t, three)
	leader := s.leader()
	for _, name := range []string{"n1", "n2", "n3"} {
		if name != leader {
			s.command("crash " + name)
			s.becomes(name, "down")
		}
	}
	s.See("#pills .bad", "quorum")
	s.command("put a 1")
	s.play()
	s.See("#pills .bad", "no leader")
	s.Click("#tab-clients")
	s.See("#panel", "in doubt")
	s.pause()
	s.See("#panel", "put a 1")
	s.Gone("#panel", "acknowledged")
}

func TestPauseAndResumeAMember(t *testing.T) {
	s := led(t, three)
	name := s.follower()
	s.Click("[data-m=" + name + "]")
	s.ClickText("#menu [role=menuitem]", "Pause")
	s.becomes(name, "paused")
	s.said("pause " + name)
	s.Click("[data-m=" + name + "]")
	s.ClickText("#menu [role=menuitem]", "Resume")
	s.isNot(name, "paused")
	s.said("resume " + name)
}
