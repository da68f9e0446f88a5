import type { Refusal } from './verdict';

/** As users see it in messages; names of InferenceServices and InferenceGraphs become names of Services. */
const shownPattern = '[a-z]([-a-z0-9]*[a-z0-9])?';
const pattern = new RegExp(`^${shownPattern}$`);

/**
 * Refuses a name that no Service could have.
 *
 * @param article `the` or `The`: upstream writes both
 */
export function refusedName(article: string, kind: 'InferenceService' | 'InferenceGraph', name: string): Refusal {
  if (pattern.test(name)) return undefined;
  return (
    `${article} ${kind} "${name}" is invalid: a ${kind} name must consist of lower case alphanumeric characters or '-', ` +
    'and must start with alphabetical character. ' +
    `(e.g. "my-name" or "abc-123", regex used for validation is '${shownPattern}')`
  );
}
