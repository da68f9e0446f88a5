import { pythonFile } from './python-files';

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

/** Python text of a notebook: one file, as the handler wants it, with what all share before it. */
export function notebookCode(name: NotebookName): string {
  return `${pythonFile('arguments.py')}${pythonFile(files[name])}`;
}
