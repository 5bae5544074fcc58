/** The filter of the page. Without it, e.g. where scripts are off, the page shows everything. */
export const pageScript = `(() => {
  const find = document.getElementById('find');
  const shown = document.getElementById('shown');
  const chips = [...document.querySelectorAll('button[data-is]')];
  const tests = [...document.querySelectorAll('tbody.test')].map((body) => ({ body, text: body.textContent.toLowerCase() }));
  const bars = [...document.querySelectorAll('a.bar')];
  const apply = () => {
    const words = find.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const pressed = chips.filter((chip) => chip.getAttribute('aria-pressed') === 'true').map((chip) => chip.dataset.is);
    const visible = new Set();
    for (const { body, text } of tests) {
      const fits = pressed.length === 0 || pressed.includes(body.dataset.is);
      body.hidden = !fits || !words.every((word) => text.includes(word));
      if (!body.hidden) visible.add('#' + body.id);
    }
    for (const bar of bars) bar.classList.toggle('dim', !visible.has(bar.getAttribute('href')));
    shown.textContent = visible.size === tests.length ? '' : visible.size + ' of ' + tests.length + ' tests';
  };
  for (const chip of chips) {
    chip.disabled = false;
    chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
      apply();
    });
  }
  find.addEventListener('input', apply);
  find.parentElement.hidden = false;
  // A browser that goes back keeps what was typed.
  apply();
})();`;
