import type { ComponentDifferences, DifferingObject } from '../differences';
import { markup, type Markup } from '../markup';
import { counted, rows, type Section, table } from '../section';

/** How environments differ, one foldable part for each component that at least two of them have. */
export function differencesSection(differences: readonly ComponentDifferences[]): Section {
  return {
    id: 'differences',
    title: 'How environments differ',
    body: markup`<p>Objects are compared by kind, namespace and name; <b>A = B</b> is the same object under another name. Of
texts with many lines only those lines are shown that not all environments have.</p>
${differences.map(component)}`,
  };
}

function component(differences: ComponentDifferences): Markup {
  const { component: name, environments, partial, differing, equal } = differences;
  const fields = differing.reduce((total, one) => total + one.fields.length, 0);
  const summary = [
    environments.join(' and '),
    counted(fields, 'differing field'),
    `${counted(partial.length, 'object')} not everywhere`,
    `${counted(equal, 'object')} equal`,
  ].join(', ');
  return markup`<details><summary><h3>${name}</h3> <span class="quiet">${summary}</span></summary>
${partial.length === 0 ? undefined : partialTable(differences)}${differing.map((one) => objectTable(environments, one))}</details>
`;
}

function partialTable({ component: name, environments, partial }: ComponentDifferences): Markup {
  return table(
    `Objects of ${name} that not every environment with it has`,
    [{ title: 'Object' }, ...environments.map((title) => ({ title }))],
    rows(
      partial.map(
        ({ object, present }) =>
          markup`<tr><th scope="row" class="name">${object}</th>${present.map((one) => markup`<td>${one ? 'yes' : '–'}</td>`)}</tr>
`,
      ),
    ),
  );
}

function objectTable(environments: readonly string[], { object, fields }: DifferingObject): Markup {
  return table(
    object,
    [{ title: 'Field' }, ...environments.map((title) => ({ title }))],
    rows(
      fields.map(
        ({ path, values }) =>
          markup`<tr><th scope="row" class="path">${path}</th>${values.map((value) => markup`<td class="value">${value ?? '–'}</td>`)}</tr>
`,
      ),
    ),
  );
}
