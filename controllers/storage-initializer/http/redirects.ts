import { StorageError } from '../storage-error';
import { displayUri } from '../display-uri';
import type { AnswerHead } from './http-client';

/** How the redirects of a request are taken. */
export interface RedirectRules {
  /** Most redirects of one request. @default 10 */
  readonly most?: number;
}

/** Fields that say what is wanted and nothing about who wants it. */
const harmless: ReadonlySet<string> = new Set([
  'accept',
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'user-agent',
]);

/**
 * Where a redirect leads; `undefined` for an answer that is none.
 *
 * @throws StorageError for too many, for another protocol, from HTTPS to HTTP, and to a link-local address
 */
export function redirectTarget(answer: AnswerHead, followed: number, { most = 10 }: RedirectRules): string | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const location = answer.headers['location'];
  if (typeof location !== 'string') return undefined;
  const from = displayUri(answer.url);
  if (followed >= most) throw new StorageError('other', `${from}: more than ${most} redirects`);
  const target = URL.parse(location, answer.url);
  if (target === null) throw new StorageError('other', `${from}: redirected to ${JSON.stringify(location)}, no URL`);
  if (target.protocol !== 'https:' && (target.protocol !== 'http:' || answer.url.startsWith('https:'))) {
    throw new StorageError('unsafe', `${from}: redirect to ${displayUri(target.href)} refused, it leaves HTTPS`);
  }
  if (isLinkLocal(target.hostname)) {
    throw new StorageError('unsafe', `${from}: redirect to the link-local address ${target.host} refused`);
  }
  target.hash = '';
  return target.href;
}

/** The header fields that may go to another origin: no credential is among them, whatever it is called. */
export function forOtherOrigin(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name.toLowerCase())));
}

/**
 * Whether an address is one that no model is ever served from and that gives out secrets: link-local, where clouds have their metadata
 * servers, and the two metadata addresses outside of it (AWS's in IPv6, Alibaba's). Names are looked at when they are resolved.
 */
export function isLinkLocal(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').toLowerCase();
  const mapped = /^::ffff:(?:([0-9.]+)|([0-9a-f]+):([0-9a-f]+))$/.exec(address);
  if (mapped !== null) return isLinkLocal(mapped[1] ?? dotted(mapped[2] ?? '0', mapped[3] ?? '0'));
  return (
    address.startsWith('169.254.') ||
    /^fe[89ab][0-9a-f]:/.test(address) ||
    address === 'fd00:ec2::254' ||
    address === '100.100.100.200'
  );
}

function dotted(high: string, low: string): string {
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
