// The slot board as one tab stop: arrows move, Shift extends within a machine, Delete blocks, O opens, Ctrl+Z undoes, ? shows the keys.
// Without this script each cell is a link and the form above the board does everything.
const board = document.querySelector('table.board');
const form = document.getElementById('block');
const open = document.getElementById('open');
const say = document.getElementById('say');
const cells = [...board.querySelectorAll('td[data-r]:not([data-s=shut])')];
const rtl = getComputedStyle(board).direction === 'rtl';
const stop = cell => cell.querySelector('a') ?? cell;
const row = cell => cells.filter(other => other.parentElement === cell.parentElement);
let at = board.querySelector('td[aria-selected=true]') ?? cells[0];
let anchor = at;
let dragging = false;

function select(to) {
  const [first, last] = anchor.dataset.f <= to.dataset.f ? [anchor, to] : [to, anchor];
  for (const cell of cells) {
    const inside = cell.parentElement === to.parentElement && cell.dataset.f >= first.dataset.f && cell.dataset.f <= last.dataset.f;
    if (cell.hasAttribute('aria-selected')) cell.setAttribute('aria-selected', inside);
  }
  if (!form) return;
  form.machine.value = to.dataset.r;
  form.from.value = first.dataset.f;
  form.to.value = last.dataset.t;
  const words = board.dataset.say.replace('[machine]', form.machine.selectedOptions[0].text).replace('[from]', first.dataset.f).replace('[to]', last.dataset.t);
  document.getElementById('selected').textContent = words;
  if (first !== last) say.textContent = words;
}

function go(cell, extend) {
  if (!cell || (extend && cell.parentElement !== anchor.parentElement)) return;
  stop(at).tabIndex = -1;
  at = cell;
  stop(at).tabIndex = 0;
  stop(at).focus();
  if (!extend) anchor = at;
  if (extend || at.dataset.s === 'open') select(at);
}

// Up and down by time, not by place on the screen: rows have cells of other lengths.
function vertical(step) {
  const rows = [...new Set(cells.map(cell => cell.parentElement))];
  const next = rows[rows.indexOf(at.parentElement) + step];
  if (!next) return;
  const there = cells.filter(cell => cell.parentElement === next);
  go(there.findLast(cell => cell.dataset.f <= at.dataset.f) ?? there[0]);
}

const side = step => row(at)[row(at).indexOf(at) + (rtl ? -step : step)];
const follow = rel => document.querySelector(`a[rel=${rel}]`)?.click();
const keys = {
  ArrowRight: e => go(side(1), e.shiftKey), ArrowLeft: e => go(side(-1), e.shiftKey), ArrowUp: () => vertical(-1), ArrowDown: () => vertical(1),
  Home: e => go(row(at)[0], e.shiftKey), End: e => go(row(at).at(-1), e.shiftKey), PageUp: () => follow('prev'), PageDown: () => follow('next'),
  Delete: () => board.querySelector('[aria-selected=true][data-s=open]') && form?.requestSubmit(),
  o: () => { if (!open || !at.dataset.id) return; open.ids.value = at.dataset.id; open.requestSubmit(); },
  '?': () => { const help = document.getElementById('keys'); if (help) { help.open = true; help.firstElementChild.focus(); } },
};

if (at) {
  for (const cell of cells) stop(cell).tabIndex = cell === at ? 0 : -1;
  board.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey) {
      if (e.key === 'z') document.querySelector('.toast form')?.requestSubmit();
      return;
    }
    if (e.key === 'Enter' && at.dataset.s === 'open' && form) { e.preventDefault(); select(at); form.reason.focus(); return; }
    const act = keys[e.key] ?? keys[e.key.toLowerCase()];
    if (act) { e.preventDefault(); act(e); }
  });
  board.addEventListener('focusin', e => {
    const cell = e.target.closest('td[data-r]');
    if (cell === at || !cells.includes(cell)) return;
    stop(at).tabIndex = -1;
    at = anchor = cell;
    stop(at).tabIndex = 0;
  });
  board.addEventListener('pointerdown', e => {
    const cell = e.target.closest('td[data-r]');
    if (e.button || !cell || !form || !cells.includes(cell)) return;
    go(cell, e.shiftKey);
    dragging = cell.dataset.s === 'open';
  });
  board.addEventListener('pointerover', e => {
    const cell = e.target.closest('td[data-r]');
    if (dragging && cells.includes(cell)) go(cell, true);
  });
  addEventListener('pointerup', () => { dragging = false; });
  board.addEventListener('click', e => { if (form && e.target.closest('td[data-s=open]')) e.preventDefault(); });
}
