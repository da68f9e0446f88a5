import type { JsonValue, StructuralSchema } from './structural-schema';

type JsonObject = { readonly [member: string]: JsonValue };

/**
 * Applies the defaults of a schema as the API server does on every read and write: to absent members, and to members
 * that are null where the schema has no null; then inside of what is there. For objects from clusters whose
 * CustomResourceDefinition carries no schema.
 *
 * Returns the value itself when nothing is missing, else a copy that shares the unchanged parts.
 */
export function withDefaults(value: JsonValue, schema: StructuralSchema): JsonValue {
  if (isList(value)) return schema.items === undefined ? value : listWithDefaults(value, schema.items);
  if (isObject(value)) return objectWithDefaults(value, schema);
  return value;
}

function listWithDefaults(list: readonly JsonValue[], items: StructuralSchema): readonly JsonValue[] {
  const completed = list.map((element) => withDefaults(element, items));
  return completed.every((element, index) => element === list[index]) ? list : completed;
}

function objectWithDefaults(object: JsonObject, schema: StructuralSchema): JsonObject {
  const { properties = {}, additionalProperties } = schema;
  const changes: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(properties)) {
    const before = Object.hasOwn(object, name) ? object[name] : undefined;
    const missing = before === undefined || (before === null && member.nullable !== true);
    const start = missing && member.default !== undefined ? member.default : before;
    if (start === undefined) continue;
    // A default may itself lack members that have defaults.
    const after = withDefaults(start, member);
    if (after !== before) changes.push([name, after]);
  }
  if (additionalProperties !== undefined) {
    for (const [name, before] of Object.entries(object)) {
      const after = withDefaults(before, additionalProperties);
      if (after !== before) changes.push([name, after]);
    }
  }
  return changes.length === 0 ? object : { ...object, ...Object.fromEntries(changes) };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
