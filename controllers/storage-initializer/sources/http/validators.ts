import type { HeaderFields } from '../../http/http-client';

/** A file that was changed so shortly before its answer can change again without another date. */
const oldEnoughMs = 60_000;

/**
 * What makes the file of one answer the file of another: a strong ETag, else the date of the last change when it is old enough to mean
 * one state of the file. Weak ETags are equal for bodies that differ.
 */
export function versionOf(headers: HeaderFields): string | undefined {
  const { etag, date, 'last-modified': changed } = headers;
  if (typeof etag === 'string' && /^"[^"]*"$/.test(etag)) return etag;
  if (typeof changed !== 'string' || typeof date !== 'string') return undefined;
  return Date.parse(date) - Date.parse(changed) >= oldEnoughMs ? changed : undefined;
}

/** The field that asks for a part only when the file still is of a version. Servers that don't know it send their version anyway. */
export function conditionOf(version: string): Readonly<Record<string, string>> {
  return version.startsWith('"') ? { 'if-match': version } : { 'if-unmodified-since': version };
}
