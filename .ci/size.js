// size.js FILE BUDGET: the file's size as it is and as browsers fetch it (brotli, quality 11, the window that the
// brotli command uses too). Fails when the latter is over the budget. Node has brotli built in, so nothing needs to be
// installed.
const fs = require('node:fs');
const zlib = require('node:zlib');

const [file, budget] = process.argv.slice(2);
const raw = fs.readFileSync(file);
const c = zlib.constants;
const small = zlib.brotliCompressSync(raw, {
  params: {
    [c.BROTLI_PARAM_QUALITY]: 11,
    [c.BROTLI_PARAM_LGWIN]: 24,
    [c.BROTLI_PARAM_SIZE_HINT]: raw.length,
  },
});
if (small.length > Number(budget)) {
  console.error(`over the budget of ${budget} bytes by ${small.length - budget}: find what came in with`);
  console.error('  go list -deps ./wasm   (GOOS=js GOARCH=wasm)');
  console.error('  net/http, text/template and protobuf are the usual causes');
  process.exitCode = 1;
}
console.log(`size: ${raw.length} bytes raw, ${small.length} bytes brotli`);
