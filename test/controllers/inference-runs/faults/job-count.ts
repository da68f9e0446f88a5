import * as z from 'zod';
import { attemptJobName } from '../../../../controllers/inference-runs/job-name';
import type { AuditMark } from '../../../cluster/audit-log';
import type { RunInstallation, StoredRun } from '../run-installation';

const createdJob = z.object({ metadata: z.object({ name: z.string() }) });

/** Names of all Jobs that the controller has made in a namespace since a mark, those included that are gone again. */
export async function jobsMadeSince(
  { cluster, user }: RunInstallation,
  mark: AuditMark,
  namespace: string,
): Promise<readonly string[]> {
  const asked = await cluster.audit.since(mark, { user });
  return asked
    .filter(
      ({ verb, resource, code, ...event }) =>
        verb === 'create' && resource === 'jobs' && code === 201 && event.namespace === namespace,
    )
    .map(({ requestObject }) => createdJob.parse(requestObject).metadata.name)
    .sort();
}

/** Names of the Jobs that a number of attempts of each run has. */
export function jobNamesOf(runs: readonly (StoredRun | undefined)[], attempts: number): readonly string[] {
  const numbers = Array.from({ length: attempts }, (_, index) => index + 1);
  return runs
    .filter((run) => run !== undefined)
    .flatMap(({ metadata: { name, uid } }) =>
      numbers.map((number) => attemptJobName({ metadata: { name, uid } }, number)),
    )
    .sort();
}
