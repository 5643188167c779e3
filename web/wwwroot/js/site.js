// Small helps on top of pages that work without any script.

// The browser's time zone, so that the server can show the patient's own time beside the center's. Says nothing else about the person.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`tz=${encodeURIComponent(zone)}`)) {
  document.cookie = `tz=${encodeURIComponent(zone)};path=/;max-age=31536000;samesite=lax`;
}

const say = text => { const region = document.getElementById('say'); if (region) region.textContent = text; };

// After a refused form the reader starts at the summary.
document.getElementById('error-summary')?.focus();

// Close the language list and the menu on Escape or a click elsewhere.
document.addEventListener('keydown', event => {
  const open = event.key === 'Escape' && document.querySelector('.langs[open], .menu[open]');
  if (open) { open.open = false; open.querySelector('summary').focus(); }
});
document.addEventListener('click', event => {
  for (const open of document.querySelectorAll('.langs[open], .menu[open]')) if (!open.contains(event.target)) open.open = false;
});

// One press is enough: a second press of a submit button while the first is on its way does nothing.
document.addEventListener('submit', event => {
  if (event.target.method !== 'post') return;
  if (event.target.dataset.sent) event.preventDefault(); else event.target.dataset.sent = 'true';
});
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(form => delete form.dataset.sent));

// The time left of a hold counts down from the server's clock; spoken at five minutes and at one, never each second.
for (const hold of document.querySelectorAll('[data-hold]')) {
  const left = () => Math.max(0, Math.round(end - performance.now() / 1000));
  const total = Number(hold.dataset.total), end = performance.now() / 1000 + Number(hold.dataset.left);
  const clock = hold.querySelector('[role=timer]'), ring = hold.querySelector('.hold__ring'), said = new Set();
  const tick = () => {
    const seconds = left();
    clock.textContent = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
    ring.className = `hold__ring p${Math.min(100, Math.ceil(seconds / total * 20) * 5)}`;
    for (const limit of [300, 60]) {
      if (seconds <= limit && seconds > limit - 5 && !said.has(limit)) { said.add(limit); say(hold.dataset[limit === 60 ? 'one' : 'five']); }
    }
    if (seconds === 0) { say(hold.dataset.over); hold.classList.add('hold--over'); clearInterval(timer); }
  };
  const timer = setInterval(tick, 1000);
  tick();
}

// Filters apply themselves when a choice changes; the button stays for everyone else.
document.addEventListener('change', event => {
  const form = event.target.closest('form[data-auto]');
  if (form && event.target.type !== 'text' && event.target.type !== 'search') form.requestSubmit();
});
