import { load } from 'js-yaml';
import * as z from 'zod';
import type { ObjectReference } from '../cluster/unstructured-object';
import type { Locator } from './entry';
import { documentBlock } from './texts';

const mapping = z.record(z.string(), z.unknown());
type Mapping = z.infer<typeof mapping>;

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
});

/** An object as a document shows it. */
export type DocumentedObject = z.infer<typeof manifest>;

/** The object of a YAML block. */
export function documentedObject(locator: Locator): DocumentedObject {
  return manifest.parse(load(documentBlock(locator).content));
}

/** The same object in another namespace: the ones that the documents name are shared by all tests of the cluster. */
export function inNamespace<T extends ObjectReference>(object: T, namespace: string): T {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** The least InferenceService that serves a model, under the name that the documents use. */
export const leastInferenceService: DocumentedObject & { readonly spec: object } = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: { name: 'my-model' },
  spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 'gs://bucket/models/sklearn' } } },
};

/** A YAML block that shows only `spec: ...` or `status: ...`, as part of {@link leastInferenceService}. */
export function documentedFragment(locator: Locator): DocumentedObject {
  const fragment = mapping.parse(load(documentBlock(locator).content));
  return manifest.parse(merged(mapping.parse(leastInferenceService), fragment));
}

function merged(base: Mapping, addition: Mapping): Mapping {
  const members = Object.entries(addition).map(([key, value]): [string, unknown] => {
    const [below, above] = [mapping.safeParse(base[key]), mapping.safeParse(value)];
    return [key, below.success && above.success ? merged(below.data, above.data) : value];
  });
  return { ...base, ...Object.fromEntries(members) };
}
