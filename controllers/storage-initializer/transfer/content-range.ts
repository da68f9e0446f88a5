import type { HeaderFields } from '../http/http-client';

/** Which bytes of a file an answer has. */
export interface AnswerRange {
  readonly start: number;
  /** The last not included. */
  readonly end: number;
  /** Bytes of the whole file, absent for `*`. */
  readonly total?: number;
}

/** `Content-Range: bytes 0-99/1000`; `undefined` when there is none that can be understood. */
export function contentRange(headers: HeaderFields): AnswerRange | undefined {
  const field = headers['content-range'];
  const match = typeof field === 'string' ? /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(field.trim()) : null;
  if (match === null) return undefined;
  const [start, last] = [Number(match[1]), Number(match[2])];
  if (last < start) return undefined;
  return { start, end: last + 1, ...(match[3] === '*' ? {} : { total: Number(match[3]) }) };
}

/** `Content-Length` in bytes; `undefined` when there is none. */
export function contentLength(headers: HeaderFields): number | undefined {
  const field = headers['content-length'];
  return typeof field === 'string' && /^\d{1,15}$/.test(field.trim()) ? Number(field) : undefined;
}
