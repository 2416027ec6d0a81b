package sim

import (
	"math/bits"

	"github.com/etcdscope/etcdscope/core/rng"
)

// Fate is what becomes of a packet.
type Fate uint8

// The fates, in the order of turmoil's verdicts: a packet passes (perhaps later than it would), is dropped, or is held
// until somebody releases it.
const (
	Pass Fate = iota
	Drop
	Hold
)

// Rule says what becomes of packets from one set of hosts to another. Rules are asked in the order in which they were
// added; the first whose sets match decides.
type Rule struct {
	From, To Set
	Fate     Fate
	Extra    Time   // added to the latency of what passes
	Name     string // the command that made it: "split n1 | n2,n3"
	Split    bool   // one of the rules of a split
}

// Network carries packets. Packets of one direction of a link arrive in the order in which they were sent, as over a
// TCP connection, unless a person delays one.
type Network struct {
	peer, client *Quantiles // one-way latencies; shared, never written
	noise        rng.Noise
	rules        []Rule
	cut          [hosts]Set // for each sender: whom a Drop rule keeps it from
	lastDue      [hosts][hosts]Time
}

// NewNetwork returns a network without rules.
func NewNetwork(seed uint64, peer, client *Quantiles) Network {
	return Network{peer: peer, client: client, noise: rng.NewNoise(seed, "latency")}
}

// Route decides about a packet that is sent now: its fate, and if it passes the instant at which it arrives.
func (n *Network) Route(now Time, from, to Host) (Fate, Time) {
	due := now + n.Latency(now, from, to)
	for i := range n.rules {
		if r := &n.rules[i]; r.From&from.Bit() != 0 && r.To&to.Bit() != 0 {
			if r.Fate != Pass {
				return r.Fate, due
			}
			due += r.Extra
			break
		}
	}
	due = max(due, n.lastDue[from][to])
	n.lastDue[from][to] = due
	return Pass, due
}

// Latency returns how long the way from one to another takes at an instant, rules aside.
func (n *Network) Latency(now Time, from, to Host) Time {
	class := n.peer
	if from.IsClient() || to.IsClient() {
		class = n.client
	}
	return class.table[n.noise.For(uint64(from), uint64(to)).At(int64(now), buckets)]
}

// Shortest returns the shortest time that a way between a client and a member can take.
func (n *Network) Shortest() Time { return n.client.table[0] }

// Cut reports whether a rule drops what from sends to to.
func (n *Network) Cut(from, to Host) bool { return n.cut[from]&to.Bit() != 0 }

// CutBy returns the rule that drops what from sends to to; false if none does.
func (n *Network) CutBy(from, to Host) (Rule, bool) {
	for _, r := range n.rules {
		if r.Fate == Drop && r.From&from.Bit() != 0 && r.To&to.Bit() != 0 {
			return r, true
		}
	}
	return Rule{}, false
}

// Add appends a rule.
func (n *Network) Add(r Rule) {
	n.rules = append(n.rules[:len(n.rules):len(n.rules)], r)
	n.refresh()
}

// Remove takes out the rules for which f is true and returns how many they were.
func (n *Network) Remove(f func(Rule) bool) int {
	kept := make([]Rule, 0, len(n.rules))
	for _, r := range n.rules {
		if !f(r) {
			kept = append(kept, r)
		}
	}
	removed := len(n.rules) - len(kept)
	n.rules = kept
	n.refresh()
	return removed
}

// Rules returns the rules in force. They are not to be changed.
func (n *Network) Rules() []Rule { return n.rules }

func (n *Network) refresh() {
	n.cut = [hosts]Set{}
	for _, r := range n.rules {
		for h := range n.cut {
			if r.Fate == Drop && r.From&(1<<h) != 0 {
				n.cut[h] |= r.To
			}
		}
	}
}

// Hash is a digest of the rules in force and of the order in which packets arrive.
func (n *Network) Hash() uint64 {
	h := uint64(len(n.rules))
	for i := range n.rules {
		r := &n.rules[i]
		sets := bits.RotateLeft64(uint64(r.From), 32) ^ bits.RotateLeft64(uint64(r.To), 16) ^ uint64(r.Fate)
		for _, v := range [...]uint64{sets, uint64(r.Extra), rng.Name(r.Name)} {
			h = rng.Mix(h, v)
		}
		if r.Split {
			h = rng.Mix(h, 1)
		}
	}
	for from := range n.lastDue {
		for to, due := range n.lastDue[from] {
			if due != 0 {
				h += rng.Mix(uint64(from)<<8|uint64(to), uint64(due))
			}
		}
	}
	return h
}
