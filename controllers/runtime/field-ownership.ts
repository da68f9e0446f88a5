import * as z from 'zod';
import { apiVersionOf, type ApiResource, type KubernetesObject } from '../../definitions/kubernetes/api-resource';
import type { KubernetesClient, RequestOptions } from './client';

/** A set of fields as managedFields writes it: a tree whose leaves are empty. */
interface FieldSet {
  readonly [element: string]: FieldSet;
}

const fieldSet: z.ZodType<FieldSet> = z.lazy(() => z.record(z.string(), fieldSet));

const managedFieldsEntry = z.looseObject({
  manager: z.string().optional(),
  operation: z.string().optional(),
  subresource: z.string().optional(),
  apiVersion: z.string().optional(),
  fieldsV1: fieldSet.optional(),
});

const managedObject = z.object({ metadata: z.object({ managedFields: z.array(managedFieldsEntry).default([]) }) });

export interface FieldTakeOver<T extends KubernetesObject> {
  readonly client: KubernetesClient;
  readonly resource: ApiResource<T>;
  /** As last seen; another state of it is a conflict (409). */
  readonly live: T;
  /** Who gets the fields. */
  readonly fieldManager: string;
  /** Whose fields are taken. @default all managers */
  readonly from?: readonly string[];
  readonly request: RequestOptions;
}

/**
 * Makes fields ours that others wrote with an update (PUT, patch, edit), values unchanged: an apply then removes those that it does not
 * have. Without this they stay for ever, since apply removes only what is owned by nobody else.
 *
 * Fields that were applied, or written through a subresource (status, scale), stay with their managers.
 *
 * @returns whether there was anything to take
 */
export async function takeOverFields<T extends KubernetesObject>(takeOver: FieldTakeOver<T>): Promise<boolean> {
  const { client, resource, live, fieldManager, from, request } = takeOver;
  const { name, namespace } = live.metadata;
  const ref = namespace === undefined ? { name } : { name, namespace };
  // Stores drop managedFields.
  const stored = await client.get(resource, ref, request);
  if (stored === undefined || stored.metadata.uid !== live.metadata.uid) return false;
  const { managedFields } = managedObject.parse(stored).metadata;
  const apiVersion = apiVersionOf(resource);
  const isOurs = ({ manager, operation, subresource }: (typeof managedFields)[number]): boolean =>
    manager === fieldManager && operation === 'Apply' && subresource === undefined;
  const isTaken = (entry: (typeof managedFields)[number]): boolean =>
    entry.operation === 'Update' &&
    entry.subresource === undefined &&
    entry.apiVersion === apiVersion &&
    (from === undefined || from.includes(entry.manager ?? ''));
  const taken = managedFields.filter(isTaken);
  if (taken.length === 0) return false;
  const before = managedFields.find(isOurs);
  const fieldsV1 = [before, ...taken].reduce((all, entry) => union(all, entry?.fieldsV1 ?? {}), {} as FieldSet);
  const others = managedFields.filter((entry) => !isTaken(entry) && entry !== before);
  const ours = { manager: fieldManager, operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1 };
  const patch = { metadata: { managedFields: [...others, ours] } };
  const { resourceVersion } = stored.metadata;
  await client.mergePatch(resource, ref, patch, { ...request, fieldManager, resourceVersion });
  return true;
}

function union(one: FieldSet, other: FieldSet): FieldSet {
  const all: Record<string, FieldSet> = { ...one };
  for (const [element, fields] of Object.entries(other)) all[element] = union(all[element] ?? {}, fields);
  return all;
}
