// Starts everything: the worker first (its script then loads while the module compiles), then one compilation for both,
// then the engines in the worker and, a moment later, the page. Whatever fails is said in the page's own words.
//
// Every element of the class etcdscope becomes a page of its own. What it takes for itself stands in its data:
// data-name begins its ids and the names of what it remembers (only one may have none), data-run is the link's fragment
// that it opens, data-address lets it use the document's fragment for that, data-storage lets it remember small
// choices, and with data-letters single-letter keys work until a person switches them off. An element that is empty
// gets the markup of index.html.
'use strict';
const home = new URL('.', document.currentScript.src).href;
const at = file => new URL(file, home).href;
const roots = [...document.querySelectorAll('.etcdscope')];
const idOf = (root, id) => root.dataset.name ? root.dataset.name + '-' + id : id;
const part = (root, id) => document.getElementById(idOf(root, id));
const ready = []; // the roots whose markup stands

try { // before the first paint, so that the page does not flash; storage may be forbidden
  for (const root of roots) {
    const theme = 'storage' in root.dataset &&
      localStorage.getItem(['etcdscope', root.dataset.name, 'theme'].filter(Boolean).join('.'));
    if (theme) root.dataset.theme = theme;
  }
} catch { /* then the system's choice holds */ }

function fail(root, what, todo) {
  part(root, 'app').dataset.state = 'failed';
  part(root, 'loading').hidden = true;
  part(root, 'fatal-text').textContent = what + ' ' + todo;
  part(root, 'fatal').hidden = false;
}
const failAll = (what, todo) => ready.forEach(root => fail(root, what, todo));

function prepare(root) {
  ready.push(root);
  part(root, 'fatal-retry').addEventListener('click', () => location.reload());
  part(root, 'fatal-fresh').addEventListener('click', () => {
    history.replaceState(null, '', location.pathname);
    location.reload();
  });
}
roots.filter(root => root.firstElementChild).forEach(prepare);

// Gives the roots that are empty the markup of index.html.
async function furnish(empty) {
  if (!empty.length) return;
  const res = await fetch(at('index.html'));
  if (!res.ok) throw new Error(`index.html: the server answered ${res.status}`);
  const model = new DOMParser().parseFromString(await res.text(), 'text/html');
  if (!document.querySelector('.sprite'))
    document.body.prepend(document.importNode(model.querySelector('.sprite'), true));
  for (const root of empty) {
    for (const id of ['app', 'fatal']) root.append(named(root, document.importNode(model.getElementById(id), true)));
    prepare(root);
  }
}

// Lets the ids in a copy of the markup, and what refers to them, begin with the root's name. The drawings of the sprite
// are everybody's.
function named(root, copy) {
  for (const el of [copy, ...copy.querySelectorAll('*')]) {
    for (const name of ['id', 'for', 'aria-labelledby', 'aria-controls']) {
      if (el.hasAttribute(name)) el.setAttribute(name, idOf(root, el.getAttribute(name)));
    }
    const href = el.getAttribute('href') || '';
    if (href[0] === '#' && el.localName === 'a') el.setAttribute('href', '#' + idOf(root, href.slice(1)));
  }
  return copy;
}

function script(src) {
  return new Promise((ok, no) => {
    const s = document.createElement('script');
    s.src = at(src); s.onload = ok; s.onerror = () => no(new Error(src + ' did not load'));
    document.head.append(s);
  });
}

function progress(text, share) {
  for (const root of ready) {
    part(root, 'progress-text').textContent = text;
    if (share) part(root, 'progress').value = share;
  }
}

// Counts what has arrived, for the progress text; the size is known only when the server does not compress.
function counted(res) {
  const total = +res.headers.get('content-length'), plain = !res.headers.get('content-encoding');
  let got = 0;
  const count = new TransformStream({ transform(part, out) {
    got += part.length;
    progress(`Fetching the simulator… ${(got / 1e6).toFixed(1)} MB`, total && plain && 100 * got / total);
    out.enqueue(part);
  }});
  return new Response(res.body.pipeThrough(count), { headers: { 'content-type': 'application/wasm' } });
}

async function start() {
  if (!window.WebAssembly || !window.Worker) throw new Error('This browser cannot run WebAssembly in a worker');
  const worker = new Worker(at('worker.js'));
  worker.addEventListener('error', e => {
    failAll('The simulator stopped: ' + (e.message || 'its script did not load') + '.', 'Try again.');
  });
  const scripts = Promise.all([script('wasm_exec.js'), script('motion.js'), script('paint.js')]);
  scripts.catch(() => {});
  await furnish(roots.filter(root => !root.firstElementChild));
  const res = await fetch(at('app.wasm'));
  if (!res.ok) throw new Error(`app.wasm: the server answered ${res.status}`);
  const module = await WebAssembly.compileStreaming(counted(res));
  worker.postMessage({ module });
  await scripts;
  await new Promise(done => setTimeout(done)); // lets the message go before this thread is busy
  progress('Starting…');
  const go = new Go();
  window.etcdscope = {}; // Go puts mount into it
  const page = await WebAssembly.instantiate(module, go.importObject);
  go.run(page).then(() => failAll('The page stopped.', 'Try again.'));
  ready.forEach((root, session) => {
    const { name = '', run = '' } = root.dataset, own = what => what in root.dataset;
    window.etcdscope.mount({
      root, worker, session, name, run, address: own('address'), storage: own('storage'), letters: own('letters'),
      home: own('address') ? location.origin + location.pathname : home,
      fail: (what, todo) => fail(root, what, todo),
    });
  });
}

start().catch(e => failAll(e.message + '.', window.WebAssembly && window.Worker
  ? 'Check the connection and try again.'
  : 'Please open it in a current Firefox, Chrome, Edge or Safari, with scripts allowed.'));
