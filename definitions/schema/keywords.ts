import { NotStructural } from './not-structural';

/** Keywords that a structural schema may carry. Everything else is refused, so that a new zod release can't slip one in. */
const allowed = new Set([
  'type',
  'description',
  'default',
  'nullable',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
]);

/** What to write instead of a keyword that zod produces and Kubernetes refuses. */
const remedies: Readonly<Record<string, string>> = {
  $ref: 'the schema refers to itself or carries an id; break the cycle with an island, remove .meta({ id })',
  readOnly: 'remove .readonly()',
  writeOnly: 'remove it from .meta()',
  deprecated: 'say so in the description',
  discriminator: 'use an enum member and CEL rules',
  xml: 'remove it from .meta()',
  patternProperties: 'use a record of any key and a CEL rule over the keys',
  dependencies: 'use a CEL rule',
  uniqueItems: 'use a list of type set, or a keyed list',
  const: 'use an enum of one value',
};

/** @throws NotStructural naming the first keyword of the node that a structural schema may not carry */
export function checkKeywords(node: object, path: string): void {
  const keyword = Object.keys(node).find((name) => !allowed.has(name));
  if (keyword !== undefined) {
    throw new NotStructural(path, `${keyword} is not allowed; ${remedies[keyword] ?? 'remove it'}`);
  }
}
