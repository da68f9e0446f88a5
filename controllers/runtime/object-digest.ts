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
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members: string[] = [];
  for (const [name, each] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (each !== undefined) members.push(`${JSON.stringify(name)}:${canonical(each)}`);
  }
  return `{${members.join(',')}}`;
}
