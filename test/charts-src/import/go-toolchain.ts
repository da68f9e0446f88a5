import { spawnSync } from 'node:child_process';

/**
 * `it`, or `it.skip` on a machine without Go: the source CRDs come out of Go modules, so nothing that reads them can run
 * there.
 */
export const itWithGo = spawnSync('go', ['version']).status === 0 ? it : it.skip;

/** Ends the name of a test that uses {@link itWithGo}: says in the report why it was skipped, if it was. */
export const needsGo = '(skipped only where go is not on the PATH)';
