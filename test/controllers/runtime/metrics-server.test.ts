import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Agent, request } from 'undici';
import { listen } from '../../../controllers/runtime/bind-address';
import { CertificateFiles } from '../../../controllers/runtime/certificate-files';
import { realClock } from '../../../controllers/runtime/clock';
import { MetricsAccess } from '../../../controllers/runtime/metrics-access';
import { secureMetricsServer } from '../../../controllers/runtime/metrics-server';
import { selfSignedCertificate, type ServerCertificate } from '../../../controllers/runtime/self-signed-certificate';
import { testCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { logLines } from './log-lines';
import { ManualClock } from './manual-clock';
import { runtimeClient } from './runtime-client';

describe('a self-signed certificate', () => {
  it('is good for a year for its name, signed by its own key', () => {
    const now = Date.UTC(2026, 5, 1);
    const certificate = new X509Certificate(selfSignedCertificate('metrics.example', now).cert);
    expect(certificate.checkHost('metrics.example')).toBe('metrics.example');
    expect(certificate.checkHost('other.example')).toBeUndefined();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.validFromDate).toEqual(new Date(now - 300_000));
    expect(certificate.validToDate).toEqual(new Date('2027-06-01T00:00:00Z'));
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('writes years from 2050 on with four digits', () => {
    const { validToDate } = new X509Certificate(selfSignedCertificate('localhost', Date.UTC(2049, 11, 1)).cert);
    expect(validToDate).toEqual(new Date('2050-12-01T00:00:00Z'));
  });
});

describe('the secure metrics server', () => {
  const cluster = testCluster();
  const { client, connection, metrics } = runtimeClient({
    url: cluster.url,
    ca: cluster.ca,
    token: cluster.adminToken,
  });
  const { log } = logLines();
  const certificate = selfSignedCertificate('localhost', Date.now());
  const server = secureMetricsServer({ metrics, certificate, log, access: new MetricsAccess(client, realClock) });
  const dispatcher = new Agent({ connect: { ca: certificate.cert, servername: 'localhost' } });
  let address: string;

  beforeAll(async () => {
    address = await listen(server, { host: '127.0.0.1', port: 0 }, 'metrics');
  });
  afterAll(async () => {
    await dispatcher.close();
    await new Promise((resolve) => server.close(resolve));
    await connection.close();
  });

  async function scrape(token?: string) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { statusCode, body } = await request(`https://${address}/metrics`, { dispatcher, headers });
    return { status: statusCode, text: await body.text() };
  }

  it('refuses callers without a token, and with one the API server does not know', async () => {
    expect(await scrape()).toEqual({ status: 401, text: 'unauthorized: give a bearer token\n' });
    expect((await scrape('made-up')).status).toBe(401);
  });

  it('refuses callers without permission and serves those who have it', async () => {
    const namespace = await cluster.namespace('metrics');
    const outsider = await cluster.serviceAccount(namespace, 'outsider');
    expect(await scrape(outsider.token)).toEqual({ status: 403, text: 'forbidden: no permission to get /metrics\n' });

    const scraper = await cluster.serviceAccount(namespace, 'scraper');
    const api = 'rbac.authorization.k8s.io';
    const name = `${namespace}-metrics-reader`;
    const rules = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
    const role = { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
    const subjects = [{ kind: 'ServiceAccount', name: 'scraper', namespace }];
    const roleRef = { apiGroup: api, kind: 'ClusterRole', name };
    const binding = { apiVersion: `${api}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, subjects, roleRef };
    await cluster.create(role);
    await cluster.create(binding);
    try {
      const allowed = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
      const spec = { user: scraper.username, nonResourceAttributes: { path: '/metrics', verb: 'get' } };
      await waitFor('the permission to work', async () => {
        const body = { ...allowed, spec };
        const answer = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body });
        return JSON.stringify(answer.body).includes('"allowed":true');
      });
      const { status, text } = await scrape(scraper.token);
      expect(status).toBe(200);
      expect(text).toContain('rest_client_requests_total');
    } finally {
      await cluster.remove(binding);
      await cluster.remove(role);
    }
  });

  it('does not offer HTTP/2', async () => {
    const [host, port] = address.split(':');
    const options = {
      host,
      port: Number(port),
      ca: certificate.cert,
      servername: 'localhost',
      ALPNProtocols: ['h2', 'http/1.1'],
    };
    const { promise, resolve, reject } = Promise.withResolvers<string | false | null>();
    const socket = connect(options, () => resolve(socket.alpnProtocol));
    socket.on('error', reject);
    expect(await promise).toBe('http/1.1');
    socket.destroy();
  });
});

describe('a certificate in files', () => {
  const { log, lines } = logLines();
  const clock = new ManualClock();
  let directory: string;
  const write = async (certificate: { readonly cert: string; readonly key: string }) => {
    await writeFile(join(directory, 'tls.crt'), certificate.cert);
    await writeFile(join(directory, 'tls.key'), certificate.key);
  };
  const [first, second] = [1, 2].map(() => selfSignedCertificate('localhost', Date.now())) as [
    ServerCertificate,
    ServerCertificate,
  ];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-certificate-'));
    await write(first);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const certificateFiles = () =>
    new CertificateFiles({ directory, purpose: 'metrics', setting: '--metrics-cert-path', clock, log });

  it('is served anew once it was renewed, without a restart', async () => {
    const files = certificateFiles();
    const { client, connection, metrics } = runtimeClient({ url: 'https://127.0.0.1:1', ca: first.cert, token: '' });
    const access = new MetricsAccess(client, clock);
    const server = secureMetricsServer({
      metrics,
      access,
      log,
      certificate: files.current,
      renewed: () => files.renewed(),
    });
    const address = await listen(server, { host: '127.0.0.1', port: 0 }, 'metrics');
    const served = async () => {
      const socket = connect({ host: '127.0.0.1', port: Number(address.split(':').at(-1)), rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    try {
      expect(await served()).toBe(new X509Certificate(first.cert).fingerprint256);
      await write(second);
      await clock.advance(5_000);
      expect(await served()).toBe(new X509Certificate(second.cert).fingerprint256);
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await connection.close();
    }
  });

  it('stays the last good one when key and certificate do not fit together, and says so', async () => {
    const files = certificateFiles();
    await writeFile(join(directory, 'tls.key'), second.key);
    await clock.advance(5_000);
    expect(files.renewed()).toBeUndefined();
    expect(files.current).toEqual(first);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'certificate of metrics not read: serving the last one', directory }),
    );
  });

  it('that is not there is a wrong command line', async () => {
    await rm(join(directory, 'tls.key'));
    expect(() => certificateFiles()).toThrow(
      `--metrics-cert-path: reading tls.crt and tls.key in ${directory}: ENOENT`,
    );
  });
});
