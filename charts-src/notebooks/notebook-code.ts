import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The notebooks that the samples of inference runs call, each with its file. `kserveinput` and `kserveoutput` are the names that
 * Krateo's README uses, and its chart doesn't have.
 */
const files = {
  sklearninput: 'rows.py',
  kserveinput: 'rows.py',
  tritoninput: 'series.py',
  sklearnoutput: 'results.py',
  tritonoutput: 'results.py',
  kserveoutput: 'results.py',
} as const;

export type NotebookName = keyof typeof files;

/** Names of all notebooks, sorted. */
export const notebookNames: readonly NotebookName[] = [
  'kserveinput',
  'kserveoutput',
  'sklearninput',
  'sklearnoutput',
  'tritoninput',
  'tritonoutput',
];

const python = (file: string) => readFileSync(join(__dirname, 'python', file), 'utf8');

/** Python text of a notebook: one file, as the handler wants it, with what all share before it. */
export function notebookCode(name: NotebookName): string {
  return `${python('arguments.py')}${python(files[name])}`;
}
