import type * as z from 'zod';
import type { ValueConstraint } from './structural-schema';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** zod's bounds of an integer without bounds; as bounds of a field they would only puzzle readers. */
const safe = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/** The keywords of a node, its own and not of its members, that constrain its value. */
export function valueConstraints(node: JsonSchema): ValueConstraint {
  const { enum: values, format, pattern, minLength, maxLength, minItems, maxItems, required } = node;
  const { minProperties, maxProperties, multipleOf } = node;
  return {
    ...(values && { enum: values }),
    ...(format !== undefined && { format }),
    ...(pattern !== undefined && { pattern }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(minItems !== undefined && { minItems }),
    ...(maxItems !== undefined && { maxItems }),
    ...(minProperties !== undefined && { minProperties }),
    ...(maxProperties !== undefined && { maxProperties }),
    ...(multipleOf !== undefined && { multipleOf }),
    ...(required && required.length > 0 && { required }),
    ...range(node),
  };
}

/** `format` documents the width only: the API server stores a larger number under `int32`, so bounds are kept. */
function range(node: JsonSchema): ValueConstraint {
  const minimum = node.minimum === safe.minimum ? undefined : node.minimum;
  const maximum = node.maximum === safe.maximum ? undefined : node.maximum;
  const narrow = (minimum ?? -Infinity) >= int32.minimum && (maximum ?? Infinity) <= int32.maximum;
  return {
    ...(node.type === 'integer' && { format: narrow ? 'int32' : 'int64' }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(node.exclusiveMinimum === true && { exclusiveMinimum: true }),
    ...(node.exclusiveMaximum === true && { exclusiveMaximum: true }),
  };
}
