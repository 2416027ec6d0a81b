package drive

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Point is a place in the window, in CSS pixels.
type Point struct{ X, Y float64 }

// place finds where on an element a click would reach it and nothing else: its middle first, then other places.
const place = `(() => {
	const e = %s;
	if (!e) return null;
	e.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
	const r = e.getBoundingClientRect();
	for (const [fx, fy] of [[.5, .5], [.5, .25], [.5, .75], [.25, .5], [.75, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]]) {
		const x = r.left + r.width * fx, y = r.top + r.height * fy;
		const hit = document.elementFromPoint(x, y);
		if (hit && (e === hit || e.contains(hit))) return { X: x, Y: y };
	}
	return null;
})()`

// At waits until a hand can reach the element with the text and returns the place.
func (p *Page) At(selector, text string) Point {
	p.t.Helper()
	script := fmt.Sprintf(place, find(selector, text))
	p.Wait(fmt.Sprintf("%s %q within reach", selector, text), script)
	at := Eval[*Point](p, script)
	if at == nil {
		p.t.Fatalf("%s %q moved away", selector, text)
	}
	return *at
}

// Click clicks on the first visible element.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.ClickText(selector, "")
}

// ClickText clicks on the first visible element that has the text in its label or content.
func (p *Page) ClickText(selector, text string) {
	p.t.Helper()
	p.ClickAt(p.At(selector, text))
}

// ClickAt clicks at a place.
func (p *Page) ClickAt(at Point) {
	p.t.Helper()
	p.do(chromedp.Steps(mouse(input.DispatchMouseEventTypeMouseMoved, at, 0), chromedp.MouseClickXY(at.X, at.Y)))
}

// Tap touches the first visible element with a finger.
func (p *Page) Tap(selector, text string) {
	p.t.Helper()
	at := p.At(selector, text)
	p.do(chromedp.TapXY(at.X, at.Y))
}

// Drag presses the button at the first place, moves through all of them and lets go at the last.
func (p *Page) Drag(through ...Point) {
	p.t.Helper()
	const steps = 8 // between two places, as a hand would
	first, last := through[0], through[len(through)-1]
	moves := []chromedp.Action[chromedp.Void]{
		mouse(input.DispatchMouseEventTypeMouseMoved, first, 0),
		mouse(input.DispatchMouseEventTypeMousePressed, first, 1),
	}
	for i, to := range through[1:] {
		from := through[i]
		for s := 1; s <= steps; s++ {
			f := float64(s) / steps
			at := Point{from.X + (to.X-from.X)*f, from.Y + (to.Y-from.Y)*f}
			moves = append(moves, mouse(input.DispatchMouseEventTypeMouseMoved, at, 1))
		}
	}
	p.do(chromedp.Steps(append(moves, mouse(input.DispatchMouseEventTypeMouseReleased, last, 0))...))
}

func mouse(kind input.DispatchMouseEventType, at Point, buttons int64) chromedp.Action[chromedp.Void] {
	params := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Buttons: buttons, Button: input.MouseButtonNone}
	if kind != input.DispatchMouseEventTypeMouseMoved {
		params.ClickCount = 1
	}
	if kind != input.DispatchMouseEventTypeMouseMoved || buttons != 0 {
		params.Button = input.MouseButtonLeft
	}
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, params)
		return err
	})
}

// Press presses keys one after the other, where the focus is: text, or the keys of package kb.
func (p *Page) Press(keys string, with ...chromedp.Modifier) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, r := range keys {
			for _, event := range strokes(r, with) {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *event); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// strokes is a key going down and up. The character goes with the key that goes down and is no event of its own: then a
// page that takes the key for itself keeps the character from being typed, as it does with a real keyboard.
func strokes(r rune, with []chromedp.Modifier) []*input.DispatchKeyEventParams {
	events := kb.Encode(r)
	var held int64
	for _, m := range with {
		held |= int64(m)
	}
	down, up := events[0], events[len(events)-1]
	if types := held&^int64(chromedp.ModifierShift) == 0; types && len(events) == 3 {
		down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
	}
	down.Modifiers |= held
	up.Modifiers |= held
	return []*input.DispatchKeyEventParams{down, up}
}

// Type clicks on a field, selects what is in it and types over it.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Click(selector)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press(kb.Delete)
	p.Press(text)
}
