import * as z from 'zod';
import { NotStructural } from './not-structural';
import type { StructuralSchema } from './structural-schema';

/**
 * A value that users write as an integer or as a string, for example a port or a quantity.
 *
 * @param text what the string form must match
 */
export function intOrString(text: z.ZodString = z.string()): z.ZodUnion<readonly [z.ZodInt, z.ZodString]> {
  return z.union([z.int(), text]).meta({ 'x-kubernetes-int-or-string': true });
}

/**
 * The structural form of such a node: the marker replaces both types, constraints of the string move next to it.
 *
 * @throws NotStructural when the marker stands on anything but a union of integer and string
 */
export function intOrStringOf(node: z.core.JSONSchema.JSONSchema, path: string): StructuralSchema {
  const [first, second, ...more] = node.anyOf ?? [];
  if (first?.type !== 'integer' || second?.type !== 'string' || more.length > 0) {
    throw new NotStructural(path, 'x-kubernetes-int-or-string on something else; use intOrString');
  }
  return {
    'x-kubernetes-int-or-string': true,
    ...(second.pattern !== undefined && { pattern: second.pattern }),
    ...(second.maxLength !== undefined && { maxLength: second.maxLength }),
  };
}
