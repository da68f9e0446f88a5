import type { V1ConfigMap } from '@kubernetes/client-node';
import { configMaps, type Stored } from '../../definitions/kubernetes/core-resources';
import { appliedAnnotation } from '../../definitions/names/serving';
import { ensureChild } from '../runtime/apply-child';
import { ownershipOf } from '../runtime/child-ownership';
import type { ObjectToSend } from '../runtime/client';
import { objectDigest } from '../runtime/object-digest';
import { keyOf, refOf } from '../runtime/object-key';
import { ownerOf, runWriter, type RunPass } from './run-pass';

/**
 * Makes the ConfigMap with a Contract. It is immutable: one that is there is the right one, unless an earlier pass was killed before it
 * made the Job and config or run have changed since; then it is made anew, nobody has read it.
 *
 * Call it only for a Contract that no pod has been given yet, or that is the very one they were given.
 *
 * @throws ChildNotOurs when the name is taken by an object of somebody else
 */
export async function ensureContract(pass: RunPass, desired: ObjectToSend<Stored<V1ConfigMap>>): Promise<void> {
  const { run, client, stores, context } = pass;
  const { store } = stores.configMaps;
  const owner = ownerOf(run);
  const live = store.get(keyOf(desired));
  if (live !== undefined && ownershipOf(live, owner) === 'ours') {
    if (live.metadata.annotations?.[appliedAnnotation] === objectDigest(desired)) return;
    await client.delete(configMaps, refOf(keyOf(live)), { uid: live.metadata.uid, signal: context.signal });
  }
  const child = { ...runWriter, client, resource: configMaps, store, owner, context, desired };
  await ensureChild<Stored<V1ConfigMap>>({ ...child, live: undefined });
}
