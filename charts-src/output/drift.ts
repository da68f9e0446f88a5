import type { Files } from './files';

/** Lines shown around a change. */
const context = 3;

/**
 * How committed files differ from rendered ones, for a person; empty when they don't.
 *
 * @param folder put before the paths
 */
export function driftOf(folder: string, committed: Files, rendered: Files): string[] {
  const paths = [...new Set([...committed.keys(), ...rendered.keys()])].sort();
  return paths.flatMap((path) => {
    const before = committed.get(path);
    const after = rendered.get(path);
    if (before === after) return [];
    const shown = `${folder}/${path}`;
    if (before === undefined) return [`+++ ${shown}: rendered, not committed`];
    if (after === undefined) return [`--- ${shown}: committed, no longer rendered`];
    return [
      `--- ${shown} (committed)`,
      `+++ ${shown} (rendered)`,
      ...changedLines(before.split('\n'), after.split('\n')),
    ];
  });
}

/** The one region between the first and the last difference, with context. Enough to see what happened; `git diff` has the rest. */
function changedLines(before: readonly string[], after: readonly string[]): string[] {
  let start = 0;
  while (before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const removed = before.slice(start, before.length - end).map((line) => `-${line}`);
  const added = after.slice(start, after.length - end).map((line) => `+${line}`);
  const leading = before.slice(Math.max(0, start - context), start).map((line) => ` ${line}`);
  const trailing = before.slice(before.length - end, before.length - end + context).map((line) => ` ${line}`);
  return [`@@ line ${start + 1} @@`, ...leading, ...removed, ...added, ...trailing];
}
