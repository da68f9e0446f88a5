import type { V1OwnerReference } from '@kubernetes/client-node';
import { apiVersionOf, type ApiResource, type KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { appliedAnnotation } from '../../definitions/names/serving';
import { TerminalError } from './reconcile-error';

/** The object that children are made for. */
export interface ChildOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** @throws Error for an object without uid, which only one that was never stored is */
export function childOwner(
  resource: Pick<ApiResource, 'group' | 'version' | 'kind'>,
  { metadata: { name, uid } }: KubernetesObject,
): ChildOwner {
  if (uid === undefined) throw new Error(`${resource.kind} ${name} has no uid and can't own objects`);
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, name, uid };
}

/** The one owner reference that a child has. */
export function controllerReference({ apiVersion, kind, name, uid }: ChildOwner): V1OwnerReference {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/**
 * Whose an object is, seen from an owner.
 *
 * - `ours`: its controller is the owner.
 * - `former`: its controller has the owner's kind and name and another uid. A name is used once at a time, so that one is gone and its
 *   children are to be garbage.
 * - `orphan`: nobody controls it, and we have written it: somebody deleted the owner with `--cascade=orphan`, or the reference.
 * - `foreign`: another object controls it, or it is just there.
 */
export type Ownership = 'ours' | 'former' | 'orphan' | 'foreign';

export function ownershipOf({ metadata }: KubernetesObject, owner: ChildOwner): Ownership {
  const controller = metadata.ownerReferences?.find((reference) => reference.controller === true);
  if (controller === undefined) return metadata.annotations?.[appliedAnnotation] === undefined ? 'foreign' : 'orphan';
  if (controller.uid === owner.uid) return 'ours';
  const isNamesake =
    controller.kind === owner.kind &&
    controller.name === owner.name &&
    groupOf(controller.apiVersion) === groupOf(owner.apiVersion);
  return isNamesake ? 'former' : 'foreign';
}

/** The name that a child is to have is taken by an object of somebody else, which is left alone. */
export class ChildNotOurs extends TerminalError {
  /** `deployments/iris-predictor in ml` */
  readonly object: string;
  /** `StatefulSet other`; undefined when nobody controls the object. */
  readonly controller: string | undefined;

  constructor(object: string, { metadata }: KubernetesObject) {
    const reference = metadata.ownerReferences?.find((each) => each.controller === true);
    const controller = reference === undefined ? undefined : `${reference.kind} ${reference.name}`;
    super(
      `${object} is needed but ${controller === undefined ? 'belongs to somebody else' : `is controlled by ${controller}`}: ` +
        'it is left alone; delete or rename it',
    );
    this.name = 'ChildNotOurs';
    this.object = object;
    this.controller = controller;
  }
}

function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));
}
