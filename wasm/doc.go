// Command wasm is the one binary that the browser loads. It runs twice: where there is a document it is the page, in a
// worker it is the engine. boot.js and worker.js in static/ start the two.
package main
