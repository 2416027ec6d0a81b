// Moves what moves between two frames, without Go: messages along their ways, and the timers' arcs. The buffer is
// described in web/wire/motion.go. Each page of the document has a Motion of its own. Go tells which element has which
// id and way (a quadratic curve: ax ay cx cy bx by).
'use strict';
window.Motion = () => {
  const ways = new Map(), timers = [];
  let quarter = false, last = null;
  function place(id, t) {
    const m = ways.get(id);
    if (!m) return;
    if (quarter) t = Math.round(t * 4) / 4;
    const u = 1 - t, w = m.way;
    const x = u * u * w[0] + 2 * u * t * w[2] + t * t * w[4], y = u * u * w[1] + 2 * u * t * w[3] + t * t * w[5];
    m.el.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    m.seen = true;
  }
  function apply(buffer) {
    const f = last = new Float32Array(buffer);
    let i = 2;
    for (let n = f[1], k = 0; k < n; k++, i++)
      if (timers[k] && f[i] >= 0) timers[k].setAttribute('stroke-dasharray', (100 * f[i]).toFixed(1) + ' 200');
    for (const m of ways.values()) m.seen = false;
    for (let n = f[i++]; n > 0; n--, i += 2) place(f[i], f[i + 1]);
    for (const m of ways.values()) if (m.seen === m.hidden) {
      m.hidden = !m.seen;
      m.el.style.display = m.seen ? '' : 'none';
    }
  }
  return {
    apply,
    again: () => last && apply(last.buffer),
    message: (id, el, ...way) => { el.style.display = ''; ways.set(id, { el, way, seen: true, hidden: false }); },
    forget: id => ways.delete(id),
    timer: (k, el) => { timers[k] = el; },
    quarters: on => { quarter = on; },
  };
};
