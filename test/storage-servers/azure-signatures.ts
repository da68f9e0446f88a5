import { createHmac } from 'node:crypto';

/** The account that Azurite has, with its published key. */
export const azuriteAccount = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
} as const;

/**
 * Shared Key as Azure's documentation describes it, written for the tests: what signs their own requests and what a double verifies must
 * not be the code under test.
 *
 * @param path of the URL as it is sent
 */
export function expectedSharedKey(
  { account, key }: { readonly account: string; readonly key: string },
  method: string,
  path: string,
  query: URLSearchParams,
  headers: Readonly<Record<string, string | undefined>>,
): string {
  const field = (name: string) => headers[name] ?? '';
  const length = field('content-length') === '0' ? '' : field('content-length');
  const lines = [
    `${method}\n${field('content-encoding')}\n${field('content-language')}\n${length}\n${field('content-md5')}`,
    `${field('content-type')}\n${field('date')}\n${field('if-modified-since')}\n${field('if-match')}`,
    `${field('if-none-match')}\n${field('if-unmodified-since')}\n${field('range')}`,
  ];
  for (const name of Object.keys(headers)
    .filter((header) => header.startsWith('x-ms-'))
    .sort()) {
    lines.push(`${name}:${field(name)}`);
  }
  lines.push(`/${account}${path}`);
  for (const name of [...new Set(query.keys())].sort()) lines.push(`${name}:${query.getAll(name).sort().join(',')}`);
  return `SharedKey ${account}:${hmac(key, lines.join('\n'))}`;
}

/** A service SAS (version 2020-12-06) that lets read and list, until an hour from now. */
export function serviceSignature(
  { account, key }: { readonly account: string; readonly key: string },
  service: 'blob' | 'file',
  container: string,
  permissions = 'rl',
): string {
  const expiry = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const kind = service === 'blob' ? 'c' : 's';
  const sv = '2020-12-06';
  const resource = `/${service}/${account}/${container}`;
  // Blobs have two fields more: snapshot and encryption scope.
  const ending = service === 'blob' ? ['', '', '', '', '', '', ''] : ['', '', '', '', ''];
  const head = [permissions, '', expiry, resource, '', '', '', sv];
  const text = (service === 'blob' ? [...head, kind, ...ending] : [...head, ...ending]).join('\n');
  return new URLSearchParams({ sp: permissions, se: expiry, sv, sr: kind, sig: hmac(key, text) }).toString();
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');
}
