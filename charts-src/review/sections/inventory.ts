import type { ComponentCounts, InventoryRow } from '../inventory';
import { byCodeUnit } from '../json';
import { markup, type Markup } from '../markup';
import { rows, type Section, table } from '../section';

/** What is installed where: counts by component, then every object with a filter. */
export function inventorySection(
  environments: readonly string[],
  counts: readonly ComponentCounts[],
  objects: readonly InventoryRow[],
): Section {
  const countRows = counts.map(
    ({ component, counts: numbers }) =>
      markup`<tr><th scope="row">${component}</th>${numbers.map((number) => markup`<td class="number">${number ?? '–'}</td>`)}</tr>
`,
  );
  const objectRows = objects.map(
    ({ environment, component, kind, group, namespace, name }) =>
      markup`<tr><td>${environment}</td><td>${component}</td><td>${kind}</td><td class="quiet">${group}</td><td>${
        namespace ?? markup`<span class="quiet">cluster</span>`
      }</td><td class="name">${name}</td></tr>
`,
  );
  const columns = ['Environment', 'Component', 'Kind', 'API group', 'Namespace', 'Name'].map((title) => ({ title }));
  return {
    id: 'inventory',
    title: 'What is installed',
    body: markup`${table(
      'Objects by component and environment',
      [{ title: 'Component' }, ...environments.map((title) => ({ title, className: 'number' }))],
      rows(countRows),
      'counts',
    )}${filter(environments, objects)}${table('Every object', columns, rows(objectRows), 'objects')}`,
  };
}

/** Hidden until the page's script is there to do what it says. */
function filter(environments: readonly string[], objects: readonly InventoryRow[]): Markup {
  const choices = (values: readonly string[]) =>
    [...new Set(values)].toSorted(byCodeUnit).map((value) => markup`<option>${value}</option>`);
  const select = (column: number, label: string, values: readonly string[]) =>
    markup`<label>${label} <select data-column="${column}"><option value="">all</option>${choices(values)}</select></label>
`;
  return markup`<form id="filter" role="search" aria-label="Objects" hidden>
<label>Search <input type="search" autocomplete="off" placeholder="kind, name, namespace"></label>
${select(0, 'Environment', environments)}${select(
    1,
    'Component',
    objects.map(({ component }) => component),
  )}${select(
    2,
    'Kind',
    objects.map(({ kind }) => kind),
  )}<output aria-live="polite"></output>
</form>
`;
}
