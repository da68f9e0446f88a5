import * as z from 'zod';
import type { StructuralSchema, ValidationRule } from './structural-schema';

/** Adds CEL rules that the API server evaluates on every write of the value. zod itself does not run them. */
export function withRules<T extends z.ZodType>(schema: T, ...rules: [ValidationRule, ...ValidationRule[]]): T {
  return schema.meta({ 'x-kubernetes-validations': rules });
}

/** Makes one writer own the whole object or map: for references and selectors, whose members belong together. */
export function atomicMap<T extends z.ZodType>(schema: T): T {
  return schema.meta({ 'x-kubernetes-map-type': 'atomic' });
}

/** Keeps members that the schema doesn't declare, beside those it does. */
export function withUnknownFields<T extends z.ZodType>(schema: T): T {
  return schema.meta({ 'x-kubernetes-preserve-unknown-fields': true });
}

const rulesSchema = z.array(
  z.strictObject({
    rule: z.string().min(1),
    message: z.string().min(1),
    fieldPath: z.string().exactOptional(),
    reason: z
      .enum(['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'])
      .exactOptional(),
  }),
);

const extensionsSchema = z.object({
  'x-kubernetes-preserve-unknown-fields': z.literal(true).exactOptional(),
  'x-kubernetes-list-type': z.enum(['atomic', 'set', 'map']).exactOptional(),
  'x-kubernetes-list-map-keys': z.array(z.string()).exactOptional(),
  'x-kubernetes-map-type': z.enum(['atomic', 'granular']).exactOptional(),
  'x-kubernetes-validations': rulesSchema.exactOptional(),
});

/**
 * Reads the `x-kubernetes-` keywords of a node; they arrive untyped because `.meta()` takes anything.
 *
 * @throws ZodError when one has a value that Kubernetes does not know
 */
export function extensionsOf(node: object): StructuralSchema {
  const extended = Object.keys(node).some((keyword) => keyword.startsWith('x-kubernetes-'));
  return extended ? extensionsSchema.parse(node) : {};
}
