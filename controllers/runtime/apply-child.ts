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

/**
 * The version of no object: a store's first write is number 2. An apply that insists on it is a conflict where there is an object, and
 * makes one where there is none, in one request.
 */
const versionOfNone = '1';

export type ChildOutcome = 'created' | 'applied' | 'unchanged';

/**
 * Makes a child as it is desired, by server-side apply.
 *
 * Nothing is written when the live child says, in an annotation, that it was made from the same desired object, and still contains it:
 * the digest sees what we dropped, the comparison what others changed. Both survive a restart.
 *
 * Guarantees: what others add stays (replicas of an autoscaler, defaults, labels); what they change is changed back; what we do not
 * want any more goes. An object of somebody else is never touched: what the store does not have is made by an apply that can't change an
 * object that is there.
 *
 * Caveat: a child that is being deleted is left alone; its deletion must bring the key back.
 *
 * @throws ChildNotOurs when the name is taken by an object of somebody else
 */
export async function ensureChild<T extends KubernetesObject>(child: ChildToEnsure<T>): Promise<ChildOutcome> {
  const { resource, desired, owner } = child;
  const ref = refOf(keyOf(desired));
  const digest = objectDigest(desired);
  const live = child.live ?? (await make(child, digest));
  if (live === 'made') return 'created';
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

/** @returns what has the name already; the store may not show it yet, or it may be somebody else's */
async function make<T extends KubernetesObject>(child: ChildToEnsure<T>, digest: string): Promise<T | 'made'> {
  const { client, resource, desired, context } = child;
  try {
    await apply(child, digest, { resourceVersion: versionOfNone });
    return 'made';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const live = await client.get(resource, refOf(keyOf(desired)), { signal: context.signal });
    // Gone meanwhile, or the conflict is about something else: the key's next turn will tell.
    if (live === undefined) throw error;
    return live;
  }
}

async function change<T extends KubernetesObject>(child: ChildToEnsure<T>, digest: string, live: T): Promise<T> {
  const { left, formerManagers } = child;
  // What we have never applied was written by a program that we follow, if by any.
  const isFirst = live.metadata.annotations?.[appliedAnnotation] === undefined;
  if (left !== undefined && (left.wereOurs || isFirst)) await leave(child, left, live);
  if (isFirst) await takeOver(child, live, formerManagers);
  try {
    return await apply(child, digest, uidOf(live));
  } catch (error) {
    // An edit by hand can contradict ours, and apply would keep both: a port under its old number and its new one, a value beside a
    // valueFrom. Then their fields become ours, and those that we do not want go.
    if (!isRefusal(error)) throw error;
    if (left !== undefined) await leave(child, left, live);
    if (!(await takeOver(child, live))) throw error;
    return apply(child, digest, uidOf(live));
  }
}

async function apply<T extends KubernetesObject>(
  { client, resource, store, desired, context, fieldManager }: ChildToEnsure<T>,
  digest: string,
  only: { readonly uid?: string; readonly resourceVersion?: string },
): Promise<T> {
  const { metadata } = desired;
  const annotations = { ...metadata.annotations, [appliedAnnotation]: digest };
  const object = { ...desired, metadata: { ...metadata, annotations, ...only } };
  const written = await client.apply<T>(resource, object, { fieldManager, force: true, signal: context.signal });
  context.wrote(store, written);
  return written;
}

/** With it an apply can't make the object anew that somebody has just deleted, or change one that somebody made in its place. */
function uidOf<T extends KubernetesObject>({ metadata: { uid } }: T): { readonly uid?: string } {
  return uid === undefined ? {} : { uid };
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
