import { z } from 'zod';
import type { AuditMark } from '../../../cluster/audit-log';
import type { RunInstallation } from '../run-installation';

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
