package page

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// three is a run of three members, split, with one message in flight and one held.
func three() *wire.Frame {
	return &wire.Frame{
		Playback: wire.Playback{Now: 3_216_000, End: 4_000_000, Seq: 7, Speed: 50_000, Playing: true},
		Members: []wire.Member{
			{Name: "n1", Role: wire.RoleLeader, Term: 4, Up: true, Note: wire.Note{Text: "leader"}, Last: 12, Commit: 11},
			{Name: "n2", Role: wire.RoleFollower, Term: 4, Up: true, Paused: true, Note: wire.Note{Text: "paused"}},
			{Name: "n3", Role: wire.RoleDown, Term: 3},
		},
		Clients: []wire.Client{{Name: "c1", Endpoint: "n1", Doing: "put /a", Note: "waiting"}},
		Messages: []wire.Message{{ID: 17, From: "n1", To: "n2", Label: "App 12", Due: 3_217_000},
			{ID: 18, From: "n2", To: "n1", Label: "✓", Due: -1, Fate: wire.Held}},
		Links:  []wire.Link{{From: "n1", To: "n2", By: wire.CutAlone}},
		Groups: [][]string{{"n3"}, {"n1", "n2"}},
		Events: []wire.Event{{Seq: 7, At: 3_216_000, Where: "n1", Verb: "committed", Text: "entry <11>",
			Select: wire.ParseSelection("e7")}},
	}
}

func html(nodes []Node) string {
	var b []byte
	for i := range nodes {
		b = nodes[i].HTML(b, &Options{})
	}
	return string(b)
}

func TestAnIntentBecomesActions(t *testing.T) {
	f := three()
	for _, c := range []struct {
		intent string
		want   wire.Action
	}{
		{"do heal", wire.Action{Kind: wire.Do, Text: "heal"}},
		{"typed put a b", wire.Action{Kind: wire.Do, Text: "put a b", N: 1}},
		{"toggle", wire.Action{Kind: wire.Pause}},
		{"step -1", wire.Action{Kind: wire.Step, N: -1}},
		{"jump 1 election", wire.Action{Kind: wire.Jump, N: 1, Marks: mark.Elections}},
		{"nudge -10000000", wire.Action{Kind: wire.Seek, N: 0}},
		{"tenth 5", wire.Action{Kind: wire.Seek, N: 2_000_000}},
		{"faster", wire.Action{Kind: wire.Speed, N: 100_000}},
		{"slower", wire.Action{Kind: wire.Speed, N: 25_000}},
		{"adaptive", wire.Action{Kind: wire.Speed, N: wire.Adaptive}},
		{"speed 99", wire.Action{Kind: wire.Speed, N: 0}},
		{"select ", wire.Action{Kind: wire.Select}},
		{"look rev 7", wire.Action{Kind: wire.ReadAt, N: 7}},
		{"look from /a b", wire.Action{Kind: wire.KeysFrom, Text: "/a b"}},
		{"member crash n1", wire.Action{Kind: wire.Do, Text: "crash n1"}},
		{"member crash n3", wire.Action{Kind: wire.Do, Text: "restart n3"}},
		{"member pause n2", wire.Action{Kind: wire.Do, Text: "resume n2"}},
		{"member cut n1", wire.Action{Kind: wire.Do, Text: "split n1 | n2,n3"}},
		{"member cut n3", wire.Action{Kind: wire.Do, Text: "heal"}},
		{"link n1 n2", wire.Action{Kind: wire.Do, Text: "mend n1 > n2"}},
		{"link n2 n1", wire.Action{Kind: wire.Do, Text: "cut n2 > n1"}},
		{"message delay m17", wire.Action{Kind: wire.Do, Text: "delay m17 50ms"}},
		{"message hold m18", wire.Action{Kind: wire.Do, Text: "deliver m18"}},
	} {
		got, ok := Actions(c.intent, f)
		if !ok || len(got) != 1 || got[0] != c.want {
			t.Errorf("%q gave %+v, %v; want %+v", c.intent, got, ok, c.want)
		}
	}
	if got, ok := Actions("member crash n9", f); !ok || len(got) != 0 {
		t.Errorf("a member that is not there gave %+v, %v", got, ok)
	}
	if _, ok := Actions("help", f); ok {
		t.Error("help is the page's own affair")
	}
}

func TestEveryButtonMeansSomething(t *testing.T) {
	f := three()
	f.Why = &wire.Why{Subject: wire.ParseSelection("n1"), At: 5,
		Actions: []wire.Button{{Label: "Crash", Command: "crash n1"}}}
	pages := [][]Node{toolbar(f, ""), status(f, ""), transportLine(f, ""),
		tabs([]Panel{{ID: "log", Title: "Log"}}, f, "log"), whyCard(f.Why, selectedInsider(f)),
		events(f), flightList(f), menuFor(f, "n1"),
		menuFor(f, "n1 more"), menuFor(f, "n3"), adderSheet(f), menuFor(f, "m17"), menuFor(f, "c1"), splitSheet(f, nil),
		loadSheet(f), hits(f, scene.ArrangeFrame(f, scene.Size{W: 800, H: 500}), "")}
	own := map[string]bool{"pick": true, "menu": true, "op": true, "aim": true, "splitter": true, "loader": true,
		"adder": true, "flight": true, "close": true}
	n := 0
	var walk func([]Node)
	walk = func(nodes []Node) {
		for _, k := range nodes {
			for _, a := range k.Attrs {
				if a.Name != "data-a" {
					continue
				}
				n++
				verb, _, _ := strings.Cut(a.Value, " ")
				if _, ok := Actions(a.Value, f); !ok && !own[verb] {
					t.Errorf("nobody knows what %q means", a.Value)
				}
			}
			walk(k.Kids)
		}
	}
	for _, p := range pages {
		walk(p)
	}
	if n < 60 {
		t.Errorf("only %d buttons were found", n)
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		p    Press
		want string
	}{
		{Press{Key: " "}, "toggle"},
		{Press{Key: " ", Control: true}, ""},
		{Press{Key: " ", Typing: true}, ""},
		{Press{Key: " ", LettersOff: true}, ""},
		{Press{Key: "ArrowRight"}, "nudge 10000"},
		{Press{Key: "ArrowRight", Shift: true}, "nudge 100000"},
		{Press{Key: "ArrowRight", Member: "n2", Control: true}, "focus 1"},
		{Press{Key: "x", Member: "n2", Control: true}, "member crash n2"},
		{Press{Key: "x"}, ""},
		{Press{Key: "Enter", Member: "n2", Control: true}, "select n2"},
		{Press{Key: "Enter", Control: true}, ""},
		{Press{Key: "F10", Shift: true, Member: "n2", Control: true}, "menu n2"},
		{Press{Key: "?", Shift: true}, "help"},
		{Press{Key: "7"}, "tenth 7"},
		{Press{Key: "Escape", Typing: true}, "close"},
		{Press{Key: "l", Ctrl: true}, ""},
		{Press{Key: "p", Member: "n2", LettersOff: true, Control: true}, ""},
	} {
		if got := IntentOf(c.p); got != c.want {
			t.Errorf("%+v gave %q, want %q", c.p, got, c.want)
		}
	}
}

func TestOneMemberIsInTheTabOrder(t *testing.T) {
	f := three()
	l := scene.ArrangeFrame(f, scene.Size{W: 800, H: 500})
	for focus, want := range map[string]string{"": "n1", "n9": "n1", "n2": "n2", "c1": "c1"} {
		in := ""
		for _, n := range hits(f, l, focus) {
			for _, a := range n.Attrs {
				if a.Name == "tabindex" && a.Value == "0" {
					in += n.Key
				}
			}
		}
		if in != want {
			t.Errorf("with the focus on %q, %q is in the tab order, want %q", focus, in, want)
		}
	}
	if got := neighbour(f, "c1", 1); got != "n1" {
		t.Errorf("after the last comes %q", got)
	}
}

func TestEveryKeyMeansSomethingAndIsInTheHelp(t *testing.T) {
	f := three()
	own := map[string]bool{"op": true, "menu": true, "focus": true, "fullscreen": true, "console": true, "help": true,
		"close": true}
	help := html(helpPage(false))
	for _, b := range Bindings {
		verb, _, _ := strings.Cut(b.Intent, " ")
		if _, ok := Actions(strings.NewReplacer("$", "n1", "#", "3").Replace(b.Intent), f); !ok && !own[verb] {
			t.Errorf("nobody knows what the key %s means: %q", b.Show, b.Intent)
		}
		if !strings.Contains(help, scene.Escape(b.Text)) {
			t.Errorf("the help does not say %q", b.Text)
		}
	}
}

func TestTextFromTheFrameIsNeverMarkup(t *testing.T) {
	if got := html(events(three())); !strings.Contains(got, "entry &lt;11&gt;") {
		t.Errorf("the text was not escaped: %s", got)
	}
}

func TestLogCells(t *testing.T) {
	l := &wire.Log{First: 3, Last: 4, Hidden: 2, Rows: []wire.LogRow{{Name: "n1", Role: wire.RoleLeader,
		Match: []wire.Match{{Name: "n2", Match: 3, Next: 5}}, Cells: []wire.Cell{
			{Index: 3, Term: 2, Kind: wire.NormalEntry, Text: "put a", State: wire.Applied, Title: "index 3, term 2"},
			{Index: 4, Term: 3, Kind: wire.EmptyEntry, Text: "∅", State: wire.Written, Title: "index 4, term 3"},
		}}}}
	got := html(LogPanel(l, &wire.Frame{Why: &wire.Why{Subject: wire.ParseSelection("l1.4")}}))
	for _, want := range []string{`data-a="select l1.3"`, `class="cell t2 applied"`, "put a", `class="cell t3 written on"`,
		`<span class="sr">n1, index 3, term 2</span>`,
		"n2 agrees up to 3, next to send is 5", `scope="row"`, "…3"} {
		if !strings.Contains(got, want) {
			t.Errorf("the log lacks %s:\n%s", want, got)
		}
	}
}

func TestClock(t *testing.T) {
	for _, c := range [][2]string{{tick(second / 2), "0.5 s"}, {tick(2 * minute), "2 min"}} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func TestTimeline(t *testing.T) {
	if len(glyphs) != int(mark.Fault)+1 {
		t.Errorf("%d kinds of marks are drawn, there are %d", len(glyphs), mark.Fault+1)
	}
	for k, g := range glyphs {
		if g.path == "" {
			t.Errorf("marks of kind %d are not drawn", k)
		}
	}
	if got := domain(0); got != second {
		t.Errorf("an empty timeline shows %d", got)
	}
	if got := domain(3_900_000); got != 5*second {
		t.Errorf("3.9 s are shown on %d", got)
	}
	tl := &wire.Timeline{End: 4 * second,
		Spans: []wire.Span{{From: 0, To: second}, {From: second, To: 4 * second, Term: 3, Leader: "n1"}},
		Marks: []wire.Mark{{At: second, Kind: mark.Election, Text: "n1 was elected"},
			{At: second + 1000, Kind: mark.Election, Text: "again"}}, Writes: []int64{second, second + 1, 2 * second}}
	s := scale{width: 1000, end: 5 * second}
	if got := html(timelineSpans(tl, s)); !strings.Contains(got, "term 3 · n1") {
		t.Errorf("the span has no name: %s", got)
	}
	if got := html(timelineMarks(tl, s)); strings.Count(got, "<g") != 1 || strings.Count(got, "h0") != 2 {
		t.Errorf("marks and writes that touch were not thinned: %s", got)
	}
	if got := seekText(tl, 1_000_100, 10_000); got != "1.000 s, term 3, n1 leads: n1 was elected" {
		t.Errorf("the slider says %q", got)
	}
}

// TestMetricsPanel: what is to be seen is also said, and the stages of a wait fill its bar.
func TestMetricsPanel(t *testing.T) {
	f := three()
	m := &wire.Metrics{
		Member: "n2",
		Charts: []wire.Chart{{Name: "puts", Metric: "etcd_mvcc_put_total", Now: "7/s", Line: "M0 9L9 0", Limit: "M0 5H1000"}},
		Alerts: []wire.Alert{{Name: "etcdNoLeader n2", Firing: true}, {Name: "etcdMembersDown"}},
		Waits: []wire.Wait{{Of: "writes", Stages: []wire.Stage{{Name: "fsync", On: "disk", Text: "3 ms", Took: 3000},
			{Name: "answer", On: "network", Text: "1 ms", Took: 1000}}}},
	}
	got := html(MetricsPanel(m, f))
	for _, want := range []string{
		`data-a="select n2" aria-pressed="true"`, `data-a="select n1" aria-pressed="false"`, `data-a="do metrics n2"`,
		`<code>etcd_mvcc_put_total</code>`,
		`<figcaption>puts<b>7/s</b></figcaption>`, `<path class="limit" d="M0 5H1000">`,
		`<b class="pill bad">firing</b><div><b>etcdNoLeader n2</b>`, `<b class="pill">pending</b>`,
		`<rect class="on-disk" x="0" width="747" height="100">`, `<rect class="on-network" x="750" width="247" height="100">`,
		`<li><i class="on-disk"></i>fsync<b>3 ms</b></li>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %s in\n%s", want, got)
		}
	}
	m.Charts = nil
	if got := html(MetricsPanel(m, f)); !strings.Contains(got, emptyMetrics) {
		t.Errorf("before the first look at the members: %s", got)
	}
}

func TestAnnouncer(t *testing.T) {
	var a Announcer
	f := three()
	f.Timeline.Marks = []wire.Mark{{At: 1, Kind: mark.Crash, Text: "n3 crashed", Seq: 5}}
	if got := a.Say(5000, f, false); got != "0.000 s: n3 crashed" {
		t.Errorf("said %q", got)
	}
	f.Timeline.Marks = append(f.Timeline.Marks, wire.Mark{At: 2, Kind: mark.Election, Text: "n1 was elected", Seq: 6})
	if got := a.Say(6000, f, false); got != "" {
		t.Errorf("spoke too soon: %q", got)
	}
	if got := a.Say(7001, f, false); got != "0.000 s: n1 was elected" {
		t.Errorf("said %q", got)
	}
	if got := a.Say(7002, f, true); got != "3.216 s: n1 committed entry <11>" {
		t.Errorf("a step said %q", got)
	}
	f.Playback.Stopped = "two leaders"
	if a.Alert(f) != "two leaders" || a.Alert(f) != "" {
		t.Error("a violation is said once")
	}
}

func TestConsoleHistory(t *testing.T) {
	var c History
	for _, l := range []string{"a", "b", "b"} {
		c.Add(l)
	}
	for _, step := range []struct {
		by   int
		want string
	}{{-1, "b"}, {-1, "a"}, {-1, "a"}, {1, "b"}, {1, "draft"}, {1, "draft"}} {
		if got := c.Move(step.by, "draft"); got != step.want {
			t.Errorf("moved by %d to %q, want %q", step.by, got, step.want)
		}
	}
	for _, e := range []struct {
		lines []string
		want  string
	}{{nil, "cr"}, {[]string{"crash"}, "crash "}, {[]string{"put", "pause"}, "p"}} {
		if got := completed("cr", e.lines); got != e.want {
			t.Errorf("%v completed to %q, want %q", e.lines, got, e.want)
		}
	}
}

func TestOperations(t *testing.T) {
	for _, c := range []struct {
		o    Operation
		want string
	}{
		{Operation{Verb: "put", Key: "a", Value: "two words", Client: "c1", Endpoint: "n2"},
			`put a "two words" --client c1 --endpoint n2`},
		{Operation{Verb: "get", Key: "a", Consistency: "s"}, "get a --consistency s"},
		{Operation{Verb: "del", Key: "/x", Value: "left over"}, "del /x"},
		{Operation{Verb: "put", Key: "a", Value: "b", Lease: "694d", PrevKV: true}, "put a b --lease 694d --prev-kv"},
		{Operation{Verb: "get", Key: "a", Revision: "7", Prefix: true, PrevKV: true}, "get a --rev 7 --prefix"},
		{Operation{Verb: "watch", Key: "/pods/", Prefix: true, PrevKV: true, Revision: "3", Client: "c2"},
			"watch /pods/ --rev 3 --prefix --prev-kv --client c2"},
		{Operation{Verb: "compaction", Revision: "12", Endpoint: "n1"}, "compaction 12 --endpoint n1"},
		{Operation{Verb: "lease", TTL: "30"}, "lease grant 30"},
		{Operation{Verb: "txn", If: `mod("a") = "0"`, Then: "put a 1; put b 2", Else: " ", Client: "c1"},
			`txn if 'mod("a") = "0"' then "put a 1" "put b 2" --client c1`},
	} {
		if got := c.o.Command(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		} else if _, err := script.Parse(got); err != nil {
			t.Errorf("%q is no command: %v", got, err)
		}
	}
}

// TestTheStoresPanelsEscapeAndName: keys and values are whatever a client wrote, and every box, bar and slider has a
// name.
func TestTheStoresPanelsEscapeAndName(t *testing.T) {
	k := &wire.Keys{Member: "n1", Revision: 9, Compacted: 5, Read: 6, First: 1, Last: 9, Next: "<z>",
		Heads: []wire.Head{{Name: "n1", Revision: 9}, {Name: "n2"}},
		Rows: []wire.KeyRow{{Key: "<q>", Value: "<i>", Found: true, Since: 2, Versions: []wire.KeyVersion{
			{Revision: 2, Number: 1, Fate: wire.VersionGone, Title: "dropped"},
			{Revision: 4, Number: 3, Fate: wire.VersionKept, Title: "revision 4"}, {Revision: 8, Title: "deleted"}}}}}
	f := three()
	f.Grants = []string{"694d"}
	f.Why = &wire.Why{Subject: wire.ParseSelection("v4 <q>")}
	w := &wire.Watches{Rows: []wire.Watch{{Name: "c1 watch 1", Range: "<w>", Queued: 2, Resumes: 1, Err: "<e>",
		Select: wire.ParseSelection("w1.1")}}, Told: []wire.Told{{Watch: "c1 watch 1", Text: "PUT\n<k>"}}}
	l := &wire.Leases{Member: "n1", Counts: true,
		Rows: []wire.Lease{{ID: "694d", TTL: 30, Left: 9_000_000, Keys: []string{"<l>"}}, {ID: "1", Left: -1}}}
	d := &wire.Databases{Alarms: []string{"NOSPACE of n1"},
		Rows: []wire.Database{{Name: "n1", Up: true, Size: 20480, InUse: 4096, Max: 1 << 31}, {Name: "n2"}}}
	pages := [][]Node{KeysPanel(k, f), WatchesPanel(w, f), LeasesPanel(l, f), DatabasesPanel(d, f)}
	for verb := range opTitles {
		pages = append(pages, opSheet(f, Operation{Verb: verb, Key: "<k>"}))
	}
	all := ""
	for _, p := range pages {
		all += html(p)
	}
	for _, tag := range []string{"<q>", "<i>", "<w>", "<e>", "<k>", "<l>", "<z>"} {
		if strings.Contains(all, tag) {
			t.Errorf("%s is markup", tag)
		}
	}
	for _, want := range []string{`aria-label="revision 4"`, `class="ver kept on"`, "expired, on its way out",
		`aria-label="Time left of lease 694d" max="30000" value="9000"`,
		"alarm NOSPACE of n1", `data-a="do alarm disarm"`, `data-a="do defrag --endpoint n1"`, "20 kB of 2.1 GB",
		`for="key-rev"`, `id="op-lease"`, `data-a="look from &lt;z&gt;"`} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestWhatTheFormForAFreshRunSays(t *testing.T) {
	for want, got := range map[string]string{
		"members=3 clients=2 preset=article seed=7": freshText("3", "2", "article", "7", "", nil),
		"members=5 clients=1 preset=wan off=pre-vote,check-quorum snapshot-count=20 catch-up=5": freshText("5", "1", "wan",
			"", snapshotChoices[1].settings,
			[]string{"pre-vote", "check-quorum"}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAMachineOutsideOfTheClusterIsStartedNotRestarted(t *testing.T) {
	f := three()
	f.Members = append(f.Members, wire.Member{Name: "n4", Role: wire.RoleDown, Standing: wire.StandsBy,
		Note: wire.Note{Text: "stands by: no member yet"}},
		wire.Member{Name: "n5", Role: wire.RoleDown, Standing: wire.Removed, Note: wire.Note{Text: "removed for good"}})
	if text := html(menuFor(f, "n4")); !strings.Contains(text, "do restart n4") || strings.Contains(text, "crash") {
		t.Errorf("the menu of n4: %s", text)
	}
	if text := html(menuFor(f, "n5")); strings.Contains(text, "restart") {
		t.Errorf("the menu of n5: %s", text)
	}
	f.Members[3].Standing = wire.Awaited
	if text := html(adderSheet(f)); !strings.Contains(text, "do member add n6 --learner") ||
		!strings.Contains(text, "Start n4") {
		t.Errorf("the sheet: %s", text)
	}
	f.Members[3].Standing = wire.StandsBy
	if text := html(adderSheet(f)); !strings.Contains(text, "do member add n4 --learner") ||
		strings.Contains(text, "Start") {
		t.Errorf("the sheet: %s", text)
	}
}
