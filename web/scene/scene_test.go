package scene

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/web/wire"
)

var rewrite = flag.Bool("rewrite", false, "write the golden picture anew")

var stages = []Size{{832, 560}, {804, 520}, {640, 460}, {1180, 640}, {366, 0}, {296, 0}}

// tall gives narrow stages the height that the page gives them.
func tall(s Size, members int) Size {
	if s.H == 0 {
		s.H = Height(s.W, members)
	}
	return s
}

func TestNothingOverlaps(t *testing.T) {
	for _, stage := range stages {
		for n := 1; n <= 9; n++ {
			size := tall(stage, n)
			for c := 1; c <= 4; c++ {
				l := ArrangeFrame(ring(n, c), size)
				boxes := map[string]Rect{}
				for i, m := range l.Members {
					boxes[m.Name] = l.Block(i)
				}
				for _, b := range l.Clients {
					boxes[b.Name] = b.Rect
				}
				apart(t, fmt.Sprintf("%d members, %d clients, %v×%v", n, c, size.W, size.H), boxes, size)
			}
		}
	}
}

func apart(t *testing.T, what string, boxes map[string]Rect, size Size) {
	t.Helper()
	for a, ra := range boxes {
		if ra.X < 0 || ra.Y < 0 || ra.X+ra.W > size.W || ra.Y+ra.H > size.H {
			t.Errorf("%s: %s lies outside: %+v", what, a, ra)
		}
		for b, rb := range boxes {
			if a < b && ra.Overlaps(rb) {
				t.Errorf("%s: %s lies on %s", what, a, b)
			}
		}
	}
}

func TestLabelsFitTheirBlocks(t *testing.T) {
	for _, stage := range stages {
		size := tall(stage, 9)
		f := ring(9, 4)
		l := ArrangeFrame(f, size)
		for _, s := range Draw(f, l) {
			w := l.LabelW
			if strings.HasPrefix(s.Class, "client") {
				w = l.Clients[0].W
			} else if !strings.HasPrefix(s.Class, "member") {
				continue
			}
			for _, e := range s.Body {
				if e.Tag == "text" && textWidth(e.Text, attrFloat(e, "font-size"), false) > w {
					t.Errorf("%v: %s: %q is wider than %v", size, s.ID, e.Text, w)
				}
			}
		}
	}
}

func attrFloat(e El, name string) float64 {
	for _, a := range e.Attrs {
		if a.Name == name {
			v, _ := strconv.ParseFloat(a.Value, 64) // 0 when it is no number
			return v
		}
	}
	return 0
}

func TestIDsAreUniqueAndStable(t *testing.T) {
	f := article()
	first := Build(f, stages[0])
	seen := map[string]bool{}
	for _, s := range first {
		if seen[s.ID] {
			t.Errorf("two shapes are called %s", s.ID)
		}
		seen[s.ID] = true
	}
	f.Playback.Now += 300
	f.Members[1].Role, f.Members[1].Timer.Elapsed = wire.RoleCandidate, 800
	for i, s := range Build(f, stages[0]) {
		if s.ID != first[i].ID {
			t.Fatalf("shape %d was %s and is now %s", i, first[i].ID, s.ID)
		}
		if s.Layer == LayerMembers && s.At != first[i].At {
			t.Errorf("%s moved while the run played", s.ID)
		}
	}
}

func TestHealPillCoversNothing(t *testing.T) {
	for _, stage := range stages {
		for n := 2; n <= 7; n++ {
			size := tall(stage, n)
			f := ring(n, 2)
			f.Groups = [][]string{{"n1"}, names("n", n)[1:]}
			l := ArrangeFrame(f, size)
			for _, s := range Draw(f, l) {
				for _, e := range s.Body {
					if s.ID != cutID || e.Tag != "rect" {
						continue
					}
					pill := Rect{attrFloat(e, "x"), attrFloat(e, "y"), attrFloat(e, "width"), attrFloat(e, "height")}
					if !l.vacant(pill) {
						t.Errorf("%d members, %v: the pill lies on something", n, size)
					}
				}
			}
		}
	}
}

func TestAStrokePartsTheMembers(t *testing.T) {
	l := Arrange(names("n", 5), names("c", 2), stages[0])
	n1, _ := l.Member("n1")
	for _, c := range []struct {
		stroke []Point
		want   string
	}{
		{[]Point{{n1.X + 60, 20}, {n1.X + 60, 540}}, "[[n1 n5] [n2 n3 n4]]"},
		{[]Point{{n1.X - 90, l.Centre.Y + 3}, {820, l.Centre.Y + 3}}, "[[n1 n2 n3] [n4 n5]]"},
		{[]Point{{5, 5}, {6, 300}}, "[[n1 n2 n3 n4 n5]]"},
		{[]Point{{5, 5}}, "[]"},
	} {
		if got := fmt.Sprint(l.Groups(c.stroke)); got != c.want {
			t.Errorf("stroke %v: got %s, want %s", c.stroke, got, c.want)
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	f := ring(1, 1)
	f.Members[0].Note.Text = `<script>"&'`
	f.Clients[0].Doing = "<img src=x>\x00"
	out := SVG(Build(f, stages[0]), stages[0], "<b>")
	for _, bad := range []string{"<script", "<img", "<b>", "\x00"} {
		if strings.Contains(out, bad) {
			t.Errorf("%s went into the picture as markup", bad)
		}
	}
}

func TestAnEmptyFrameIsAPictureToo(t *testing.T) {
	if got := Build(&wire.Frame{}, stages[0]); len(got) != 0 {
		t.Errorf("an empty frame gave %d shapes", len(got))
	}
}

func TestGoldenPicture(t *testing.T) {
	const file = "testdata/article.svg"
	got := SVG(Build(article(), stages[0]), stages[0], "A leader cut off from the majority")
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the picture differs from %s; look at it, then: go test ./web/scene -rewrite", file)
	}
}

func TestTheStyleSheetHasThePalette(t *testing.T) {
	css, err := os.ReadFile("../../static/etcdscope.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range Palette {
		if !strings.Contains(string(css), v.Name+":"+v.Light+";") {
			t.Errorf("the page's light %s is not %s", v.Name, v.Light)
		}
		if strings.Count(string(css), v.Name+":"+v.Dark+";") < 2 {
			t.Errorf("the page's dark %s is not %s", v.Name, v.Dark)
		}
	}
}
