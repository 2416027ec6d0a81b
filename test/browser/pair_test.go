package browser

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/etcdscope/etcdscope/test/browser/drive"
)

// instance is one of the two pages in the document of testdata/pair.html.
type instance struct {
	*drive.Page
	t    *testing.T
	name string
}

// openPair opens the document: left has the address, three members and two clients, right has five members.
func openPair(t *testing.T, setting drive.Setting) (left, right instance) {
	t.Helper()
	p := chromium.Open(t, site.URL+"pair.html"+three, setting)
	left, right = instance{p, t, "left"}, instance{p, t, "right"}
	for _, i := range []instance{left, right} {
		i.Wait("the members of "+i.name, i.root()+`.querySelector('[data-m=n1]')`)
	}
	return left, right
}

// root is the element that the page stands in.
func (i instance) root() string {
	return fmt.Sprintf(`document.querySelector('[data-name=%s]')`, i.name)
}

// in is a selector within the page.
func (i instance) in(selector string) string {
	return fmt.Sprintf("[data-name=%s] %s", i.name, selector)
}

// id is the selector of an element by the id that it has in index.html.
func (i instance) id(id string) string { return "#" + i.name + "-" + id }

// click brings an element away from the edges, where something may lie over it, and clicks on it.
func (i instance) click(selector, text string) {
	i.t.Helper()
	i.See(selector, text)
	drive.Eval[bool](i.Page, fmt.Sprintf(`([...document.querySelectorAll(%q)].find((e) => e.textContent.includes(%q)).scrollIntoView({ block: 'center' }), true)`,
		selector, text))
	i.ClickText(selector, text)
}

func (i instance) playing() string {
	return i.root() + `.querySelector('[data-a=toggle]').textContent.includes('Pause')`
}

func (i instance) clock() string {
	i.t.Helper()
	return drive.Eval[string](i.Page, i.root()+`.querySelector('.time').textContent`)
}

// play presses the button until time passes, or until it stands still.
func (i instance) play(on bool) {
	i.t.Helper()
	if drive.Eval[bool](i.Page, i.playing()) != on {
		i.click(i.in("[data-a=toggle]"), "")
	}
	i.Wait(fmt.Sprintf("%s to play: %v", i.name, on), fmt.Sprintf("%s === %v", i.playing(), on))
}

// member is what a member's button says of it.
func (i instance) member(name string) string {
	return i.root() + fmt.Sprintf(`.querySelector('[data-m=%s]').getAttribute('aria-label')`, name)
}

// settled is all that a page shows and holds, when nothing in it has changed for 20 animation frames.
const settled = `new Promise((done) => {
	const root = %s;
	let was = '', same = 0;
	const look = () => {
		const fields = [...root.querySelectorAll('input, textarea, select')].map((e) => e.value + e.checked);
		const now = JSON.stringify([root.outerHTML, fields, root.scrollTop]);
		same = now === was ? same + 1 : 0;
		was = now;
		if (same > 20) done(now); else requestAnimationFrame(look);
	};
	look();
})`

func (i instance) settled() string {
	i.t.Helper()
	return drive.Eval[string](i.Page, fmt.Sprintf(settled, i.root()))
}

// untouched fails if what is done changes anything in the page, which must stand still.
func (i instance) untouched(what string, do func()) {
	i.t.Helper()
	before := i.settled()
	do()
	after := i.settled()
	if before == after {
		return
	}
	at := 0
	for at < min(len(before), len(after)) && before[at] == after[at] {
		at++
	}
	part := func(s string) string { return s[max(0, at-60):min(len(s), at+100)] }
	i.t.Errorf("%s changes the other page, %s: …%s… becomes …%s…", what, i.name, part(before), part(after))
}

// does has a look at the one while the other is used.
func (i instance) does(other instance, what string, do func()) {
	i.t.Helper()
	other.untouched(i.name+": "+what, do)
}

// TestTwoPagesRunInOneDocument plays both at once.
func TestTwoPagesRunInOneDocument(t *testing.T) {
	left, right := openPair(t, drive.Setting{})
	const twice = `(() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i); })()`
	if ids := drive.Eval[[]string](left.Page, twice); len(ids) > 0 {
		t.Errorf("ids that are there twice: %v", ids)
	}
	const lost = `[...document.querySelectorAll('[for], [aria-labelledby], [aria-controls]')].flatMap((e) => [e.getAttribute('for'), e.getAttribute('aria-labelledby'), e.getAttribute('aria-controls')]).filter((id) => id && !document.getElementById(id))`
	if ids := drive.Eval[[]string](left.Page, lost); len(ids) > 0 {
		t.Errorf("references to nothing: %v", ids)
	}
	for _, i := range []instance{left, right} {
		i.play(true)
	}
	before := [2]string{left.clock(), right.clock()}
	for k, i := range []instance{left, right} {
		i.Wait(i.name+" to go on", fmt.Sprintf(`%s.querySelector('.time').textContent !== %q`, i.root(), before[k]))
	}
	for i, want := range map[*instance]int{&left: 3, &right: 5} {
		if got := drive.Eval[int](i.Page, i.root()+`.querySelectorAll('.hit-m').length`); got != want {
			t.Errorf("%s has %d members, want %d", i.name, got, want)
		}
	}
	const style = `(() => { const of = (s) => getComputedStyle(document.querySelector(s)); return [of('body > h1').fontFamily, of('body > h1').fontWeight, of('body').padding, of('#outside').borderRadius].join(); })()`
	if got, want := drive.Eval[string](left.Page, style), "serif,700,0px,0px"; got != want {
		t.Errorf("the document's own style is %s, want %s", got, want)
	}
}

// TestPagesInOneDocumentAreApart works each of the two by mouse and by keyboard while the other stands still, and
// finds nothing of the other changed.
func TestPagesInOneDocumentAreApart(t *testing.T) {
	left, right := openPair(t, drive.Setting{})
	left.play(false)
	right.play(false)
	for _, pair := range [][2]instance{{left, right}, {right, left}} {
		i, other := pair[0], pair[1]
		i.does(other, "the mouse on a member", i.crashByMouse)
		i.does(other, "keys", i.keys)
		i.does(other, "the console", i.console)
		i.does(other, "dialogs", i.dialogs)
	}
	for _, i := range []instance{left, right} {
		i.untouched("typing in a field of the document", func() {
			i.click("#outside", "")
			i.Press(" x.l?")
			if got := drive.Eval[string](i.Page, `document.querySelector('#outside').value`); !strings.HasSuffix(got, " x.l?") {
				t.Errorf("the document's field holds %q", got)
			}
		})
	}
}

// crashByMouse crashes a member by its menu, and starts it again.
func (i instance) crashByMouse() {
	i.t.Helper()
	i.click(i.in("[data-m=n2]"), "")
	i.click(i.id("menu")+" [role=menuitem]", "Crash")
	i.Wait("n2 to be down", i.member("n2")+`.includes('down')`)
	i.click(i.in("[data-m=n2]"), "")
	i.click(i.id("menu")+" [role=menuitem]", "Restart")
	i.Wait("n2 to start", i.member("n2")+`.includes('starts in')`)
}

// keys steps, goes from member to member and pauses one, by keys alone.
func (i instance) keys() {
	i.t.Helper()
	drive.Eval[bool](i.Page, i.root()+`.querySelector('[data-m=n1]').focus() === undefined`)
	i.Press(kb.ArrowRight)
	i.Wait("the focus on n2", `document.activeElement === `+i.root()+`.querySelector('[data-m=n2]')`)
	i.Press(kb.ArrowRight)
	i.Wait("the focus on n3", `document.activeElement === `+i.root()+`.querySelector('[data-m=n3]')`)
	i.Press("p")
	i.Wait("n3 to be paused", i.member("n3")+`.includes('paused')`)
	i.Press("p")
	i.Wait("n3 to go on", `!`+i.member("n3")+`.includes('paused')`)
	was := drive.Eval[string](i.Page, i.root()+`.querySelector('.events').textContent`)
	i.Press(".")
	i.Wait("another event", fmt.Sprintf(`%s.querySelector('.events').textContent !== %s`, i.root(), strconv.Quote(was)))
	drive.Eval[bool](i.Page, i.root()+`.querySelector('.app').focus() === undefined`) // a button keeps Space for itself
	i.Press(" ")
	i.Wait("it to play", i.playing())
	i.Press(" ")
	i.Wait("it to stand still", "!"+i.playing())
}

// console types a command, and brings it back with the arrow.
func (i instance) console() {
	i.t.Helper()
	i.Press("/")
	i.Wait("the focus in the console", `document.activeElement.matches('`+i.id("input")+`')`)
	i.Press("put from " + i.name + kb.Enter)
	i.Wait("the line", fmt.Sprintf(`document.querySelector('%s').textContent.includes('put from %s')`, i.id("lines"), i.name))
	i.Press(kb.ArrowUp)
	i.Wait("the line again", fmt.Sprintf(`document.activeElement.value === 'put from %s'`, i.name))
	i.Press(kb.ArrowDown)
	i.Press(kb.Escape)
}

// dialogs opens the help and closes it, chooses a panel, and an operation's form.
func (i instance) dialogs() {
	i.t.Helper()
	i.click(i.in("[data-a=help]"), "")
	i.See(i.id("dlg-help"), "one event forward")
	i.Press(kb.Escape)
	i.Wait("the help to close", `!document.querySelector('`+i.id("dlg-help")+`').open`)
	i.click(i.id("tab-tape"), "")
	i.See(i.id("panel"), "put from "+i.name)
	i.click(i.id("tools")+" button", "Write")
	i.Type(i.id("op-key"), "/of/"+i.name)
	i.Press(kb.Enter)
	i.See(i.id("panel"), "/of/"+i.name)
	i.Press(kb.Escape)
	i.Gone(i.id("op"), "")
}

// TestOnePageHasTheAddress starts new runs in both: only one of them changes the address, and only that one follows it.
func TestOnePageHasTheAddress(t *testing.T) {
	left, right := openPair(t, drive.Setting{})
	left.play(false)
	right.play(false)
	const address = `location.hash`
	fresh := func(i instance, members int) {
		i.click(i.in("[data-a=fresh]"), "")
		i.click(fmt.Sprintf("%s input[name=members][value='%d']", i.id("dlg-fresh"), members), "")
		i.click(i.id("dlg-fresh")+" button", "Start")
		i.Wait("the members", fmt.Sprintf(`%s.querySelectorAll('.hit-m').length === %d`, i.root(), members))
		i.Wait("the new run to play", i.playing())
		i.play(false)
	}
	right.does(left, "a new run", func() { fresh(right, 4) })
	if got := drive.Eval[string](left.Page, address); got != three {
		t.Errorf("the address is %s after a new run in the page that does not have it, want %s", got, three)
	}
	right.does(left, "a link", func() {
		right.click(right.in("[data-a=share]"), "")
		right.Wait("the link", `document.getElementById('right-share-link')?.value.startsWith('`+site.URL+`#v=1')`)
		right.click(right.id("dlg-share")+" button", "Done")
	})
	left.does(right, "a new run", func() { fresh(left, 2) })
	if got := drive.Eval[string](left.Page, address); got != "" {
		t.Errorf("the address is %s after a new run in the page that has it, want none", got)
	}
	left.does(right, "another address", func() {
		drive.Eval[string](left.Page, `location.hash = '#v=1&members=6&clients=1&preset=article&seed=5'`)
		left.Wait("six members", left.root()+`.querySelectorAll('.hit-m').length === 6`)
		left.play(false)
	})
}

// TestPagesRememberApart changes the theme of the one and the keys of the other: each remembers its own, over a reload.
func TestPagesRememberApart(t *testing.T) {
	left, right := openPair(t, drive.Setting{})
	left.play(false)
	right.play(false)
	right.does(left, "the theme", func() { right.click(right.in("[data-a=theme]"), "") })
	left.does(right, "the switch for letters", func() {
		left.click(left.in("[data-a=help]"), "")
		left.click(left.id("letters"), "")
		left.Press(kb.Escape)
	})
	const themes = `[...document.querySelectorAll('.etcdscope')].map((e) => getComputedStyle(e).backgroundColor).join(' ')`
	check := func() {
		t.Helper()
		if got, want := drive.Eval[string](left.Page, themes), "rgb(246, 247, 249) rgb(14, 17, 22)"; got != want {
			t.Errorf("the backgrounds are %s, want %s", got, want)
		}
		if got := drive.Eval[[]string](left.Page, `Object.keys(localStorage).filter((k) => k.endsWith('theme') || k.endsWith('letters')).sort()`); fmt.Sprint(got) != "[etcdscope.left.letters etcdscope.right.theme]" {
			t.Errorf("remembered: %v", got)
		}
	}
	check()
	left.Reload()
	for _, i := range []instance{left, right} {
		i.Wait("the members of "+i.name, i.root()+`.querySelector('[data-m=n1]')`)
		i.play(false)
		drive.Eval[bool](i.Page, i.root()+`.querySelector('[data-m=n1]').focus() === undefined`)
	}
	check()
	right.Press("p")
	right.Wait("n1 to be paused", right.member("n1")+`.includes('paused')`)
	drive.Eval[bool](left.Page, left.root()+`.querySelector('[data-m=n1]').focus() === undefined`)
	left.untouched("a letter that is switched off", func() { left.Press("p") })
}

// TestAPageComesAndGoes takes a page out of the document while it plays: it asks the worker for nothing more, and the
// other goes on. Put back, it begins anew.
func TestAPageComesAndGoes(t *testing.T) {
	left, right := openPair(t, drive.Setting{})
	left.play(true)
	right.play(true)
	const posts = `(() => {
		window.asked = [];
		const post = Worker.prototype.postMessage;
		Worker.prototype.postMessage = function (m, ...rest) { asked.push(m.session + (m.close ? ' closes' : '')); return post.call(this, m, ...rest); };
		window.gone = document.querySelector('[data-name=right]');
		gone.remove();
		return true;
	})()`
	drive.Eval[bool](left.Page, posts)
	left.Wait("the other to go on", `asked.filter((s) => s === '0').length > 20`)
	if got := drive.Eval[[]string](left.Page, `asked.filter((s) => s[0] === '1')`); fmt.Sprint(got) != "[1 closes]" {
		t.Errorf("the page that is gone says %v to the worker, want that it closes", got)
	}
	if n := drive.Eval[int](left.Page, `gone.childNodes.length`); n != 0 {
		t.Errorf("%d nodes of the page are left", n)
	}
	left.Press(".x?") // what listened for it would stop the simulator
	drive.Eval[bool](left.Page, `(document.body.append(gone), document.body.append(Object.assign(document.createElement('div'), { className: 'etcdscope' })), true)`)
	last := instance{left.Page, t, "right"}
	last.Wait("the page that came back", last.root()+`?.querySelector('[data-m=n5]')`)
	last.play(true)
	left.Wait("the page that was never there", `document.querySelector('#hits [data-m=n3]')`)
	left.play(false)
	last.play(false)
	last.does(left, "a crash", last.crashByMouse)
	if got := drive.Eval[[]string](left.Page, `[...new Set(asked)].sort()`); fmt.Sprint(got) != "[0 1 closes 2 3]" {
		t.Errorf("sessions that were asked: %v", got)
	}
}
