import type { AuditEvent } from '../../cluster/audit-log';
import { type Script, scriptOf } from '../controllers/script';
import { allReady, BenchInstallation } from './bench-installation';
import { objectsOf } from './load';

/** What InferenceServices cost from create until they are Ready, at worst. */
export interface Life {
  /** Writes of the one child that was written most. */
  readonly childWrites: number;
  /** Writes of metadata of the InferenceService that was written most. */
  readonly metadataWrites: number;
  readonly statusWrites: number;
  /** Reads per InferenceService, on average. */
  readonly reads: number;
  readonly reconciles: number;
  /** What a plain client is to write in other rounds. */
  readonly scripts: ReadonlyMap<string, Script>;
}

/** Lets InferenceServices become Ready and reads in the audit log what that took. */
export async function measureLife(count: number): Promise<Life> {
  const bench = await BenchInstallation.make('writes');
  const { installation } = bench;
  try {
    return await bench.withController((controller) =>
      bench.withStandIn(async () => {
        const mark = await installation.cluster.audit.mark();
        await bench.load.create(objectsOf(0, count));
        const { reconciles } = await allReady(controller, count);
        const events = await installation.cluster.audit.since(mark, { user: installation.user });
        const done = events.filter(({ resource }) => resource !== 'events' && resource !== 'leases');
        const writes = done.filter(({ verb }) => verb === 'patch' || verb === 'create' || verb === 'update');
        const own = writes.filter(({ resource }) => resource === 'inferenceservices');
        return {
          childWrites: most(writes.filter((event) => !own.includes(event))),
          metadataWrites: most(own.filter(({ subresource }) => subresource === undefined)),
          statusWrites: most(own.filter(({ subresource }) => subresource === 'status')),
          reads: done.filter(({ verb }) => verb === 'get').length / count,
          reconciles: reconciles / count,
          // Until the children are there: no statuses, and no Ingress yet.
          scripts: scriptOf(
            writes.filter(({ resource, subresource }) => resource !== 'ingresses' && subresource === undefined),
            'inferenceservices',
          ),
        };
      }),
    );
  } finally {
    await bench.close();
  }
}

/** How often the object was asked for that was asked for most. */
function most(events: readonly AuditEvent[]): number {
  const byObject = Map.groupBy(events, ({ resource, namespace, name, requestObject }) =>
    // A create names its object in the body only.
    [resource, namespace, name ?? JSON.stringify(requestObject)].join('/'),
  );
  return Math.max(0, ...[...byObject.values()].map(({ length }) => length));
}
