package sim

import (
	"strconv"
	"strings"
)

// Host is who is on the network: one of a kind, with a number. Hosts are counted through all kinds, so that tables and
// sets of them are small; 0 is nobody (or: the network itself).
type Host uint8

// Kind is what a host is.
type Kind uint8

// The kinds. One more is a line here, one in the table of kinds, and how many there can be.
const (
	Nobody Kind = iota
	AMember
	AClient
)

// The most there can be of each. The picture, the links and the tables are made for these.
const (
	MaxMembers = 9
	MaxClients = 4
	hosts      = 1 + MaxMembers + MaxClients
)

// kinds has what their hosts' names begin with, the last host of the kinds before, and how many there are.
var kinds = [...]struct {
	prefix     string
	before, of Host
}{Nobody: {"net", 0, 0}, AMember: {"n", 0, MaxMembers}, AClient: {"c", MaxMembers, MaxClients}}

// HostOf returns the host of a kind with a number, counted from 1; 0 if there is none.
func HostOf(k Kind, number int) Host {
	if number < 1 || number > int(kinds[k].of) {
		return 0
	}
	return kinds[k].before + Host(number)
}

// Member returns the host of member i, Client that of client i, both counted from 1.
func Member(i int) Host { return Host(i) }

// Client returns the host of client i, counted from 1.
func Client(i int) Host { return Host(MaxMembers + i) }

// IsMember tells members from all others.
func (h Host) IsMember() bool { return h >= 1 && h <= MaxMembers }

// IsClient tells clients from all others.
func (h Host) IsClient() bool { return h > MaxMembers && h <= MaxMembers+MaxClients }

// Kind returns what the host is.
func (h Host) Kind() Kind {
	for k := range kinds {
		if h > kinds[k].before && h <= kinds[k].before+kinds[k].of {
			return Kind(k)
		}
	}
	return Nobody
}

// Number counts the hosts of a kind from 1.
func (h Host) Number() int {
	if h <= MaxMembers { // the most of those that are asked
		return int(h)
	}
	return h.number()
}

func (h Host) number() int { return int(h - kinds[h.Kind()].before) }

// String returns "n1" for a member, "c1" for a client, "net" for nobody.
func (h Host) String() string {
	switch k := h.Kind(); {
	case k != Nobody:
		return kinds[k].prefix + strconv.Itoa(h.Number())
	case h != 0:
		return "?"
	}
	return kinds[Nobody].prefix
}

// ParseHost reads "n1" or "c1".
func ParseHost(s string) (Host, bool) {
	for k := range kinds {
		digits, ok := strings.CutPrefix(s, kinds[k].prefix)
		if n, err := strconv.Atoi(digits); ok && err == nil {
			h := HostOf(Kind(k), n)
			return h, h != 0 && h.String() == s
		}
	}
	return 0, false
}

// Set is a set of hosts, one bit each.
type Set uint64

// Each host has its bit.
const _ = uint(64 - hosts)

// Bit returns the set that holds just h.
func (h Host) Bit() Set { return 1 << h }
