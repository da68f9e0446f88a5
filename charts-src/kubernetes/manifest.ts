import * as z from 'zod';

/** A JSON value as it stands in a manifest. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A JSON object as it stands in a manifest. */
export interface JsonMap {
  readonly [key: string]: Json;
}

const stringMap = z.record(z.string(), z.string());

const manifestSchema = z
  .object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.strictObject({
      name: z.string(),
      namespace: z.string().exactOptional(),
      labels: stringMap.exactOptional(),
      annotations: stringMap.exactOptional(),
    }),
  })
  .catchall(z.custom<Json>());

/** A rendered Kubernetes object: what every object has is typed, the rest is JSON. */
export interface Manifest extends JsonMap {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/**
 * What cdk8s rendered, as a manifest. Members of `metadata` that no chart may set (`finalizers`, `generateName` ...) are
 * refused.
 */
export function toManifest(rendered: unknown): Manifest {
  return manifestSchema.parse(rendered);
}

/** `Kind namespace/name`, as error messages name an object. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** Whether a value is a JSON object. */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map at a key, empty when there is none. */
export function mapAt(map: JsonMap, key: string): JsonMap {
  const value = map[key];
  return isMap(value) ? value : {};
}

/** The maps of the list at a key, empty when there is no list. */
export function mapsAt(map: JsonMap, key: string): readonly JsonMap[] {
  const value = map[key];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** A value as error messages show it: text as it is, anything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
