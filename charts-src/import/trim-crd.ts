import { loadAll } from 'js-yaml';
import * as z from 'zod';

const schemaObject = z.record(z.string(), z.unknown());

const crdSchema = z.object({
  apiVersion: z.literal('apiextensions.k8s.io/v1'),
  kind: z.literal('CustomResourceDefinition'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    group: z.string(),
    names: z.looseObject({ kind: z.string() }),
    scope: z.enum(['Namespaced', 'Cluster']),
    versions: z.array(
      z.object({ name: z.string(), storage: z.boolean(), schema: z.object({ openAPIV3Schema: schemaObject }) }),
    ),
  }),
});

/** What of a CustomResourceDefinition decides the generated types. */
export type Crd = z.infer<typeof crdSchema>;

/**
 * Picks the CRDs of the given kinds out of a YAML file, in the order of `kinds`. Other documents of the file are
 * ignored.
 *
 * @param origin names the file in errors
 * @throws when a kind is not defined exactly once
 */
export function readCrds(yaml: string, kinds: readonly string[], origin: string): Crd[] {
  const crds = loadAll(yaml).flatMap((document) => {
    const parsed = crdSchema.safeParse(document);
    return parsed.success ? [parsed.data] : [];
  });
  return kinds.map((kind) => {
    const [crd, ...more] = crds.filter(({ spec }) => spec.names.kind === kind);
    if (crd === undefined || more.length > 0) {
      throw new Error(
        `reading ${origin}: kind ${kind} is defined ${crd ? more.length + 1 : 0} times, wanted once; ` +
          `the file defines ${crds.map(({ spec }) => spec.names.kind).join(', ') || 'no kind'}`,
      );
    }
    return crd;
  });
}

/**
 * Leaves of a CRD what a chart needs: the storage version without descriptions (they are nine tenths of some files, and
 * slow down every synth) and without status, which charts never write.
 */
export function trimCrd(crd: Crd): Crd {
  const stored = crd.spec.versions.find(({ storage }) => storage);
  if (stored === undefined) {
    throw new Error(`trimming crd ${crd.metadata.name}: no version has storage: true`);
  }
  const schema = withoutDescriptions(stored.schema.openAPIV3Schema);
  const properties = schemaObject.parse(schema['properties'] ?? {});
  const { status: _status, ...kept } = properties;
  const version = { ...stored, schema: { openAPIV3Schema: { ...schema, properties: kept } } };
  return { ...crd, spec: { ...crd.spec, versions: [version] } };
}

/** Keywords that hold one schema, a list of schemas, or a map from a property's name to its schema. */
const single = new Set(['items', 'additionalProperties', 'not']);
const lists = new Set(['allOf', 'anyOf', 'oneOf']);
const maps = new Set(['properties', 'patternProperties']);

/** Follows the schema's structure: a property that is itself called `description` must survive. */
function withoutDescriptions(schema: Record<string, unknown>): Record<string, unknown> {
  const trimmed = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword === 'description') return [];
    if (single.has(keyword)) return [[keyword, trimmedSchema(value)]];
    if (lists.has(keyword)) return [[keyword, z.array(z.unknown()).parse(value).map(trimmedSchema)]];
    if (maps.has(keyword)) {
      const members = Object.entries(schemaObject.parse(value));
      return [[keyword, Object.fromEntries(members.map(([name, member]) => [name, trimmedSchema(member)]))]];
    }
    return [[keyword, value]];
  });
  return Object.fromEntries(trimmed);
}

function trimmedSchema(value: unknown): unknown {
  const parsed = schemaObject.safeParse(value);
  // `additionalProperties: true` is a schema too.
  return parsed.success ? withoutDescriptions(parsed.data) : value;
}
