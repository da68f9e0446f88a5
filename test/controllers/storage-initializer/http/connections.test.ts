import { ConnectionError } from '../../../../controllers/storage-initializer/http/connection-error';
import type { HttpClient, HttpClientOptions } from '../../../../controllers/storage-initializer/http/http-client';
import { serveFile, startFileServer, type FileServer } from '../../../storage-servers/file-server';
import { startProxyServer, type ProxyManner, type ProxyServer } from '../../../storage-servers/proxy-server';
import { clientWith } from './test-client';

const never = new AbortController().signal;
const credentials = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
let manner: ProxyManner = 'open';
let plain: FileServer;
let secure: FileServer;
let proxy: ProxyServer;

beforeAll(async () => {
  plain = await startFileServer((request, response) => serveFile(request, response, { content: 'plain' }));
  secure = await startFileServer((request, response) => serveFile(request, response, { content: 'secure' }), {
    tls: true,
  });
  proxy = await startProxyServer(() => manner);
});

afterAll(async () => {
  await Promise.all([plain.close(), secure.close(), proxy.close()]);
});

beforeEach(() => {
  manner = 'open';
});

/** Works with a client, and closes it. */
async function withClient<T>(options: Partial<HttpClientOptions>, work: (http: HttpClient) => Promise<T>): Promise<T> {
  const http = clientWith(options);
  try {
    return await work(http);
  } finally {
    await http.close();
  }
}

const get = (url: string, options: Partial<HttpClientOptions>) =>
  withClient(options, async (http) => (await http.send({ url }, never)).body);

/** What a request fails with. */
async function failure(url: string, options: Partial<HttpClientOptions>): Promise<ConnectionError> {
  const error: unknown = await get(url, options).catch((reason: unknown) => reason);
  if (error instanceof ConnectionError) return error;
  throw new Error(`expected an error of the connection, got ${String(error)}`);
}

const throughProxy = () => {
  const url = `http://me:p%40ss@127.0.0.1:${proxy.port}`;
  return { environment: { HTTP_PROXY: url, HTTPS_PROXY: url }, ca: [secure.ca] };
};

describe('a server with a certificate', () => {
  it('is trusted when its authority is', async () => {
    expect(await get(`${secure.url}/a`, { ca: [secure.ca] })).toBe('secure');
  });

  it('is not trusted otherwise: at once, and the message says where authorities are named', async () => {
    const { code, lasting, message } = await failure(`${secure.url}/a`, {});
    expect(code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(lasting).toBe(true);
    expect(message).toContain(
      'is the authority of the server in the file of REQUESTS_CA_BUNDLE, SSL_CERT_FILE or CA_BUNDLE_CONFIGMAP_NAME?',
    );
    const ownVariable = await failure(`${secure.url}/a`, { trustVariables: 'AWS_CA_BUNDLE' });
    expect(ownVariable.message).toMatch(/in the file of AWS_CA_BUNDLE\?$/);
  });

  it('is taken as it is when nothing is to be verified', async () => {
    expect(await get(`${secure.url}/a`, { insecure: true })).toBe('secure');
  });

  it('for another name is refused at once', async () => {
    const { code, lasting, message } = await failure(`https://127.0.0.1:${secure.port}/a`, { ca: [secure.ca] });
    expect({ code, lasting }).toEqual({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', lasting: true });
    expect(message).toContain('127.0.0.1');
  });

  it('that it does not have is told as what it is', async () => {
    const { lasting, message } = await failure(`https://127.0.0.1:${plain.port}/a`, {});
    expect(lasting).toBe(true);
    expect(message).toMatch(/does the server speak HTTPS\?$/);
  });
});

describe('a proxy', () => {
  it('is asked for plain HTTP, with its credentials', async () => {
    expect(await get(`${plain.url}/a?b=c`, throughProxy())).toBe('plain');
    expect(proxy.seen.at(-1)).toBe(`GET ${plain.url}/a?b=c ${credentials}`);
  });

  it('is a tunnel for HTTPS, with its credentials and the trust of the server', async () => {
    expect(await get(`${secure.url}/a`, throughProxy())).toBe('secure');
    expect(proxy.seen.at(-1)).toBe(`CONNECT localhost:${secure.port} ${credentials}`);
    expect(secure.seen.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
    const untrusted = await failure(`${secure.url}/a`, { environment: throughProxy().environment });
    expect(untrusted).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', lasting: true });
  });

  it('is passed by for the hosts of NO_PROXY, loopback too', async () => {
    const before = proxy.seen.length;
    const environment = { ...throughProxy().environment, NO_PROXY: 'localhost,127.0.0.0/8' };
    expect(await get(`${secure.url}/a`, { environment, ca: [secure.ca] })).toBe('secure');
    expect(await get(`${plain.url}/a`, { environment })).toBe('plain');
    expect(proxy.seen.length).toBe(before);
  });

  it.each([407, 403, 400])(
    'that refuses a tunnel with %d is named with the status, at once, without its password (SD-12)',
    async (status) => {
      manner = status;
      const before = proxy.seen.length;
      const { lasting, message } = await failure(`${secure.url}/a`, throughProxy());
      expect(message).toContain(
        `the proxy http://127.0.0.1:${proxy.port} refused the connection with status ${status}`,
      );
      expect(message).not.toMatch(/p@ss|p%40ss|s3cret/);
      expect(lasting).toBe(true);
      expect(proxy.seen.length - before).toBe(1);
    },
  );

  it('that is out of order is asked again (SD-07)', async () => {
    manner = 503;
    const before = proxy.seen.length;
    const { lasting, message } = await failure(`${secure.url}/a`, throughProxy());
    expect(message).toContain('refused the connection with status 503');
    expect(lasting).toBe(false);
    expect(proxy.seen.length - before).toBe(3);
  });

  it('that wants credentials for plain HTTP is told from a server that does', async () => {
    manner = 407;
    const { lasting, message } = await failure(`${plain.url}/a`, throughProxy());
    expect(message).toBe(
      `the proxy http://127.0.0.1:${proxy.port} refused the connection with status 407, verify the user name and password in its URL`,
    );
    expect(lasting).toBe(true);
  });

  it('that says nothing is waited for as long as for a connection', async () => {
    manner = 'silent';
    const began = performance.now();
    const { message } = await failure(`${secure.url}/a`, { ...throughProxy(), attempts: 1 });
    expect(message).toContain(`through the proxy http://127.0.0.1:${proxy.port}: no answer within 1 s`);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('that is not there is named', async () => {
    const gone = await startProxyServer(() => 'open');
    await gone.close();
    const environment = { http_proxy: `http://me:s3cret@127.0.0.1:${gone.port}` };
    const { code, message } = await failure(`${plain.url}/a`, { environment });
    expect(code).toBe('ECONNREFUSED');
    expect(message).toBe(
      `through the proxy http://127.0.0.1:${gone.port}: connect ECONNREFUSED 127.0.0.1:${gone.port}`,
    );
  });
});

describe('connections that refuse addresses', () => {
  it('refuse a redirect by what its name resolves to (SD-08)', async () => {
    const redirecting = await startFileServer((_request, response) =>
      response.writeHead(302, { location: `http://localhost:${plain.port}/a` }).end(),
    );
    try {
      const url = `http://127.0.0.1:${redirecting.port}/a`;
      const followed = await withClient({}, (http) => http.send({ url, redirects: {} }, never));
      expect(followed.body).toBe('plain');
      const before = plain.seen.length;
      const refused = withClient({ refuse: 'local' }, (http) =>
        http.send({ url: `http://localhost:${redirecting.port}/a`, redirects: {} }, never),
      );
      await expect(refused).rejects.toThrow('is an address of the pod itself');
      expect(plain.seen.length).toBe(before);
    } finally {
      await redirecting.close();
    }
  });
});
