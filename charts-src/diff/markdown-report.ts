import type { ObjectChange } from './compare';
import { byRisk, type Effect, effects, meanings } from './effect';
import { findingText, happeningText } from './finding-text';
import { countText } from './text-report';
import { together, type SharedChange } from './together';
import { yamlDiff } from './yaml-diff';

/** Longest comment that GitHub takes, in characters; GitLab takes more. */
const longestComment = 65_536;
/** Room for what comes after the folded diffs. */
const reserve = 200;
/** Effects whose objects are named one by one above the fold. */
const risky: readonly Effect[] = ['forbidden', 'recreate', 'rolling restart'];
const columns = [...effects].sort(byRisk);
/** Most objects of one effect that are named above the fold. */
const mostObjects = 40;
/** Most lines that one object gets above the fold. */
const mostFindings = 8;

/**
 * The changes as a comment for a pull request: counts by environment and component, risky changes one by one, then the
 * YAML of every change, folded. Diffs that GitHub would not take any more are left out, and counted.
 *
 * @param sides how the two sides are called
 */
export function markdownReport(
  changes: readonly ObjectChange[],
  sides: { readonly from: string; readonly to: string },
): string {
  const title = `### Manifests: ${code(sides.from)} → ${code(sides.to)}`;
  if (changes.length === 0) return `${title}\n\nNo manifest differs.\n`;
  const shared = together(changes);
  const top = [title, `**${countText(changes)}**`, summary(changes), ...riskyParts(shared)].join('\n\n');
  return `${[top, ...folded(shared, longestComment - reserve - top.length)].join('\n\n')}\n`;
}

function summary(changes: readonly ObjectChange[]): string {
  const folders = Map.groupBy(changes, ({ environment, component }) => `${environment} | ${component}`);
  const rows = [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, own]) => {
      const counts = columns.map((effect) => own.filter((change) => change.effect === effect).length || '');
      return `| ${folder} | ${counts.join(' | ')} |`;
    });
  return [
    `| environment | component | ${columns.join(' | ')} |`,
    `| --- | --- | ${columns.map(() => '--:').join(' | ')} |`,
    ...rows,
  ].join('\n');
}

function riskyParts(shared: readonly SharedChange[]): string[] {
  return risky.flatMap((effect) => {
    const own = shared.filter(({ change }) => change.effect === effect);
    if (own.length === 0) return [];
    const left = own.length - mostObjects;
    const objects = own
      .slice(0, mostObjects)
      .map(({ change, folders }) =>
        [
          `- **${change.object}**${happeningText(change)} in ${folders.map(code).join(', ')}`,
          ...findingLines(change),
        ].join('\n'),
      );
    if (left > 0) objects.push(`- and ${left} more`);
    return [`#### ${effect}: ${meanings[effect]}`, objects.join('\n')];
  });
}

function findingLines(change: ObjectChange): string[] {
  // What is milder than the object's effect is below the fold.
  const own = change.findings
    .filter(({ effect }) => effect === change.effect)
    .map((finding) => findingText(change, finding, code));
  const left = own.length - mostFindings;
  return [...own.slice(0, mostFindings), ...(left > 0 ? [`and ${left} more`] : [])].map((line) => `  - ${line}`);
}

function folded(shared: readonly SharedChange[], room: number): string[] {
  const parts: string[] = [];
  let left = room;
  for (const { change, folders } of shared) {
    const part = foldedDiff(change, folders);
    // A smaller one may still fit.
    if (part.length + 2 > left) continue;
    left -= part.length + 2;
    parts.push(part);
  }
  const missing = shared.length - parts.length;
  return missing === 0 ? parts : [...parts, `${missing} diffs are left out: the comment would be too long.`];
}

function foldedDiff(change: ObjectChange, folders: readonly string[]): string {
  const diff = yamlDiff(change);
  const fence = fenceAround(diff);
  const heading = `${change.object}${happeningText(change)} (${change.effect}) in ${folders.join(', ')}`;
  return [`<details><summary>${heading}</summary>`, '', `${fence}diff`, diff, fence, '', '</details>'].join('\n');
}

/** Longer than every run of backticks inside. */
function fenceAround(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}

function code(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ');
  return flat.includes('`') ? `\`\` ${flat} \`\`` : `\`${flat}\``;
}
