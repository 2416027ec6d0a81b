package transcripts

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/etcdscope/etcdscope/core/raft/entry"
	"github.com/etcdscope/etcdscope/core/raft/quorum"
	"github.com/etcdscope/etcdscope/core/raft/tracker"
)

// refusals are their texts of our errors.
var refusals = map[error][]string{
	tracker.ErrAlreadyJoint: {"config is already joint"},
	tracker.ErrNotJoint:     {"can't leave a non-joint config"},
	tracker.ErrInJoint:      {"can't apply simple config change in joint config"},
	tracker.ErrNoVoters:     {"removed all voters", "can't make a zero-voter config joint"},
	tracker.ErrTooMany:      {"more than one voter changed without entering joint config"},
}

// TestConfChanges: the algebra of configurations, by the files of their package confchange.
func TestConfChanges(t *testing.T) {
	kinds := map[byte]entry.ChangeType{'v': entry.AddNode, 'l': entry.AddLearner, 'r': entry.RemoveNode,
		'u': entry.UpdateNode}
	datadriven.Walk(t, filepath.Join(theirModule(t), "confchange", "testdata"), func(t *testing.T, path string) {
		trk, last := tracker.New(10, 0), entry.Index(0)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var changes []entry.Change
			for _, word := range strings.Fields(d.Input) {
				id, err := strconv.Atoi(word[1:])
				if err != nil {
					return d.Expected // their parser's own tests
				}
				changes = append(changes, entry.Change{Type: kinds[word[0]], ID: entry.ID(id)})
			}
			next, err := trk, error(nil)
			switch d.Cmd {
			case "simple":
				next, err = trk.Simple(changes, last)
			case "enter-joint":
				auto := false
				if len(d.CmdArgs) > 0 {
					d.ScanArgs(t, "autoleave", &auto)
				}
				next, err = trk.EnterJoint(changes, auto, last)
			case "leave-joint":
				next, err = trk.LeaveJoint()
			}
			last++
			if err != nil {
				for _, text := range refusals[err] {
					if d.Expected == text+"\n" {
						return d.Expected
					}
				}
				return err.Error()
			}
			trk = next
			return printed(&trk)
		})
	})
}

// printed returns the configuration and the progress of all members as theirs prints them.
func printed(t *tracker.Tracker) string {
	set := func(ids []entry.ID) string {
		var words []string
		for _, id := range ids {
			words = append(words, fmt.Sprint(uint64(id)))
		}
		return "(" + strings.Join(words, " ") + ")"
	}
	var b strings.Builder
	b.WriteString("voters=" + set(t.Voters[0]))
	if t.Joint() {
		b.WriteString("&&" + set(t.Voters[1]))
	}
	if t.Learners != nil {
		b.WriteString(" learners=" + set(t.Learners))
	}
	if t.LearnersNext != nil {
		b.WriteString(" learners_next=" + set(t.LearnersNext))
	}
	if t.AutoLeave {
		b.WriteString(" autoleave")
	}
	b.WriteByte('\n')
	for i := range t.Members {
		p := &t.Members[i]
		fmt.Fprintf(&b, "%d: StateProbe match=%d next=%d", uint64(p.ID), p.Match, p.Next)
		if p.IsLearner {
			b.WriteString(" learner")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestQuorums: the arithmetic of majorities, by the files of their package quorum. Of an answer only the last line
// counts; what precedes it is a drawing.
func TestQuorums(t *testing.T) {
	datadriven.Walk(t, filepath.Join(theirModule(t), "quorum", "testdata"), func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			lines := strings.Split(strings.TrimSpace(d.Expected), "\n")
			if want := strings.TrimPrefix(lines[len(lines)-1], "<empty majority quorum>"); strings.HasPrefix(want, "error:") ||
				decided(t, d) == want {
				return d.Expected
			}
			return decided(t, d)
		})
	})
}

// decided returns what the quorum in a command decides.
func decided(t *testing.T, d *datadriven.TestData) string {
	var j quorum.Joint
	var values []string
	for _, arg := range d.CmdArgs {
		for i, val := range arg.Vals {
			if arg.Key == "idx" || arg.Key == "votes" {
				values = append(values, val)
			} else if val != "zero" { // an empty second half
				var id uint64
				arg.Scan(t, i, &id)
				half := map[string]int{"cfg": 0, "cfgj": 1}[arg.Key]
				j[half] = append(j[half], entry.ID(id))
			}
		}
	}
	of := map[entry.ID]string{} // in the order of the voters' first mention
	for _, half := range j {
		for _, id := range half {
			if _, ok := of[id]; !ok && len(of) < len(values) {
				of[id] = values[len(of)]
			}
		}
	}
	if d.Cmd == "vote" {
		r := j.Vote(func(id entry.ID) (bool, bool) { return of[id] == "y", of[id] == "y" || of[id] == "n" })
		return [...]string{quorum.Pending: "VotePending", quorum.Lost: "VoteLost", quorum.Won: "VoteWon"}[r]
	}
	i := j.Committed(func(id entry.ID) entry.Index {
		n, _ := strconv.Atoi(of[id]) // "_" counts as 0
		return entry.Index(n)
	})
	if i == quorum.Unbounded {
		return "∞"
	}
	return fmt.Sprint(uint64(i))
}
