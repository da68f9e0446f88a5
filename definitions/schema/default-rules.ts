import { NotStructural } from './not-structural';
import type { JsonValue, StructuralSchema } from './structural-schema';

/**
 * Throws when the API server would refuse the default of a schema. Looks at types, enums, bounds and required members;
 * patterns and CEL rules are left to the API server.
 *
 * @throws NotStructural
 */
export function checkDefault(schema: StructuralSchema, path: string): void {
  if (schema.default === undefined) return;
  const problem = problemOf(schema.default, schema);
  if (problem !== undefined) {
    throw new NotStructural(path, `the default ${JSON.stringify(schema.default)} ${problem}`);
  }
}

function problemOf(value: JsonValue, schema: StructuralSchema): string | undefined {
  if (value === null) return schema.nullable === true ? undefined : 'is null, which the type does not allow';
  if (schema['x-kubernetes-int-or-string']) {
    return typeof value === 'string' || Number.isInteger(value) ? undefined : 'is neither an integer nor a string';
  }
  if (schema.type !== undefined && !isOfType(value, schema.type)) return `is not of type ${schema.type}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `is none of ${JSON.stringify(schema.enum)}`;
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity)) return `is below the minimum ${schema.minimum}`;
    if (value > (schema.maximum ?? Infinity)) return `is above the maximum ${schema.maximum}`;
  }
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0)) return `is shorter than ${schema.minLength}`;
    if (value.length > (schema.maxLength ?? Infinity)) return `is longer than ${schema.maxLength}`;
  }
  if (schema.type === 'object' && typeof value === 'object') {
    const missing = schema.required?.find((name) => !(name in value));
    if (missing !== undefined) return `lacks the required member ${missing}`;
  }
  return undefined;
}

function isOfType(value: JsonValue, type: string): boolean {
  return typeOf(value) === type || (type === 'number' && typeof value === 'number');
}

function typeOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
