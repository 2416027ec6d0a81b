// Package browser holds the tests that use etcdscope as a person does, with mouse and keyboard in Chromium, and the
// measures of how fast it is there. The harness is in drive; this file has the words that the tests are written in.
//
// Each file is one thing that a person does: write_test.go, faults_test.go, network_test.go, messages_test.go,
// time_test.go, runs_test.go, keyboard_test.go, looks_test.go, pair_test.go; measure_test.go measures.
package browser

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

var (
	chromium *drive.Browser
	site     *drive.Site
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if site, err = drive.Serve(ctx); err != nil {
		return 1, err
	}
	defer site.Close()
	if chromium, err = drive.Start(ctx, "./chromium.sh"); err != nil {
		return 1, err
	}
	defer chromium.Close()
	return m.Run(), nil
}

// The runs that the tests open. Elections of the preset article take 150–300 ms.
const (
	three = "#v=1&members=3&clients=2&preset=article&seed=7"
	five  = "#v=1&members=5&clients=2&preset=article&seed=7"
)

// scope is the page, in the words of the simulator.
type scope struct {
	*drive.Page
	t *testing.T
}

// open opens a run and waits until the cluster is on the stage.
func open(t *testing.T, fragment string, setting drive.Setting) scope {
	t.Helper()
	s := scope{chromium.Open(t, site.URL+fragment, setting), t}
	s.awaitCluster()
	return s
}

// led opens a run of three members and goes on until it has a leader, then stands still.
func led(t *testing.T, fragment string) scope {
	t.Helper()
	s := open(t, fragment, drive.Setting{})
	s.untilLed()
	s.Wait("every member to serve",
		`[...document.querySelectorAll('.log .cell.applied')].filter((e) => e.textContent.includes('is up')).length === document.querySelectorAll('.hit-m').length ** 2`)
	s.pause()
	return s
}

func (s scope) awaitCluster() {
	s.t.Helper()
	s.Wait("the members on the stage", `document.querySelector('[data-m=n1]')`)
}

// untilLed plays until some member leads.
func (s scope) untilLed() {
	s.t.Helper()
	s.speed("real time")
	s.play()
	s.Wait("a leader", leaders+`.length > 0`)
}

// electedAt waits until some member leads and returns the moment that is shown then, in ms.
func (s scope) electedAt() int {
	s.t.Helper()
	s.Wait("a leader", leaders+
		`.length > 0 && (window.electedAt ??= document.querySelector('#transport .time').textContent)`)
	return s.moment(drive.Eval[string](s.Page, "window.electedAt"))
}

// leaders is the names of those that lead, by what their buttons say of them.
const leaders = `[...document.querySelectorAll('.hit-m')].map((e) => e.getAttribute('aria-label').match(/^(n\d), leader,/)).filter(Boolean).map((m) => m[1])`

// leader returns who leads.
func (s scope) leader() string {
	s.t.Helper()
	names := drive.Eval[[]string](s.Page, leaders)
	if len(names) != 1 {
		s.t.Fatalf("leaders: %v, want one", names)
	}
	return names[0]
}

// follower returns a member that does not lead.
func (s scope) follower() string {
	s.t.Helper()
	leader := s.leader()
	for _, name := range []string{"n1", "n2"} {
		if name != leader {
			return name
		}
	}
	return ""
}

// member returns what a member's button says of it: "n1, leader, term 1, log 2, committed 2".
func (s scope) member(name string) string {
	s.t.Helper()
	return drive.Eval[string](s.Page, memberLabel(name))
}

func memberLabel(name string) string {
	return fmt.Sprintf(`document.querySelector('[data-m=%s]').getAttribute('aria-label')`, name)
}

// becomes waits until a member's button says so.
func (s scope) becomes(name, what string) {
	s.t.Helper()
	s.Wait(name+" is "+what, fmt.Sprintf("%s.includes(%s)", memberLabel(name), strconv.Quote(what)))
}

// isNot waits until a member's button no longer says so.
func (s scope) isNot(name, what string) {
	s.t.Helper()
	s.Wait(name+" is not "+what, fmt.Sprintf("!%s.includes(%s)", memberLabel(name), strconv.Quote(what)))
}

// command types a command in the console.
func (s scope) command(text string) {
	s.t.Helper()
	const lines = `document.getElementById('lines').childElementCount`
	before := drive.Eval[int](s.Page, lines)
	s.Click("#input")
	s.Press(text)
	s.Press(kb.Enter)
	s.Wait("the engine to take "+text, fmt.Sprintf("%s > %d", lines, before))
	s.Press(kb.Escape) // leaves the field, so that keys mean the page again
}

// said waits for a line of the console.
func (s scope) said(text string) {
	s.t.Helper()
	s.Wait(fmt.Sprintf("%q in the console", text),
		fmt.Sprintf(`document.getElementById('prompt').textContent.includes(%[1]s) || document.getElementById('lines').textContent.includes(%[1]s)`, strconv.Quote(text)))
}

const playing = `document.querySelector('#transport [data-a=toggle]').textContent.includes('Pause')`

// play plays, by the button.
func (s scope) play() {
	s.t.Helper()
	if !drive.Eval[bool](s.Page, playing) {
		s.Click("#transport [data-a=toggle]")
	}
	s.Wait("it to play", playing)
}

// pause stands still, by the button.
func (s scope) pause() {
	s.t.Helper()
	if drive.Eval[bool](s.Page, playing) {
		s.Click("#transport [data-a=toggle]")
	}
	s.Wait("it to stand still", "!"+playing)
}

// speeds are the steps of the speed slider that the tests use.
var speeds = map[string]int{"1/40 of real time": 4, "1/10 of real time": 6, "real time": 9, "60× real time": 14,
	"as fast as it goes": 15}

// speed presses faster or slower until the speed reads so.
func (s scope) speed(text string) {
	s.t.Helper()
	for {
		at, want := drive.Eval[int](s.Page, `+document.getElementById('speed').value`), speeds[text]
		if at == want {
			break
		}
		button := "faster"
		if at > want {
			button = "slower"
		}
		s.Click("#transport [data-a=" + button + "]")
		s.Wait("another speed", fmt.Sprintf(`+document.getElementById('speed').value !== %d`, at))
	}
	s.See(".speed output", text)
}

var clockFace = regexp.MustCompile(`^(?:(\d+):)?(\d+)\.(\d{3})( s)?$`)

// now returns the moment that is shown, in ms.
func (s scope) now() int {
	s.t.Helper()
	return s.moment(s.Text("#transport .time"))
}

// moment reads a clock face, in ms.
func (s scope) moment(text string) int {
	s.t.Helper()
	text = strings.TrimSpace(text)
	m := clockFace.FindStringSubmatch(text)
	if m == nil {
		s.t.Fatalf("the clock reads %q", text)
	}
	minutes, _ := strconv.Atoi(m[1]) // "" below a minute
	seconds, _ := strconv.Atoi(m[2])
	millis, _ := strconv.Atoi(m[3])
	return (minutes*60+seconds)*1000 + millis
}

// happened plays until the newest events have one with this verb, then stands still.
func (s scope) happened(verb string) {
	s.t.Helper()
	s.play()
	s.Wait(verb+" to happen", eventWith(verb, ""))
	s.pause()
}

// eventWith is the button of the newest event with the verb and the text.
func eventWith(verb, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('#events button.ev')].findLast((e) =>
		e.querySelector('b').textContent === %s && e.textContent.includes(%s))`, strconv.Quote(verb), strconv.Quote(text))
}
