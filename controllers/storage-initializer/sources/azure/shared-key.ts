import { createHmac } from 'node:crypto';

/** A request as it is signed: nothing but what the signature covers. */
export interface SignedRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Fields whose values stand in the text at a place of their own, in this order; the length of a GET is empty. */
const placed = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/**
 * The `Authorization` of a request to Azure's storage, signed with the account's key (Shared Key, as of version 2015-02-21).
 *
 * @param key Base64
 */
export function sharedKeyAuthorization(account: string, key: string, request: SignedRequest): string {
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(textToSign(account, request))
    .digest('base64');
  return `SharedKey ${account}:${signature}`;
}

/** Method, the fields with a place, the `x-ms-` fields and the query by their names, one a line. */
function textToSign(account: string, { method, url, headers }: SignedRequest): string {
  const { pathname, searchParams } = new URL(url);
  const microsoft = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-ms-'))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}`);
  const query = [...new Set([...searchParams.keys()])]
    .sort()
    .map((name) => `${name.toLowerCase()}:${searchParams.getAll(name).sort().join(',')}`);
  return [method, ...placed.map((name) => headers[name] ?? ''), ...microsoft, `/${account}${pathname}`, ...query].join(
    '\n',
  );
}
