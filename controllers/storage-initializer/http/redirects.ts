import { isUtf8 } from 'node:buffer';
import { displayUri } from '../display-uri';
import { StorageError } from '../storage-error';
import type { AnswerHead } from './http-client';
import { addressRefused, isRefused, type RefusedAddresses } from './refused-addresses';

/** How the redirects of a request are taken. */
export interface RedirectRules {
  /** Most redirects of one request. @default 10 */
  readonly most?: number;
}

/** Fields that say what is wanted and nothing about who wants it. */
const harmless: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'user-agent',
]);

/**
 * Where a redirect leads; `undefined` for an answer that is none.
 *
 * @param refused addresses that it may not lead to
 * @throws StorageError for too many, for another protocol, from HTTPS to HTTP, and to a refused address
 */
export function redirectTarget(
  answer: AnswerHead,
  followed: number,
  { most = 10 }: RedirectRules,
  refused: RefusedAddresses,
): string | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const { location } = answer.headers;
  if (typeof location !== 'string') return undefined;
  const from = displayUri(answer.url);
  if (followed >= most) throw new StorageError('other', `${from}: more than ${most} redirects`);
  const target = URL.parse(asUtf8(location), answer.url);
  if (target === null) throw new StorageError('other', `${from}: redirected to something that is no URL`);
  const to = displayUri(target.href);
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw new StorageError('unsafe', `${from}: redirect to ${to} refused, it leaves HTTP`);
  }
  if (target.protocol === 'http:' && answer.url.startsWith('https:')) {
    throw new StorageError('unsafe', `${from}: redirect to ${to} refused, it leaves HTTPS`);
  }
  if (isRefused(target.hostname, refused)) throw addressRefused(`${from}: redirect to ${to}`, target.hostname);
  // Credentials in it are not ours; a request can't have them in its URL.
  target.username = '';
  target.password = '';
  target.hash = '';
  return target.href;
}

/** The header fields that may go to another origin: no credential is among them, whatever it is called. */
export function forOtherOrigin(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name.toLowerCase())));
}

/** Fields come as Latin-1, servers write UTF-8 into this one. */
function asUtf8(location: string): string {
  const bytes = Buffer.from(location, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : location;
}
