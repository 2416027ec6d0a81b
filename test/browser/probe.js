// Measures the page from inside, from before its first script on. test/browser/measure_test.go reads window.probe.
(() => {
  const probe = window.probe = { first: 0, tasks: [], frames: [] };
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) probe.tasks.push({ At: e.startTime, Took: e.duration });
  }).observe({ type: 'longtask', buffered: true });

  // The page's own work: every callback that it runs, summed up from one frame to the next. Style and paint are not in
  // it.
  let work = 0;
  const timed = (f) => function (...args) {
    const start = performance.now();
    try { return f.apply(this, args); } finally { work += performance.now() - start; }
  };
  const frame = window.requestAnimationFrame.bind(window);
  const later = window.setTimeout.bind(window);
  const listen = EventTarget.prototype.addEventListener;
  window.requestAnimationFrame = (f) => frame(timed(f));
  window.setTimeout = (f, ...rest) => later(typeof f === 'function' ? timed(f) : f, ...rest);
  Worker.prototype.addEventListener = function (type, f, options) {
    return listen.call(this, type, typeof f === 'function' ? timed(f) : f, options);
  };
  const own = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
  Object.defineProperty(Worker.prototype, 'onmessage', {
    get() { return own.get.call(this); },
    set(f) { own.set.call(this, timed(f)); },
  });
  const next = () => { probe.frames.push(work); work = 0; frame(next); };
  frame(next);

  // The first picture: two frames after the members came, so that the one that shows them has been painted.
  const seen = new MutationObserver(() => {
    if (!document.querySelector('#hits [data-m]')) return;
    seen.disconnect();
    frame(() => frame(() => { probe.first = performance.now(); }));
  });
  seen.observe(document, { childList: true, subtree: true });
})();
