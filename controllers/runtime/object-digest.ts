import { hash } from 'node:crypto';

/**
 * Digest of what an object says: the same for every order of its members, another one for any other value. Members that are
 * `undefined` do not count, as they do not reach the API server.
 *
 * @returns 43 characters that may stand in an annotation
 */
export function objectDigest(object: object): string {
  return hash('sha256', canonical(object), 'base64url');
}

function canonical(value: unknown): string {
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members: Readonly<Record<string, unknown>> = { ...value };
  let text = '';
  for (const name of Object.keys(members).sort()) {
    const each = members[name];
    if (each !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonical(each)}`;
  }
  return `{${text}}`;
}
