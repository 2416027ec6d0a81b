package page

import (
	"strings"
	"testing"
)

// TestIDsOfInstancesAreApart renders the same nodes for three instances: ids and references to them begin with the
// instance's name, and nothing else differs.
func TestIDsOfInstancesAreApart(t *testing.T) {
	nodes := []Node{h("label", attr("for", "key-rev"), "Read at"),
		h("div", attr("id", "panel"), attr("aria-labelledby", "tab-log"), attr("aria-controls", "flight"),
			attr("name", "far"), h("input", attr("id", "key-rev"), attr("value", "panel")))}
	html := func(o Options) string {
		var b []byte
		for i := range nodes {
			b = nodes[i].HTML(b, &o)
		}
		return string(b)
	}
	alone := html(Options{})
	if strings.Contains(alone, `"-`) || !strings.Contains(alone, `id="panel"`) {
		t.Errorf("the only page: %s", alone)
	}
	want := strings.NewReplacer(`for="`, `for="left-`, `id="`, `id="left-`, `aria-labelledby="`, `aria-labelledby="left-`,
		`aria-controls="`, `aria-controls="left-`).Replace(alone)
	if got := html(Options{Name: "left"}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestAnInstanceKnowsItsOwn takes names back out of ids, its own and another's.
func TestAnInstanceKnowsItsOwn(t *testing.T) {
	left, alone := Options{Name: "left"}, Options{}
	for _, c := range []struct {
		o        *Options
		id, want string
	}{
		{&left, "left-input", "input"}, {&left, "right-input", ""}, {&left, "input", ""}, {&left, "", ""},
		{&alone, "input", "input"}, {&alone, "", ""},
	} {
		if got := c.o.nameOf(c.id); got != c.want {
			t.Errorf("%q is %q of %q, want %q", c.id, got, c.o.Name, c.want)
		}
	}
	if a, b := left.storageKey("theme"), alone.storageKey("theme"); a != "etcdscope.left.theme" || b != "etcdscope.theme" {
		t.Errorf("remembered as %s and %s", a, b)
	}
}

// TestAPenWritesTheInstancesIDs patches an id and a reference: both are the instance's.
func TestAPenWritesTheInstancesIDs(t *testing.T) {
	p := pen{page: &Options{Name: "left"}}
	old := p.children(1, nil, []Node{h("i", attr("id", "a"), attr("aria-controls", "b"), attr("title", "c"))}, false)
	p.out = nil
	p.children(1, old, []Node{h("i", attr("id", "d"), attr("aria-controls", "e"), attr("title", "f"))}, false)
	for _, want := range []string{"id\x00left-d\x00", "aria-controls\x00left-e\x00", "title\x00f\x00"} {
		if !strings.Contains(string(p.out), want) {
			t.Errorf("%q is not in %q", want, p.out)
		}
	}
}
