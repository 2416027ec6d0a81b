// Package page is the page: it shows Frames and turns what a person does into Actions. It knows nothing of the
// simulator.
//
// Most of it is plain Go that is tested natively: what a person does is an intent, a short text such as "do crash n2"
// or "step 1" (intent.go), whether it comes from a button's data-a attribute, from the table of keys (keys.go) or from
// a menu (menu.go); and every region of the page is a function from a Frame to Nodes (node.go): transport.go,
// timeline.go, panel*.go, why.go, stage.go, dialogs.go; a pen (paint.go) writes down what has to change to make the
// page so, and a script carries it out in one call. The files that end in "_js.go" are the thin rest that needs a
// browser. Page (page_js.go) is composed of parts, each with a state of its own: loop, which asks the engine once per
// animation frame; schedule, which paints the parts in between; head, stage, menu, sheets, panels, transport, timeline,
// console, dialogs. What a part wants from another is an intent.
//
// A document may have several pages. Mount makes one in an element that holds the markup (static/boot.js sees to that),
// Unmount stops it when the element has left the document, and Options (instance.go) say what of the document is its
// own. So nothing here may be the document's where it could be the page's: an element is found by find or raw, whose
// ids begin with the page's name; nodes have plain ids, which the pen makes the page's; listeners are made by on, which
// ends them with the page; what is remembered goes through remember.
package page
