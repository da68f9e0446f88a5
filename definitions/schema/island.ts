import * as z from 'zod';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A part of an object that the platform hands on without reading it: the API server stores whatever it contains. `T`
 * says what Kubernetes expects there, so that our own code writes it right.
 */
export function island<T extends object>(): z.ZodCustom<T, T> {
  return z
    .custom<T>(isObject, 'must be an object')
    .meta({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
}

/**
 * An island that is an element of a keyed list: the members that tell the elements apart are declared.
 *
 * @param keys name of each key member and its description
 */
export function keyedIsland<T extends object>(keys: Readonly<Record<string, string>>): z.ZodCustom<T, T> {
  const names = Object.keys(keys);
  return z
    .custom<T>(
      (value) => isObject(value) && names.every((name) => typeof value[name] === 'string'),
      `must be an object with ${names.join(', ')}`,
    )
    .meta({
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(keys).map(([name, description]) => [name, { type: 'string', description }]),
      ),
      required: names,
      'x-kubernetes-preserve-unknown-fields': true,
    });
}
