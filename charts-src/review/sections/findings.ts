import type { Finding } from '../findings';
import { markup } from '../markup';
import { badge, rows, type Section, table } from '../section';

/** What to look at first. */
export function findingsSection(findings: readonly Finding[]): Section {
  const columns = ['Level', 'Environment', 'What', 'Where'].map((title) => ({ title }));
  const findingRows = findings.map(
    ({ level, environment, text, section }) =>
      markup`<tr><td>${badge(level, level)}</td><td>${environment}</td><td class="name">${text}</td><td><a href="#${section}">${section}</a></td></tr>
`,
  );
  return {
    id: 'first',
    title: 'Look at this first',
    body:
      findings.length === 0
        ? markup`<p>Nothing stands out.</p>`
        : table('Risky permissions, open or blocked traffic, unpinned images', columns, rows(findingRows)),
  };
}
