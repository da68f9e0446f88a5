import { z } from 'zod';
import type { AuditEvent } from '../../cluster/audit-log';

/** A write, to be done again. */
export interface ScriptedWrite {
  /** Path with query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/** What the controller wrote for one InferenceService until its children were there. */
export interface Script {
  /** In its own requests; another InferenceService of the name has another one. */
  readonly uid: string;
  readonly writes: readonly ScriptedWrite[];
}

const ownedSchema = z.object({
  metadata: z.object({
    name: z.string(),
    ownerReferences: z.array(z.object({ name: z.string(), uid: z.string() })).min(1),
  }),
});

/**
 * Takes from the audit log what the controller wrote: its finalizer on each InferenceService, and the children.
 *
 * @param events writes of the controller, bodies included
 * @returns by `namespace/name` of the InferenceService
 */
export function scriptOf(events: readonly AuditEvent[]): ReadonlyMap<string, Script> {
  const scripts = new Map<string, { uid: string; writes: ScriptedWrite[] }>();
  const finalizers = new Map<string, ScriptedWrite>();
  for (const { resource, subresource, namespace = '', name = '', requestURI, requestObject, code } of events) {
    if (requestObject === undefined || subresource !== undefined || code >= 300) continue;
    const write = (contentType: string) => ({ path: requestURI, contentType, body: JSON.stringify(requestObject) });
    if (resource === 'inferenceservices') {
      finalizers.set(`${namespace}/${name}`, write('application/merge-patch+json'));
      continue;
    }
    const owned = ownedSchema.safeParse(requestObject).data;
    const [owner] = owned?.metadata.ownerReferences ?? [];
    if (owner === undefined) continue;
    const key = `${namespace}/${owner.name}`;
    const script = scripts.get(key) ?? { uid: owner.uid, writes: [] };
    script.writes.push(write(requestURI.includes('force=') ? 'application/apply-patch+yaml' : 'application/json'));
    scripts.set(key, script);
  }
  return new Map(
    [...scripts].map(([key, { uid, writes }]) => {
      const finalizer = finalizers.get(key);
      return [key, { uid, writes: [...(finalizer === undefined ? [] : [finalizer]), ...writes] }] as const;
    }),
  );
}
