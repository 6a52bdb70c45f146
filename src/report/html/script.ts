/** The page's behaviour: zoom of the ladder, gaps to scale, links that open what they lead to. The page can be read without it. */
export const script = `
'use strict';
(() => {
  const rows = document.getElementById('ladder-rows');
  const tools = document.getElementById('ladder-tools');
  if (rows !== null && tools !== null) {
    tools.hidden = false;
    let zoom = 2;
    const show = (step) => {
      rows.classList.remove('zoom-' + zoom);
      zoom = Math.min(4, Math.max(0, zoom + step));
      rows.classList.add('zoom-' + zoom);
    };
    document.getElementById('zoom-in').addEventListener('click', () => show(1));
    document.getElementById('zoom-out').addEventListener('click', () => show(-1));
    const scale = document.getElementById('time-scale');
    scale.addEventListener('click', () => {
      const isOn = scale.getAttribute('aria-pressed') !== 'true';
      scale.setAttribute('aria-pressed', String(isOn));
      for (const row of rows.querySelectorAll('details.step')) {
        const gap = Number(row.dataset.gap);
        row.style.marginTop = isOn && gap > 0 ? Math.min(240, 12 * Math.log2(1 + gap)) + 'px' : '';
      }
    });
  }
  let shown = null;
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (shown !== null) shown.classList.remove('shown');
    shown = target;
    if (target === null || target.tagName !== 'DETAILS') return;
    target.open = true;
    target.classList.add('shown');
    target.scrollIntoView({ block: 'center' });
  };
  addEventListener('hashchange', open);
  open();
})();
`;

/** What the page's policy allows as script: this text and nothing else. A test compares. */
export const scriptHash = 'sha256-5+trrd0vSCqYOHWKYpaCPUCaNdM9o4RI10RMq6qTpks=';
