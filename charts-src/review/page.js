/* global document, window */
// The script of the page; it is put into it as it is. Without it everything is shown and nothing can be filtered.
const form = document.getElementById('filter');
const rows = [...document.querySelectorAll('#objects tbody tr')];
const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

function show() {
  const wanted = words(form.querySelector('input').value);
  const chosen = [...form.querySelectorAll('select')].filter(({ value }) => value !== '');
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden =
      !wanted.every((word) => text.includes(word)) ||
      !chosen.every(({ value, dataset }) => row.cells[dataset.column].textContent === value);
    if (!row.hidden) shown += 1;
  }
  form.querySelector('output').value = `${shown} of ${rows.length} objects`;
}

form.hidden = false;
form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();

// Paper can't be unfolded.
window.addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
});
