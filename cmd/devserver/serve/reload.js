// Reloads the page when the development server serves something newer, and shows why a build failed.
(() => {
  const loaded = document.currentScript.dataset.version;
  const events = new EventSource('/_dev/events');
  let panel;

  function show(text) {
    if (!panel) {
      panel = document.createElement('pre');
      panel.setAttribute('role', 'alert');
      panel.id = 'dev-build';
      Object.assign(panel.style, {
        position: 'fixed', inset: 'auto 12px 12px', zIndex: 1000, margin: 0, padding: '14px 18px',
        maxHeight: '60vh', overflow: 'auto', whiteSpace: 'pre-wrap', borderRadius: '8px',
        font: '13px/1.5 ui-monospace, monospace', background: '#2b1113', color: '#ffd9d2', border: '1px solid #d55e00',
      });
      document.body.append(panel);
    }
    panel.hidden = !text;
    panel.textContent = text;
  }

  events.onmessage = (event) => {
    const state = JSON.parse(event.data);
    if (state.Building) return;
    show(state.Error);
    if (!state.Error && state.Version !== loaded) location.reload();
  };
})();
