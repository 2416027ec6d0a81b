package script

import "strconv"

// Name names a part of the world: "n1" to "n9" a member, "c1" to "c4" a client. The empty Name means "not said".
type Name string

// MemberName returns the name of member i, which counts from 1.
func MemberName(i int) Name { return Name("n" + strconv.Itoa(i)) }

// ClientName returns the name of client i, which counts from 1.
func ClientName(i int) Name { return Name("c" + strconv.Itoa(i)) }

// Member returns the number of the member that n names.
func (n Name) Member() (int, bool) { return n.number('n', MembersMax) }

// Client returns the number of the client that n names.
func (n Name) Client() (int, bool) { return n.number('c', ClientsMax) }

// number reads the digits behind a letter. A leading zero would give one thing two names, so it is refused.
func (n Name) number(letter byte, most int) (int, bool) {
	if len(n) < 2 || len(n) > 3 || n[0] != letter || n[1] == '0' {
		return 0, false
	}
	i := 0
	for _, c := range []byte(n[1:]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		i = i*10 + int(c-'0')
	}
	return i, i <= most
}

// place reports whether n names something that messages travel between.
func (n Name) place() bool {
	_, member := n.Member()
	_, client := n.Client()
	return member || client
}
