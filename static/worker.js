// The engine's side: waits for the compiled module and runs it. From then on Go answers the messages.
'use strict';
importScripts('wasm_exec.js');

self.onmessage = async e => {
  if (!e.data.module) return;
  const said = []; // what Go wrote before it stopped: a panic's first line is the reason
  globalThis.fs.writeSync = (fd, bytes) => {
    const t = new TextDecoder().decode(bytes);
    said.push(t);
    console.error(t);
    return bytes.length;
  };
  self.onmessage = null;
  const go = new Go();
  go.exit = () => {};
  const engine = await WebAssembly.instantiate(e.data.module, go.importObject);
  await go.run(engine);
  self.postMessage({ fatal: said.join('').split('\n')[0] || 'the engine ended' });
};
