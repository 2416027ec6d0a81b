// Starts everything: the worker first (its script then loads while the module compiles), then one compilation for both,
// then the engines in the worker and, a moment later, the page. Whatever fails is said in the page's own words.
//
// Every element of the class etcdscope becomes a page of its own. What it takes for itself stands in its data:
// data-name begins its ids and the names of what it remembers (only one may have none), data-run is the link's fragment
// that it opens, data-address lets it use the document's fragment for that, data-storage lets it remember small
// choices, and with data-letters single-letter keys work until a person switches them off. An element that is empty
// gets the markup of index.html. An element that comes later becomes a page then, and one that leaves the document
// stops, with its run.
'use strict';
const home = new URL('.', document.currentScript.src).href;
const at = file => new URL(file, home).href;
const idOf = (root, id) => root.dataset.name ? root.dataset.name + '-' + id : id;
const part = (root, id) => document.getElementById(idOf(root, id));
const pages = new Map(); // the roots whose markup stands, each with what unmounts it, or null before it is mounted
let mount = null; // makes a page of a root; null while the simulator is on its way

function theme(root) { // before the first paint, so that the page does not flash
  try {
    const theme = 'storage' in root.dataset &&
      localStorage.getItem(['etcdscope', root.dataset.name, 'theme'].filter(Boolean).join('.'));
    if (theme) root.dataset.theme = theme;
  } catch { /* storage is forbidden: the system's choice holds */ }
}

function fail(root, what, todo) {
  part(root, 'app').dataset.state = 'failed';
  part(root, 'loading').hidden = true;
  part(root, 'fatal-text').textContent = what + ' ' + todo;
  part(root, 'fatal').hidden = false;
}
const failAll = (what, todo) => [...pages.keys()].forEach(root => fail(root, what, todo));

// Makes a page of a root, as far as that can be done yet.
function adopt(root) {
  pages.set(root, null);
  part(root, 'fatal-retry').addEventListener('click', () => location.reload());
  part(root, 'fatal-fresh').addEventListener('click', () => {
    history.replaceState(null, '', location.pathname);
    location.reload();
  });
  if (mount) pages.set(root, mount(root));
}

// Makes pages of roots; those that are empty have to wait for the markup of index.html.
async function welcome(roots) {
  roots.forEach(theme);
  roots.filter(root => root.firstElementChild).forEach(adopt);
  if (roots.every(root => root.firstElementChild)) return;
  const res = await fetch(at('index.html'));
  if (!res.ok) throw new Error(`index.html: the server answered ${res.status}`);
  const model = new DOMParser().parseFromString(await res.text(), 'text/html');
  if (!document.querySelector('.sprite'))
    document.body.prepend(document.importNode(model.querySelector('.sprite'), true));
  for (const root of roots.filter(root => root.isConnected && !root.firstElementChild)) {
    for (const id of ['app', 'fatal']) root.append(named(root, document.importNode(model.getElementById(id), true)));
    adopt(root);
  }
}

// Follows the roots that come into the document and leave it. What changes within a page is of no interest.
function follow(changes) {
  if (changes.every(change => change.target.closest?.('.etcdscope'))) return;
  for (const [root, unmount] of pages) {
    if (root.isConnected) continue;
    pages.delete(root);
    unmount?.();
    root.textContent = ''; // if it comes back it begins anew
  }
  const come = [...document.querySelectorAll('.etcdscope')].filter(root => !pages.has(root));
  welcome(come).catch(e => come.forEach(root => { root.textContent = e.message + '.'; }));
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
  for (const root of pages.keys()) {
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
  const welcomed = welcome([...document.querySelectorAll('.etcdscope')]);
  welcomed.catch(() => {});
  if (!window.WebAssembly || !window.Worker) throw new Error('This browser cannot run WebAssembly in a worker');
  const worker = new Worker(at('worker.js'));
  worker.addEventListener('error', e => {
    failAll('The simulator stopped: ' + (e.message || 'its script did not load') + '.', 'Try again.');
  });
  const scripts = Promise.all([script('wasm_exec.js'), script('motion.js'), script('paint.js')]);
  scripts.catch(() => {});
  await welcomed;
  new MutationObserver(follow).observe(document, { childList: true, subtree: true });
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
  let sessions = 0;
  mount = root => {
    const { name = '', run = '' } = root.dataset, own = what => what in root.dataset;
    return window.etcdscope.mount({
      root, worker, session: sessions++, name, run,
      address: own('address'), storage: own('storage'), letters: own('letters'),
      home: own('address') ? location.origin + location.pathname : home,
      fail: (what, todo) => fail(root, what, todo),
    });
  };
  for (const root of pages.keys()) pages.set(root, mount(root));
}

start().catch(e => failAll(e.message + '.', window.WebAssembly && window.Worker
  ? 'Check the connection and try again.'
  : 'Please open it in a current Firefox, Chrome, Edge or Safari, with scripts allowed.'));
