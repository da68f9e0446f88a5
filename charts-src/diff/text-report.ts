import type { ObjectChange } from './compare';
import { byRisk, effects, meanings } from './effect';
import { findingText, happeningText } from './finding-text';
import { together } from './together';

/** Most lines that one object gets; what is left is counted. */
const mostFindings = 12;

/**
 * The changes for a terminal, riskiest first.
 *
 * @param sides how the two sides are called
 */
export function textReport(
  changes: readonly ObjectChange[],
  sides: { readonly from: string; readonly to: string },
): string {
  const title = `${sides.from} → ${sides.to}`;
  if (changes.length === 0) return `${title}: no manifest differs\n`;
  const sections = [...effects].sort(byRisk).flatMap((effect) => {
    const shared = together(changes.filter((change) => change.effect === effect));
    if (shared.length === 0) return [];
    const objects = shared.flatMap(({ change, folders }) => [
      `  ${change.object}${happeningText(change)}  [${folders.join(', ')}]`,
      ...findingLines(change),
    ]);
    return [[`${effect}: ${meanings[effect]}`, ...objects].join('\n')];
  });
  return `${[title, ...sections, countText(changes)].join('\n\n')}\n`;
}

/** `1 forbidden, 2 in place`: objects by effect, riskiest first. */
export function countText(changes: readonly ObjectChange[]): string {
  const counts = [...effects].sort(byRisk).flatMap((effect) => {
    const count = changes.filter((change) => change.effect === effect).length;
    return count === 0 ? [] : [`${count} ${effect}`];
  });
  return counts.join(', ');
}

function findingLines(change: ObjectChange): string[] {
  const lines = change.findings
    .map((finding) => findingText(change, finding, (text) => text))
    .filter((line) => line !== '');
  const left = lines.length - mostFindings;
  return [...lines.slice(0, mostFindings), ...(left > 0 ? [`and ${left} more`] : [])].map((line) => `      ${line}`);
}
