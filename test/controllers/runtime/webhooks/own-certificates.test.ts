import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { realClock, realRandom, type Clock } from '../../../../controllers/runtime/clock';
import { Manager } from '../../../../controllers/runtime/manager';
import { OwnCertificates } from '../../../../controllers/runtime/webhooks/own-certificates';
import { WebhookServer } from '../../../../controllers/runtime/webhooks/webhook-server';
import { testCluster } from '../../../cluster/test-cluster';
import { waitFor } from '../../../cluster/wait-for';
import { logLines } from '../log-lines';
import { ManualClock } from '../manual-clock';
import { runtimeClient } from '../runtime-client';
import { webhookConfiguration } from './webhook-configuration';

const cluster = testCluster();
const endings: (() => Promise<unknown>)[] = [];
const hour = 3_600_000;
let namespace: string;
let count = 0;

beforeEach(async () => {
  namespace = await cluster.namespace('certificates');
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Ports that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

type Configuration = ReturnType<typeof webhookConfiguration>;

interface Stage {
  readonly configurations: readonly Configuration[];
  readonly port: number;
}

/** Two configurations that nobody trusts anything in yet, both answered at one port. */
async function stage(): Promise<Stage> {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}/review`;
  const configurations = (['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const).map((kind) =>
    webhookConfiguration({ kind, namespace, url, timeout: 5 }),
  );
  for (const configuration of configurations) {
    await cluster.create(configuration);
    endings.push(() => cluster.remove(configuration));
  }
  return { configurations, port };
}

/** A process that serves the webhooks under certificates of its own. */
async function replica(
  { configurations, port }: Stage,
  { clock = realClock, serves = true }: { readonly clock?: Clock; readonly serves?: boolean } = {},
) {
  const { client, connection, metrics } = runtimeClient({
    url: cluster.url,
    ca: cluster.ca,
    token: cluster.adminToken,
  });
  const { log, lines } = logLines();
  const manager = new Manager({ client, clock: realClock, random: realRandom, log, metrics });
  const namesOf = (kind: string) =>
    configurations.flatMap((configuration) => (configuration.kind === kind ? [configuration.metadata.name] : []));
  const certificates = new OwnCertificates(
    {
      client,
      secret: { namespace, name: 'certificates' },
      configurations: {
        mutating: namesOf('MutatingWebhookConfiguration'),
        validating: namesOf('ValidatingWebhookConfiguration'),
      },
      hosts: ['127.0.0.1', 'hook.default.svc'],
      fieldManager: 'slipway-test',
      clock,
      random: realRandom,
      log,
      validHours: 3,
      settleMinutes: 1,
    },
    manager,
  );
  const server = new WebhookServer({
    webhooks: { '/review': { name: 'test', handle: async () => ({ allowed: true }) } },
    address: { host: '127.0.0.1', port: serves ? port : 0 },
    certificate: () => certificates.current,
    upkeep: (signal) => certificates.run(signal),
    clock: realClock,
    log,
    metrics,
    lingerMs: 0,
    drainMs: 0,
  });
  manager.addServer(server);
  const stop = new AbortController();
  const running = manager.run(stop.signal);
  let ended: Promise<number> | undefined;
  const end = () => {
    stop.abort();
    return (ended ??= running.finally(() => connection.close()));
  };
  endings.push(end);
  return { certificates, server, lines, client, end };
}

const create = () =>
  cluster.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `reviewed-${(count += 1)}`, namespace, labels: { reviewed: '' } },
  });

/** What a configuration's webhooks trust, as certificates. */
async function trustedBy(configuration: Configuration): Promise<readonly X509Certificate[]> {
  const stored = await cluster.get(configuration);
  const [webhook] = stored['webhooks'] as readonly { readonly clientConfig: { readonly caBundle?: string } }[];
  const pem = Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString();
  return (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));
}

const secret = () => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certificates', namespace } });

async function secretText(key: string): Promise<string> {
  const data = (await cluster.get(secret()))['data'] as Readonly<Record<string, string>>;
  return Buffer.from(data[key] ?? '', 'base64').toString();
}

it('lets two replicas that start at once agree on one authority, and the API server trust what both serve', async () => {
  const place = await stage();
  const replicas = await Promise.all([replica(place), replica(place, { serves: false })]);
  await waitFor('both to have a certificate', () =>
    replicas.every(({ certificates }) => certificates.current !== undefined),
  );
  expect(replicas[0].certificates.current?.cert).toBe(replicas[1].certificates.current?.cert);
  expect(
    replicas.flatMap(({ lines }) => lines).filter(({ msg }) => msg === 'certificates of webhooks made'),
  ).toHaveLength(1);
  await waitFor('an admission', create);
  expect(replicas.map(({ server }) => server.notReady())).toEqual([undefined, undefined]);
  for (const configuration of place.configurations) {
    const trusted = await trustedBy(configuration);
    expect(trusted).toHaveLength(1);
    expect(trusted[0]?.ca).toBe(true);
    const served = new X509Certificate(replicas[0].certificates.current?.cert ?? '');
    expect(served.checkIssued(trusted[0] as X509Certificate)).toBe(true);
    expect(served.checkHost('hook.default.svc')).toBe('hook.default.svc');
  }
});

it('repairs a caBundle within 5 s when somebody overwrites it, and writes nothing when nothing has changed', async () => {
  const place = await stage();
  await replica(place);
  await replica(place, { serves: false });
  await waitFor('an admission', create);
  for (const configuration of place.configurations) {
    const trusted = await trustedBy(configuration);
    const bad = [
      { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: Buffer.from(cluster.ca).toString('base64') },
    ];
    await cluster.patch(configuration, bad, { type: 'json' });
    const right = (await waitFor(
      'the repair',
      async () => (await trustedBy(configuration))[0]?.fingerprint256 === trusted[0]?.fingerprint256,
      { timeout: 5_000 },
    )) as boolean;
    expect(right).toBe(true);
    // Nothing but the bundle was touched.
    expect(await cluster.get(configuration)).toMatchObject({ webhooks: [{ rules: configuration.webhooks[0]?.rules }] });
  }
  await waitFor('an admission', create);
  const versions = async () =>
    Promise.all(
      [secret(), ...place.configurations].map(async (one) => (await cluster.get(one)).metadata.resourceVersion),
    );
  const before = await versions();
  await replica(place, { serves: false });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await versions()).toEqual(before);
});

it('renews the authority at two thirds of its life without one failed admission at 50 per second', async () => {
  const place = await stage();
  // The clock of the controllers starts in the past, so that what is made after two thirds of three hours begins about now.
  const clock = new ManualClock(Date.now() - 2 * hour - 600_000);
  const { certificates } = await replica(place, { clock });
  const other = await replica(place, { clock, serves: false });
  await waitFor('an admission', async () => {
    await clock.advance(1_000);
    await create();
    return true;
  });
  const first = certificates.current?.cert;
  const failures: unknown[] = [];
  let admitted = 0;
  let storm = true;
  const inFlight = new Set<Promise<unknown>>();
  const asking = (async () => {
    while (storm) {
      const asked: Promise<unknown> = create().then(
        () => (admitted += 1),
        (error: unknown) => failures.push(error),
      );
      inFlight.add(asked);
      void asked.finally(() => inFlight.delete(asked));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(inFlight);
  })();
  const bundle = async () => (await trustedBy(place.configurations[0] as Configuration)).length;
  try {
    await waitFor('admissions', () => admitted > 50);
    await clock.advance(2 * hour);
    await waitFor('a second authority to be trusted', async () => {
      await clock.advance(1_000);
      return (await bundle()) === 2 && (await trustedBy(place.configurations[1] as Configuration)).length === 2;
    });
    // Trusted, but it does not sign yet.
    expect(certificates.current?.cert).toBe(first);
    const next = await secretText('next-ca.crt');
    await waitFor('the second authority to sign', async () => {
      await clock.advance(10_000);
      return certificates.current?.cert !== first && other.certificates.current?.cert === certificates.current?.cert;
    });
    expect(new X509Certificate(certificates.current?.cert ?? '').checkIssued(new X509Certificate(next))).toBe(true);
    expect(await secretText('ca.crt')).toBe(next);
    expect(await bundle()).toBe(2);
    const soFar = admitted;
    await waitFor('admissions under the new certificate', () => admitted > soFar + 50);
  } finally {
    storm = false;
    await asking;
  }
  expect(failures).toEqual([]);
  expect(admitted).toBeGreaterThan(100);
});

it('mends a Secret that was deleted, from memory, and begins a new authority', async () => {
  const place = await stage();
  const clock = new ManualClock(Date.now());
  const { certificates } = await replica(place, { clock });
  await waitFor('an admission', async () => {
    await clock.advance(1_000);
    await create();
    return true;
  });
  const before = certificates.current?.cert;
  await cluster.remove(secret());
  await waitFor('the Secret', async () => {
    await clock.advance(10_000);
    return (await cluster.find(secret())) !== undefined;
  });
  expect(await secretText('tls.crt')).toBe(before);
  expect(await secretText('next-ca.crt')).toContain('BEGIN CERTIFICATE');
  await create();
});
