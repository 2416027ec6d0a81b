// Carries out what web/page/paint.go wrote down: all changes of a part of the page in one call. The text's grammar
// stands there. Each page of the document has a Paint of its own.
'use strict';
window.Paint = motion => {
  const nodes = [null], template = document.createElement('template');
  // Of a field, what a person sees is a property and not the attribute.
  const own = { value: 1, checked: 1, selected: 1 };
  function parse(html, svg) {
    template.innerHTML = svg ? '<svg>' + html + '</svg>' : html;
    return [...(svg ? template.content.firstChild : template.content).childNodes];
  }
  function make(parent, before, svg, html, ids) {
    const made = parse(html, svg);
    ids.split(' ').forEach((id, i) => { nodes[id] = made[i]; parent.insertBefore(made[i], before); });
  }
  function move(el, parent, before) {
    if (el.nextSibling !== before) parent.insertBefore(el, before);
  }
  function set(el, name, value) {
    if (name === 'style') { el.style.cssText = value; return; } // a strict content policy forbids the attribute
    el.setAttribute(name, value);
    if (own[name]) el[name] = name === 'value' ? value : true;
  }
  function remove(el, name) {
    el.removeAttribute(name);
    if (own[name] && name !== 'value') el[name] = false;
  }
  function all(text) {
    const f = text.split('\0');
    for (let i = 0; i < f.length - 1;) {
      const op = f[i++];
      switch (op) {
        case 'n': make(nodes[f[i]], nodes[f[i + 1]], f[i + 2], f[i + 3], f[i + 4]); i += 5; break;
        case 'u': {
          const kids = nodes[f[i]].childNodes;
          f[i + 1].split(' ').forEach((id, k) => { nodes[id] = kids[k]; });
          i += 2;
          break;
        }
        case 'm': move(nodes[f[i]], nodes[f[i + 1]], nodes[f[i + 2]]); i += 3; break;
        case 'd': nodes[f[i++]].remove(); break;
        case 't': nodes[f[i]].nodeValue = f[i + 1]; i += 2; break;
        case 'a': set(nodes[f[i]], f[i + 1], f[i + 2]); i += 3; break;
        case 'r': remove(nodes[f[i]], f[i + 1]); i += 2; break;
        case 'w': motion.message(+f[i], nodes[f[i + 1]], ...f.slice(i + 2, i + 8).map(Number)); i += 8; break;
        case 'x': motion.forget(+f[i++]); break;
        case 'y': motion.timer(+f[i], nodes[f[i + 1]]); i += 2; break;
        default: throw new Error('paint: ' + op);
      }
    }
  }
  return { all, parse, root: (id, el) => { nodes[id] = el; }, get: id => nodes[id] };
};
