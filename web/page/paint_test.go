package page

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sheet carries out what a pen wrote, as static/paint.js does, on a tree of names: an element is its HTML's id
// attribute.
type sheet struct {
	t     *testing.T
	kids  map[string][]string // by number of the parent
	texts map[string]string   // by number: the value that was made or set
}

func (s *sheet) all(text string) {
	f := strings.Split(text, "\x00")
	for i := 0; i < len(f)-1; {
		switch op := f[i]; op {
		case "n":
			made := strings.Split(strings.ReplaceAll(strings.TrimSuffix(f[i+4], "</i>"), "</i>", "\n"), "\n")
			for k, id := range strings.Fields(f[i+5]) {
				s.texts[id] = made[k][strings.Index(made[k], `x="`)+3 : strings.LastIndex(made[k], `"`)]
				s.insert(id, f[i+1], f[i+2])
			}
			i += 6
		case "m":
			s.remove(f[i+1])
			s.insert(f[i+1], f[i+2], f[i+3])
			i += 4
		case "d":
			s.remove(f[i+1])
			i += 2
		case "a":
			s.texts[f[i+1]] = f[i+3]
			i += 4
		default:
			s.t.Fatalf("unknown operation %q", op)
		}
	}
}

func (s *sheet) insert(id, parent, before string) {
	at := slices.Index(s.kids[parent], before)
	if before == "0" {
		at = len(s.kids[parent])
	}
	s.kids[parent] = slices.Insert(s.kids[parent], at, id)
}

func (s *sheet) remove(id string) {
	for parent, kids := range s.kids {
		if at := slices.Index(kids, id); at >= 0 {
			s.kids[parent] = slices.Delete(kids, at, at+1)
			return
		}
	}
	s.t.Fatalf("%s is nowhere", id)
}

func TestThePageBecomesWhatTheNodesSay(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var p pen
	root := p.take()
	s := sheet{t: t, kids: map[string][]string{}, texts: map[string]string{}}
	var kids []*mounted
	for round := range 2000 {
		var nodes []Node
		var want []string
		for _, k := range chance.Perm(12)[:chance.IntN(12)] {
			value := fmt.Sprintf("%d.%d", k, chance.IntN(3))
			nodes = append(nodes, h("i", key("k"+strconv.Itoa(k)), attr("x", value)))
			want = append(want, value)
		}
		kids = p.children(root, kids, nodes, false)
		s.all(string(p.out))
		p.out = p.out[:0]
		var got []string
		for _, id := range s.kids[strconv.Itoa(root)] {
			got = append(got, s.texts[id])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: got %v, want %v", round, got, want)
		}
	}
	if p.top > 14 {
		t.Errorf("%d numbers are in use for 12 elements", p.top)
	}
}
