// Package page is the page: it shows Frames and turns what a person does into Actions. It knows nothing of the
// simulator.
//
// Most of it is plain Go that is tested natively: what a person does is an intent, a short text such as "do crash n2"
// or "step 1" (intent.go), whether it comes from a button's data-a attribute, from the table of keys (keys.go) or from
// a menu (menu.go); and every region of the page is a function from a Frame to Nodes (node.go): transport.go,
// timeline.go, panel*.go, why.go, stage.go, dialogs.go; a pen (paint.go) writes down what has to change to make the
// page so, and a script carries it out in one call. The files that end in _js.go are the thin rest that needs a
// browser: the loop that asks the engine once per animation frame (loop_js.go), the sections that it paints in between
// (sections_js.go), and the listeners.
//
// A document may have several pages. Mount makes one in an element that holds the markup (static/boot.js sees to that),
// and Options (instance.go) say what of the document is its own. So nothing here may be the document's where it could
// be the page's: an element is found by p.find or p.raw, whose ids begin with the page's name; nodes have plain ids,
// which the pen makes the page's; listeners are on p.root; what is remembered goes through p.remember.
package page
