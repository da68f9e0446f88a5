import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { Agent, request } from 'undici';
import { CertificateFiles } from '../../../../controllers/runtime/certificate-files';
import { realClock } from '../../../../controllers/runtime/clock';
import { createMetrics } from '../../../../controllers/runtime/metrics';
import type { ServerCertificate } from '../../../../controllers/runtime/self-signed-certificate';
import { newCertificateSet } from '../../../../controllers/runtime/webhooks/certificate-set';
import { cipherList } from '../../../../controllers/runtime/webhooks/tls-suites';
import {
  WebhookServer,
  type AdmissionHandler,
  type WebhookServerOptions,
} from '../../../../controllers/runtime/webhooks/webhook-server';
import { waitFor } from '../../../cluster/wait-for';
import { logLines } from '../log-lines';
import { ManualClock } from '../manual-clock';

const newSet = () => newCertificateSet({ hosts: ['127.0.0.1'], lifeMs: 3_600_000, settleMs: 0 }, Date.now());
const first = newSet();
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const allow: AdmissionHandler = async () => ({ allowed: true });

async function serve(handle: AdmissionHandler = allow, options: Partial<WebhookServerOptions> = {}) {
  const { log, lines } = logLines();
  const metrics = createMetrics({ process: false });
  const server = new WebhookServer({
    webhooks: { '/review': { name: 'test', handle } },
    address: { host: '127.0.0.1', port: 0 },
    certificate: () => first.serving,
    clock: realClock,
    log,
    metrics,
    lingerMs: 0,
    drainMs: 2_000,
    ...options,
  });
  const address = await server.listen();
  const dispatcher = new Agent({ connect: { ca: first.authority.cert } });
  endings.push(
    () => server.close(),
    () => dispatcher.close(),
  );
  const post = async (body: string, path = '/review') => {
    const answer = await request(`https://${address}${path}`, { method: 'POST', body, dispatcher });
    const text = await answer.body.text();
    return { status: answer.statusCode, review: (text.startsWith('{') ? JSON.parse(text) : text) as unknown };
  };
  return { server, address, post, lines, metrics, dispatcher };
}

function review(apiVersion = 'admission.k8s.io/v1', more: object = {}): string {
  return JSON.stringify({
    apiVersion,
    kind: 'AdmissionReview',
    request: {
      uid: '1-2-3',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      operation: 'CREATE',
      object: { data: { a: '1' } },
      oldObject: null,
      ...more,
    },
  });
}

/** The certificate that a new connection gets, or what goes wrong. */
async function handshake(address: string, options: ConnectionOptions = {}): Promise<string | undefined> {
  const socket = connect({
    host: '127.0.0.1',
    port: Number(address.split(':').at(-1)),
    rejectUnauthorized: false,
    ...options,
  });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().fingerprint256;
  } finally {
    socket.destroy();
  }
}

const fingerprint = ({ cert }: ServerCertificate) => new X509Certificate(cert).fingerprint256;

describe('an answer', () => {
  it.each(['v1', 'v1beta1'])('has the version %s of its question and a patch in base64', async (version) => {
    const { post } = await serve(async () => ({ allowed: true, object: { data: { a: '2' } }, warnings: ['old'] }));
    const apiVersion = `admission.k8s.io/${version}`;
    const patch = Buffer.from('[{"op":"replace","path":"/data/a","value":"2"}]').toString('base64');
    expect(await post(review(apiVersion))).toEqual({
      status: 200,
      review: {
        apiVersion,
        kind: 'AdmissionReview',
        response: {
          uid: '1-2-3',
          allowed: true,
          patch,
          patchType: 'JSONPatch',
          status: { metadata: {}, code: 200 },
          warnings: ['old'],
        },
      },
    });
  });

  it('has no patch when nothing changes', async () => {
    const { post } = await serve(async () => ({ allowed: true, object: { data: { a: '1' } } }));
    const { review: answer } = await post(review());
    expect(answer).toMatchObject({ response: { allowed: true } });
    expect(JSON.stringify(answer)).not.toContain('patch');
  });

  it('that refuses is a 403 with reason Forbidden', async () => {
    const { post } = await serve(async () => ({ allowed: false, message: 'no' }));
    expect((await post(review())).review).toMatchObject({
      response: { uid: '1-2-3', allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no' } },
    });
  });

  it.each([
    ['', 400, 'the request body is empty'],
    ['{', 400, 'not JSON'],
    ['{"apiVersion":"admission.k8s.io/v2","kind":"AdmissionReview"}', 400, 'apiVersion'],
    [review('admission.k8s.io/v1', { operation: 'GUESS' }), 400, 'request.operation'],
    ['x'.repeat(1_001), 413, 'larger than 1000 bytes'],
  ])('to what is no review, %.40s, is a %d', async (body, code, message) => {
    const { post } = await serve(allow, { bodyLimit: 1_000 });
    expect((await post(body)).review).toMatchObject({
      response: { allowed: false, status: { code, message: expect.stringContaining(message) as string } },
    });
    expect(await post(review())).toMatchObject({ review: { response: { allowed: true } } });
  });

  it('at another path is a 404', async () => {
    const { post } = await serve();
    expect(await post(review(), '/elsewhere')).toEqual({ status: 404, review: 'not found: there are /review\n' });
  });
});

describe('a webhook server', () => {
  it('is not ready before it has a certificate, and then serves', async () => {
    const made: { certificate?: ServerCertificate } = {};
    const { server, address, post } = await serve(allow, { certificate: () => made.certificate });
    expect(server.notReady()).toBe('webhook server not started');
    await expect(handshake(address)).rejects.toThrow();
    made.certificate = first.serving;
    expect(server.notReady()).toBeUndefined();
    expect(await post(review())).toMatchObject({ status: 200 });
  });

  it('serves renewed certificate files without a restart, and ends connections that were opened before', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-webhook-'));
    endings.push(() => rm(directory, { recursive: true }));
    const write = async ({ cert, key }: ServerCertificate) => {
      await writeFile(join(directory, 'tls.crt'), cert);
      await writeFile(join(directory, 'tls.key'), key);
    };
    await write(first.serving);
    const clock = new ManualClock();
    const { log } = logLines();
    const files = new CertificateFiles({ directory, purpose: 'webhooks', setting: 'directory', clock, log });
    const { address, post, metrics, dispatcher } = await serve(allow, {
      certificate: () => files.renewed() ?? files.current,
    });
    let closed = 0;
    dispatcher.on('disconnect', () => (closed += 1));
    await post(review());
    await post(review());
    expect([await handshake(address), closed]).toEqual([fingerprint(first.serving), 0]);
    const second = newSet();
    await write(second.serving);
    await clock.advance(5_000);
    expect(await handshake(address)).toBe(fingerprint(second.serving));
    expect(await post(review())).toMatchObject({ status: 200 });
    await waitFor('the old connection to end', () => closed === 1);
    const notAfter = new X509Certificate(second.serving.cert).validToDate.getTime() / 1000;
    expect(await metrics.text()).toContain(`slipway_webhook_certificate_not_after_seconds ${notAfter}`);
  });

  it('insists on its TLS version and suites (§14.1)', async () => {
    const { address } = await serve(allow, { minVersion: 'TLSv1.3' });
    await expect(handshake(address, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    const ciphers = cipherList(['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384']);
    const { address: limited } = await serve(allow, { ciphers });
    const only = (name: string) => ({ maxVersion: 'TLSv1.2', ciphers: name }) as const;
    expect(await handshake(limited, only('ECDHE-ECDSA-AES256-GCM-SHA384'))).toBe(fingerprint(first.serving));
    await expect(handshake(limited, only('ECDHE-ECDSA-AES128-GCM-SHA256'))).rejects.toThrow();
    expect(() => cipherList(['TLS_NULL'])).toThrow(
      '--tls-cipher-suites: unknown suite "TLS_NULL", allowed are TLS_AES',
    );
  });

  it('answers what it has begun when it is stopped, and nothing after that', async () => {
    const going = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { server, post, address } = await serve(async () => {
      begun.resolve();
      await going.promise;
      return { allowed: true };
    });
    const answer = post(review());
    await begun.promise;
    const closed = server.close();
    expect(server.notReady()).toBe('webhook server is stopping');
    going.resolve();
    expect(await answer).toMatchObject({ status: 200, review: { response: { allowed: true } } });
    await closed;
    await expect(handshake(address)).rejects.toThrow('ECONNREFUSED');
  });
});
