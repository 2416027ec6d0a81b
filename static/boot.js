// Starts everything: the worker first (its script then loads while the module compiles), then one compilation for both,
// then the engine in the worker and, a moment later, the page. Whatever fails is said in the page's own words.
'use strict';
try { // before the first paint, so that the page does not flash; storage may be forbidden
  const theme = localStorage.getItem('etcdscope.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* then the system's choice holds */ }
const $ = id => document.getElementById(id);

function fail(what, todo) {
  $('app').dataset.state = 'failed';
  $('loading').hidden = true;
  $('fatal-text').textContent = what + ' ' + todo;
  $('fatal').hidden = false;
}
$('fatal-retry').addEventListener('click', () => location.reload());
$('fatal-fresh').addEventListener('click', () => {
  history.replaceState(null, '', location.pathname);
  location.reload();
});

function script(src) {
  return new Promise((ok, no) => {
    const s = document.createElement('script');
    s.src = src; s.onload = ok; s.onerror = () => no(new Error(src + ' did not load'));
    document.head.append(s);
  });
}

// Counts what has arrived, for the progress text; the size is known only when the server does not compress.
function counted(res) {
  const total = +res.headers.get('content-length'), plain = !res.headers.get('content-encoding');
  let got = 0;
  const count = new TransformStream({ transform(part, out) {
    got += part.length;
    if (total && plain) $('progress').value = 100 * got / total;
    $('progress-text').textContent = `Fetching the simulator… ${(got / 1e6).toFixed(1)} MB`;
    out.enqueue(part);
  }});
  return new Response(res.body.pipeThrough(count), { headers: { 'content-type': 'application/wasm' } });
}

async function start() {
  if (!window.WebAssembly || !window.Worker) throw new Error('This browser cannot run WebAssembly in a worker');
  const worker = new Worker('worker.js');
  worker.addEventListener('error', e => {
    fail('The simulator stopped: ' + (e.message || 'its script did not load') + '.', 'Try again.');
  });
  const scripts = Promise.all([script('wasm_exec.js'), script('motion.js'), script('paint.js')]);
  scripts.catch(() => {});
  const res = await fetch('app.wasm');
  if (!res.ok) throw new Error(`app.wasm: the server answered ${res.status}`);
  const module = await WebAssembly.compileStreaming(counted(res));
  worker.postMessage({ module });
  await scripts;
  await new Promise(done => setTimeout(done)); // lets the message go before this thread is busy
  $('progress-text').textContent = 'Starting…';
  const go = new Go();
  window.etcdscope = { worker, fail, motion: window.Motion };
  const page = await WebAssembly.instantiate(module, go.importObject);
  go.run(page).then(() => fail('The page stopped.', 'Try again.'));
}

start().catch(e => fail(e.message + '.', window.WebAssembly && window.Worker
  ? 'Check the connection and try again.'
  : 'Please open it in a current Firefox, Chrome, Edge or Safari, with scripts allowed.'));
