import * as z from 'zod';
import type { AuditEvent } from '../../cluster/audit-log';

/** A write, to be done again. */
export interface ScriptedWrite {
  /** Path with query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/** What the controller wrote for one object. */
export interface Script {
  /** In its own requests; another object of the name has another one. */
  readonly uid: string;
  /** In the order in which they were answered. */
  readonly writes: readonly ScriptedWrite[];
}

const ownedSchema = z.object({
  metadata: z.object({
    name: z.string(),
    ownerReferences: z.array(z.object({ name: z.string(), uid: z.string() })).min(1),
  }),
});

/**
 * Takes from the audit log what the controller wrote: patches of the objects themselves, such as its finalizer, and their children.
 *
 * @param events writes of the controller, bodies included
 * @param owners plural name of the objects' kind
 * @returns by `namespace/name` of the object; one without children has none
 */
export function scriptOf(events: readonly AuditEvent[], owners: string): ReadonlyMap<string, Script> {
  const scripts = new Map<string, { uid: string; writes: ScriptedWrite[] }>();
  for (const { resource, namespace = '', name = '', verb, requestURI, requestObject, code } of events) {
    if (requestObject === undefined || code >= 300) continue;
    const owner = resource === owners ? { name } : ownerIn(requestObject);
    if (owner === undefined) continue;
    const key = `${namespace}/${owner.name}`;
    const script = scripts.get(key) ?? { uid: '', writes: [] };
    if ('uid' in owner) script.uid = owner.uid;
    const contentType = contentTypeOf(verb, requestURI);
    script.writes.push({ path: requestURI, contentType, body: JSON.stringify(requestObject) });
    scripts.set(key, script);
  }
  return new Map([...scripts].filter(([, { uid }]) => uid !== ''));
}

function ownerIn(requestObject: unknown) {
  return ownedSchema.safeParse(requestObject).data?.metadata.ownerReferences[0];
}

/** The audit log does not have it. */
function contentTypeOf(verb: string, requestURI: string): string {
  if (verb === 'create') return 'application/json';
  return requestURI.includes('force=') ? 'application/apply-patch+yaml' : 'application/merge-patch+json';
}
