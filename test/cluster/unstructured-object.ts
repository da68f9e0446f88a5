import * as z from 'zod';

const stringMap = z.record(z.string(), z.string());

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().exactOptional(),
    uid: z.string().exactOptional(),
    resourceVersion: z.string().exactOptional(),
    generation: z.number().exactOptional(),
    labels: stringMap.exactOptional(),
    annotations: stringMap.exactOptional(),
    finalizers: z.array(z.string()).exactOptional(),
    deletionTimestamp: z.string().exactOptional(),
  }),
});

/** An object of any kind as the API server returned it: the members every object has are typed, others are `unknown`. */
export type UnstructuredObject = z.infer<typeof objectSchema>;

/** Names an object; any object with a name fits. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** An object to be written, typed or not. */
export interface ObjectToWrite {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly generateName?: string; readonly namespace?: string };
}

/** @throws when the value is no Kubernetes object */
export function parseObject(value: unknown): UnstructuredObject {
  return objectSchema.parse(value);
}

const listSchema = z.object({
  // Go writes the empty list of a PartialObjectMetadataList as null.
  items: z.array(z.looseObject({ metadata: objectSchema.shape.metadata })).nullable(),
});

/** Items of a list answer. The API server leaves apiVersion and kind out of them, so the caller says what they are. */
export function parseList(value: unknown, { apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>) {
  return (listSchema.parse(value).items ?? []).map((item): UnstructuredObject => ({ ...item, apiVersion, kind }));
}
