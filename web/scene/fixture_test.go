package scene

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// names gives "n1", "n2", … or "c1", ….
func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = prefix + strconv.Itoa(i+1)
	}
	return out
}

// article is the moment of the look: a leader cut off from the majority.
func article() *wire.Frame {
	f := &wire.Frame{
		Playback: wire.Playback{Now: 3_216_000, End: 3_216_000},
		Members: []wire.Member{
			{Name: "n1", Role: wire.RoleLeader, Term: 3, Up: true, Believes: true,
				Note:  wire.Note{Text: "steps down in 41 ms", Tone: wire.Bad},
				Timer: wire.Timer{Elapsed: 900, Timeout: 1000}, Queue: 2},
			{Name: "n2", Role: wire.RoleFollower, Term: 4, Up: true, Note: wire.Note{Text: "follower"},
				Timer: wire.Timer{Elapsed: 300, Timeout: 1000}},
			{Name: "n3", Role: wire.RoleCandidate, Term: 4, Up: true, Note: wire.Note{Text: "candidate"},
				Timer: wire.Timer{Elapsed: 700, Timeout: 1000}, Votes: "2 of 3"},
			{Name: "n4", Role: wire.RoleLeader, Term: 4, Up: true, Note: wire.Note{Text: "leader"},
				Timer: wire.Timer{Elapsed: 200, Timeout: 1000}},
			{Name: "n5", Role: wire.RoleFollower, Term: 4, Up: true, Paused: true,
				Note: wire.Note{Text: "follower · fsync 6 ms"}, Timer: wire.Timer{Elapsed: 250, Timeout: 1000},
				Disk: wire.Disk{Syncing: true, Entries: 2}},
		},
		Clients: []wire.Client{
			{Name: "c1", Endpoint: "n1", Doing: "put /pods/pod1", Note: "waiting 1.9 s", Tone: wire.Bad},
			{Name: "c2", Endpoint: "n4", Doing: "idle", Note: "acknowledged: revision 12", Tone: wire.Good, Since: -1},
		},
		Groups: [][]string{{"n1"}, {"n2", "n3", "n4", "n5"}},
		Messages: []wire.Message{
			{ID: 17, From: "n4", To: "n3", Class: wire.ClassAppend, Label: "App 11–12",
				Text: "n4 sends <entries>", Sent: 3_215_000,
				Due: 3_217_000},
			{ID: 18, From: "n2", To: "n4", Class: wire.ClassAck, Label: "✓ 11", Sent: 3_215_500, Due: 3_217_000},
			{ID: 19, From: "n1", To: "n4", Class: wire.ClassBeat, Label: "♥", Sent: 3_215_500, Due: -1, Fate: wire.Lost},
			{ID: 20, From: "c1", To: "n1", Class: wire.ClassClient, Label: "put", Sent: 3_215_900, Due: 3_216_900},
			{ID: 21, From: "n4", To: "n5", Class: wire.ClassVote, Label: "vote? t4", Sent: 3_215_500, Due: -1, Fate: wire.Held},
		},
	}
	for _, to := range []string{"n2", "n3", "n4", "n5"} {
		f.Links = append(f.Links, wire.Link{From: "n1", To: to, By: wire.CutBySplit},
			wire.Link{From: to, To: "n1", By: wire.CutBySplit})
	}
	f.Links = append(f.Links, wire.Link{From: "n2", To: "n3", By: wire.CutAlone})
	f.Why = &wire.Why{Subject: wire.ParseSelection("n4")}
	return f
}

// ring is a frame of n members and c clients, each with the longest lines that occur.
func ring(n, c int) *wire.Frame {
	f := &wire.Frame{}
	for _, name := range names("n", n) {
		f.Members = append(f.Members, wire.Member{Name: name, Role: wire.RoleFollower, Term: 4, Up: true,
			Note:  wire.Note{Text: "pre-candidate · fsync 12.5 ms · 3 waiting"},
			Timer: wire.Timer{Elapsed: 4, Timeout: 10}})
	}
	for i, name := range names("c", c) {
		f.Clients = append(f.Clients, wire.Client{Name: name, Endpoint: f.Members[i%n].Name,
			Doing: "put /registry/pods/default/pod-000123", Note: "acknowledged: revision 123456"})
	}
	return f
}
