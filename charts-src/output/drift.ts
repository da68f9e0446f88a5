import { createTwoFilesPatch } from 'diff';
import type { Files } from './files';

/**
 * How committed files differ from rendered ones, one unified diff per file, for a person; empty when they don't.
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
    const patch = createTwoFilesPatch(shown, shown, before, after, '(committed)', '(rendered)', { context: 3 });
    // Without the ruler above the names.
    return [patch.replace(/^=+\n/, '').trimEnd()];
  });
}
