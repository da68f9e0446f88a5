import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { appliedAnnotation } from '../../definitions/names/serving';
import { ApiError } from './api-error';
import { objectName } from './api-path';
import { ChildNotOurs, ownershipOf, type ChildOwner } from './child-ownership';
import type { KubernetesClient, ObjectToSend } from './client';
import { isContained } from './contained';
import type { ReconcileContext } from './controller';
import { takeOverFields } from './field-ownership';
import { objectDigest } from './object-digest';
import { refOf, keyOf } from './object-key';
import type { Store } from './store';

/** As whom children are written. */
export interface ChildWriter {
  /** Owner of our fields; never change it, or children keep what the former one wrote. */
  readonly fieldManager: string;
  /** Field managers of programs whose children we take over with all their fields. */
  readonly formerManagers: readonly string[];
}

/** A child and what it takes to write it. */
export interface Child<T extends KubernetesObject> extends ChildWriter {
  readonly client: KubernetesClient;
  readonly resource: ApiResource<T>;
  /** Told of what was written, so that the key runs again only when this store shows it. */
  readonly store: Store<T>;
  readonly owner: ChildOwner;
  readonly context: Pick<ReconcileContext, 'signal' | 'wrote' | 'deleted'>;
}

export interface ChildToEnsure<T extends KubernetesObject> extends Child<T> {
  /** With the owner's {@link controllerReference}; without `uid` and `resourceVersion`. */
  readonly desired: ObjectToSend<T>;
  /** As the store has it; undefined when the store does not have it. */
  readonly live: T | undefined;
  /** Fields that the desired object leaves to others. */
  readonly left?: LeftFields;
}

/** Fields that are left to others, with the values that must outlive our write. */
export interface LeftFields {
  /** `{spec: {replicas: 3}}` */
  readonly fields: object;
  /** Whether the live values are ours: an apply that lacks them would reset them. */
  readonly wereOurs: boolean;
}

export type ChildOutcome = 'created' | 'applied' | 'unchanged';

/**
 * Makes a child as it is desired, by server-side apply.
 *
 * Nothing is written when the live child says, in an annotation, that it was made from the same desired object, and still contains it:
 * the digest sees what we dropped, the comparison what others changed. Both survive a restart.
 *
 * Guarantees: what others add stays (replicas of an autoscaler, defaults, labels); what they change is changed back; what we do not
 * want any more goes. An object of somebody else is never touched: an object that the store does not have is looked for before it is
 * made, since apply would take over whatever has the name.
 *
 * Caveat: a child that is being deleted is left alone; its deletion must bring the key back.
 *
 * @throws ChildNotOurs when the name is taken by an object of somebody else
 */
export async function ensureChild<T extends KubernetesObject>(child: ChildToEnsure<T>): Promise<ChildOutcome> {
  const { client, resource, desired, owner, context } = child;
  const ref = refOf(keyOf(desired));
  const live = child.live ?? (await client.get(resource, ref, { signal: context.signal }));
  const digest = objectDigest(desired);
  if (live === undefined) {
    await apply(child, digest, undefined);
    return 'created';
  }
  if (ownershipOf(live, owner) === 'foreign') throw new ChildNotOurs(objectName(resource, ref), live);
  if (live.metadata.deletionTimestamp !== undefined) return 'unchanged';
  if (live.metadata.annotations?.[appliedAnnotation] === digest && isContained(desired, live)) return 'unchanged';
  const written = await change(child, digest, live);
  return written.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'applied';
}

export type RemovalOutcome = 'deleted' | 'absent' | 'left';

/**
 * Deletes a child that is not wanted any more. One that is not controlled by the owner, or by a former object of its name, is left.
 *
 * @param child `live`: as the store has it; what the store does not have is taken for absent
 */
export async function removeChild<T extends KubernetesObject>(
  child: Omit<Child<T>, keyof ChildWriter> & { readonly live: T | undefined },
): Promise<RemovalOutcome> {
  const { client, resource, store, live, owner, context } = child;
  if (live === undefined) return 'absent';
  const ownership = ownershipOf(live, owner);
  if (ownership !== 'ours' && ownership !== 'former') return 'left';
  const { uid, deletionTimestamp } = live.metadata;
  if (deletionTimestamp !== undefined) return 'deleted';
  await client.delete(resource, refOf(keyOf(live)), { uid, signal: context.signal });
  context.deleted(store, live);
  return 'deleted';
}

async function change<T extends KubernetesObject>(child: ChildToEnsure<T>, digest: string, live: T): Promise<T> {
  const { left, formerManagers } = child;
  // What we have never applied was written by a program that we follow, if by any.
  const isFirst = live.metadata.annotations?.[appliedAnnotation] === undefined;
  if (left !== undefined && (left.wereOurs || isFirst)) await leave(child, left, live);
  if (isFirst) await takeOver(child, live, formerManagers);
  try {
    return await apply(child, digest, live);
  } catch (error) {
    // An edit by hand can contradict ours, and apply would keep both: a port under its old number and its new one, a value beside a
    // valueFrom. Then their fields become ours, and those that we do not want go.
    if (!isRefusal(error)) throw error;
    if (left !== undefined) await leave(child, left, live);
    if (!(await takeOver(child, live))) throw error;
    return apply(child, digest, live);
  }
}

async function apply<T extends KubernetesObject>(
  { client, resource, store, desired, context, fieldManager }: ChildToEnsure<T>,
  digest: string,
  live: T | undefined,
): Promise<T> {
  const { metadata } = desired;
  const annotations = { ...metadata.annotations, [appliedAnnotation]: digest };
  // With the uid this can't make the object anew that somebody has just deleted, or change one that somebody made in its place.
  const uid = live?.metadata.uid;
  const object = { ...desired, metadata: { ...metadata, annotations, ...(uid !== undefined && { uid }) } };
  const written = await client.apply<T>(resource, object, { fieldManager, force: true, signal: context.signal });
  context.wrote(store, written);
  return written;
}

/** Gives fields to a manager that does not care: the values stay when we drop them, and whoever updates them next has them. */
async function leave<T extends KubernetesObject>(
  child: ChildToEnsure<T>,
  { fields }: LeftFields,
  live: T,
): Promise<void> {
  const { client, resource, fieldManager, context } = child;
  const { uid } = live.metadata;
  const metadata = { ...refOf(keyOf(live)), ...(uid !== undefined && { uid }) };
  const options = { fieldManager: `${fieldManager}-left`, force: true, signal: context.signal };
  await client.apply<KubernetesObject>(resource, { ...fields, metadata }, options);
}

async function takeOver<T extends KubernetesObject>(
  { client, resource, fieldManager, context }: ChildToEnsure<T>,
  live: T,
  from?: readonly string[],
): Promise<boolean> {
  const request = { signal: context.signal };
  return takeOverFields({ client, resource, live, fieldManager, request, ...(from !== undefined && { from }) });
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status === 422;
}
