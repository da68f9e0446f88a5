import { join } from 'node:path';
import { azuriteAccount, expectedSharedKey } from './azure-signatures';
import { startStorageProcess } from './storage-process';

/** Azure's blob storage on this machine: Microsoft's Azurite, with the account `devstoreaccount1`. */
export interface Azurite {
  /** Endpoint of the account. */
  readonly endpoint: string;
  /** @param access who may read and list without credentials; @default nobody */
  makeContainer(container: string, access?: 'container'): Promise<void>;
  put(container: string, name: string, content: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  putAll(container: string, blobs: Readonly<Record<string, string>>): Promise<void>;
  remove(container: string, name: string): Promise<void>;
  close(): Promise<void>;
}

export async function startAzurite(): Promise<Azurite> {
  const program = join(require.resolve('azurite/package.json'), '..', 'dist/src/blob/main.js');
  const server = await startStorageProcess('azurite', (port) => [
    process.execPath,
    program,
    ...['--blobHost', '127.0.0.1', '--blobPort', String(port), '--inMemoryPersistence'],
    ...['--silent', '--disableTelemetry', '--skipApiVersionCheck'],
  ]);
  const endpoint = `${server.url}/${azuriteAccount.account}`;
  const call = async (
    method: string,
    address: string,
    headers: Readonly<Record<string, string>> = {},
    body: Buffer = Buffer.alloc(0),
  ) => {
    const url = new URL(`${endpoint}/${address}`);
    const sent = {
      'content-length': String(body.length),
      'content-type': 'application/octet-stream',
      'x-ms-version': '2020-12-06',
      'x-ms-date': new Date().toUTCString(),
      ...headers,
    };
    const authorization = expectedSharedKey(azuriteAccount, method, url.pathname, url.searchParams, sent);
    const { 'content-length': _length, ...rest } = sent;
    const answer = await fetch(url, {
      method,
      headers: { ...rest, authorization },
      ...(method === 'DELETE' ? {} : { body }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
  };
  const address = (container: string, name: string) =>
    `${container}/${name.split('/').map(encodeURIComponent).join('/')}`;
  const put: Azurite['put'] = (container, name, content, headers = {}) =>
    call('PUT', address(container, name), { 'x-ms-blob-type': 'BlockBlob', ...headers }, Buffer.from(content));
  return {
    endpoint,
    put,
    makeContainer: (container, access) =>
      call('PUT', `${container}?restype=container`, access === undefined ? {} : { 'x-ms-blob-public-access': access }),
    async putAll(container, blobs) {
      for (const [name, content] of Object.entries(blobs)) await put(container, name, content);
    },
    remove: (container, name) => call('DELETE', address(container, name)),
    close: () => server.close(),
  };
}
