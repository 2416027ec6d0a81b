package etcd

import (
	"encoding/binary"
	"math/bits"
	"sort"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Who a member is. Its name and its address say nothing about that: both may belong to another member tomorrow. etcd
// gives each member an identity, a digest of its addresses and of the instant at which it was added, writes it into the
// member's log (wal metadata), and never uses that of a removed one again. The simulator gives it a second, shorter
// name beside it, which Raft uses here: raft.ID.

// clusterToken is --initial-cluster-token.
const clusterToken = "etcd-cluster"

// epoch is the instant at which every run begins, in unix seconds: 1 January 2026. Only the ids of members that join
// depend on it.
const epoch = 1_767_225_600

// identity is what the group knows of a member beside its place in Raft's configuration.
type identity struct {
	number    raft.ID // 0: nobody
	id        uint64
	peerURL   string // its addresses, with commas between
	name      string // "" until the member has published it
	clientURL string
}

// cluster is what members know of the group beside Raft's configuration.
type cluster struct {
	id      uint64
	version string     // "" until a leader has set it
	members *roll      // never written in place; nil: nobody
	removed []identity // members once; likewise
}

// roll has, by machine, its newest member, removed or not.
type roll [sim.MaxMembers + 1]identity

// edit returns what is known of the newest member of a machine, to be changed.
func (c *cluster) edit(id raft.ID) *identity {
	own := new(roll)
	if c.members != nil {
		*own = *c.members
	}
	c.members = own
	return &own[id.Machine()]
}

// of returns what is known of a member; nobody if nothing is.
func (c *cluster) of(id raft.ID) *identity {
	if known := c.newest(id); known.number == id {
		return known
	}
	for i := range c.removed {
		if c.removed[i].number == id {
			return &c.removed[i]
		}
	}
	return &identity{}
}

// newest returns the newest member of the machine that another one was added for.
func (c *cluster) newest(id raft.ID) *identity {
	return c.on(id.Machine())
}

// on returns the newest member of a machine; nobody if there is none.
func (c *cluster) on(machine int) *identity {
	if c.members == nil || machine >= len(c.members) {
		return &identity{}
	}
	return &c.members[machine]
}

// gone reports whether an ID was removed: nobody gets it again.
func (c *cluster) gone(id raft.ID) bool {
	for i := range c.removed {
		if c.removed[i].number == id {
			return true
		}
	}
	return false
}

// next returns the ID of a member that is added for a machine now: that of the one which is there, for the second check
// to refuse, or a new one.
func (c *cluster) next(machine int) raft.ID {
	switch known := c.on(machine).number; {
	case known == raft.None:
		return raft.OnMachine(machine, 0)
	case c.gone(known):
		return known.Next()
	default:
		return known
	}
}

// remove puts a member among those that are gone.
func (c *cluster) remove(id raft.ID) {
	c.removed = append(c.removed[:len(c.removed):len(c.removed)], *c.of(id))
}

// PeerURL returns the address at which a member's machine listens to other members.
func PeerURL(h sim.Host) string {
	if h.IsMember() {
		return machineURLs[h]
	}
	return "http://" + h.String() + ":2380"
}

// clientURL returns the one for clients.
func clientURL(h sim.Host) string { return "http://" + h.String() + ":2379" }

// machineURLs are the addresses of the machines: a table, since each message is sent to one of them.
var machineURLs = [sim.MaxMembers + 1]string{
	1: "http://n1:2380", 2: "http://n2:2380", 3: "http://n3:2380", 4: "http://n4:2380", 5: "http://n5:2380",
	6: "http://n6:2380", 7: "http://n7:2380", 8: "http://n8:2380", 9: "http://n9:2380",
}

// hostAt returns the machine that listens at one of a member's addresses; 0 if none does.
func hostAt(peerURLs string) sim.Host {
	for url := range strings.SplitSeq(peerURLs, ",") {
		for n := 1; n <= sim.MaxMembers; n++ {
			if machineURLs[n] == url {
				return sim.Member(n)
			}
		}
	}
	return 0
}

// digest returns the identity that etcd gives a member with some addresses (membership/member.go, computeMemberID).
func digest(peerURLs, rest string) uint64 { return sha1(strings.ReplaceAll(peerURLs, ",", "") + rest) }

// founder returns the identity of a member that founds the group.
func founder(id raft.ID) identity {
	url := PeerURL(sim.Member(id.Machine()))
	return identity{number: id, id: digest(url, clusterToken), peerURL: url}
}

// joiner returns the identity of a member that is added later: with the instant in place of the token.
func joiner(now sim.Time, id raft.ID, peerURLs string) identity {
	return identity{number: id, id: digest(peerURLs, strconv.FormatInt(epoch+int64(now/sim.Second), 10)),
		peerURL: peerURLs}
}

// clusterID returns the identity of a group: a digest of its founders' (membership/cluster.go, genID).
func clusterID(founders []identity) uint64 {
	ids := make([]uint64, len(founders))
	for i := range ids {
		ids[i] = founders[i].id
	}
	sort.SliceStable(ids, func(i, j int) bool { return ids[i] < ids[j] })
	var b []byte
	for _, id := range ids {
		b = binary.BigEndian.AppendUint64(b, id)
	}
	return sha1(string(b))
}

// sha1 returns the first eight bytes of a SHA-1 digest (FIPS 180-4). The standard library's brings more code than the
// rest of this room.
func sha1(text string) uint64 {
	data := append([]byte(text), 0x80)
	for len(data)%64 != 56 {
		data = append(data, 0)
	}
	data = binary.BigEndian.AppendUint64(data, uint64(len(text))*8)
	h := [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
	for ; len(data) > 0; data = data[64:] {
		sha1Block(&h, data)
	}
	return uint64(h[0])<<32 | uint64(h[1])
}

func sha1Block(h *[5]uint32, block []byte) {
	var w [80]uint32
	for i := range w {
		if i < 16 {
			w[i] = binary.BigEndian.Uint32(block[4*i:])
		} else {
			w[i] = bits.RotateLeft32(w[i-3]^w[i-8]^w[i-14]^w[i-16], 1)
		}
	}
	a, b, c, d, e := h[0], h[1], h[2], h[3], h[4]
	for i, x := range w {
		var f uint32
		switch i / 20 {
		case 0:
			f = b&c | ^b&d
		case 1:
			f = b ^ c ^ d
		case 2:
			f = b&c | b&d | c&d
		case 3:
			f = b ^ c ^ d
		}
		k := [...]uint32{0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6}[i/20]
		a, b, c, d, e = bits.RotateLeft32(a, 5)+f+e+k+x, a, bits.RotateLeft32(b, 30), c, d
	}
	h[0], h[1], h[2], h[3], h[4] = h[0]+a, h[1]+b, h[2]+c, h[3]+d, h[4]+e
}

// info returns what the group knows of a member, as the calls about membership answer it.
func (c *cluster) info(id raft.ID, learner bool) api.MemberInfo {
	known := c.of(id)
	return api.MemberInfo{
		ID: known.id, Member: api.Member(id), Name: known.name, PeerURL: known.peerURL, ClientURL: known.clientURL,
		Learner: learner,
	}
}

// roster lists the members of a configuration, ordered by their ids as etcd does (membership/cluster.go, Members).
func (c *cluster) roster(conf raft.ConfState) []api.MemberInfo {
	var list []api.MemberInfo
	for _, id := range conf.Voters {
		list = append(list, c.info(id, false))
	}
	for _, id := range conf.Learners {
		list = append(list, c.info(id, true))
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// hostOf returns the machine at a member's address; 0 if nobody listens there. A member that the sender has not heard
// of yet is where it was when it joined.
func (c *cluster) hostOf(id raft.ID) sim.Host {
	usual := sim.Member(id.Machine())
	if url := c.of(id).peerURL; url != "" && url != PeerURL(usual) {
		return hostAt(url)
	}
	return usual
}

// hexID writes a member's id as etcd's labels do.
func (c *cluster) hexID(id raft.ID) string { return strconv.FormatUint(c.of(id).id, 16) }

// startedOf counts the members of a list, but for one, that have published their names.
func (c *cluster) startedOf(ids []raft.ID, but raft.ID) int {
	n := 0
	for _, id := range ids {
		if id != but && c.of(id).name != "" {
			n++
		}
	}
	return n
}
