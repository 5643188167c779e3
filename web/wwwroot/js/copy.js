// Copies the text of a field; without scripts the button stays hidden and the field can be selected.
const say = document.getElementById('say');
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard?.writeText(field.value).catch(() => document.execCommand('copy'));
    say.textContent = button.dataset.done;
  });
}
