import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryKeys } from '../../../../definitions/names/model-registry';
import { startForwardProxy, type ForwardProxy } from '../../../doubles/forward-proxy/forward-proxy';
import { startTlsFront, type TlsFront } from '../../../doubles/tls-front/tls-front';
import { inferenceServiceOf, Installation } from '../installation';

/**
 * How the registry of an InferenceService is found (checks 2 and 12): real Services on a real API server; a forward proxy plays
 * cluster DNS and leads every name to the registry double, `https` through a TLS front with a certificate of its own.
 */
let installation: Installation;
let proxy: ForwardProxy;
let front: TlsFront;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-ca-'));
  const caFile = join(directory, 'ca.pem');
  installation = await Installation.make({ registry: { caFiles: [caFile] } });
  front = await startTlsFront('registry.example.com', installation.registry.url);
  await writeFile(caFile, front.ca);
  proxy = await startForwardProxy((authority) =>
    /:(443|8443)$/.test(authority) ? front.url : installation.registry.url,
  );
  const variables = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
  await installation.start({ env: variables });
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await proxy?.close();
  await front?.close();
  await rm(directory, { recursive: true, force: true });
});

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly appProtocol?: string;
}

async function addService(
  namespace: string,
  name: string,
  parts: { readonly labels?: object; readonly annotations?: object; readonly ports?: readonly ServicePort[] } = {},
) {
  const {
    labels = { component: 'model-registry' },
    annotations = {},
    ports = [{ name: 'http-api', port: 8080 }],
  } = parts;
  const spec = ports.length === 0 ? { clusterIP: 'None', selector: { app: 'none' } } : { ports };
  await installation.cluster.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels, annotations },
    spec,
  });
}

/** An InferenceService that looks for its registry in its own namespace. */
const here = (namespace: string, labels: Record<string, string> = {}, annotations: Record<string, string> = {}) =>
  inferenceServiceOf(namespace, 'iris', { labels: { [registryKeys.namespace]: namespace, ...labels }, annotations });

async function created(object: ReturnType<typeof here>) {
  await installation.cluster.create(object);
  return object;
}

describe('check 2: the address of a registry', () => {
  it('RS-22, RS-26: is https://<value> of the annotation on its Service, verified against the CA file of the operator', async () => {
    const namespace = await installation.cluster.namespace('annotated');
    await addService(namespace, 'registry', {
      annotations: { 'modelregistry.kubeflow.org/service-url': ' registry.example.com/ ' },
    });
    await installation.linked(await created(here(namespace)));
    expect(proxy.asked).toContain('registry.example.com:443');
  });

  it('RS-22: under a certificate that nobody vouches for is refused, and says so', async () => {
    const namespace = await installation.cluster.namespace('untrusted');
    await addService(namespace, 'registry', {
      annotations: { 'modelregistry.kubeflow.org/service-url': 'other.example.com' },
    });
    const { note } = await installation.event(await created(here(namespace)), 'RegistryUnreachable');
    expect(note).toContain('at https://other.example.com/api/model_registry/v1alpha3/serving_environment');
    expect(note).toMatch(/altnames|CERT/i);
  });

  it('RS-21 reading (a): is the annotation on the InferenceService, whatever Services there are', async () => {
    const namespace = await installation.cluster.namespace('named-by-url');
    await addService(namespace, 'one');
    await addService(namespace, 'two');
    const object = await created(here(namespace, {}, { [registryKeys.url]: 'http://elsewhere.example.com:8080/' }));
    await installation.linked(object);
    expect(proxy.asked).toContain('elsewhere.example.com:8080');
  });

  it.each([
    [
      'user information',
      'https://user:secret@registry.example.com',
      'registry address "https://…@registry.example.com/" must not contain user information.',
    ],
    [
      'a loopback host',
      'http://localhost:8080',
      'registry address "http://localhost:8080" is a loopback or link-local address and localhost:8080 is not a trusted host.',
    ],
    [
      'the metadata service of a cloud',
      'http://169.254.169.254/',
      'registry address "http://169.254.169.254/" is a loopback or link-local address and 169.254.169.254 is not a trusted host.',
    ],
    [
      'another scheme',
      'ftp://registry.example.com',
      'registry address "ftp://registry.example.com" has scheme ftp, allowed: http, https.',
    ],
  ])('RS-20: with %s in an annotation is refused with an event that says why', async (_, url, note) => {
    const namespace = await installation.cluster.namespace('refused');
    const object = await created(here(namespace, {}, { [registryKeys.url]: url }));
    expect(await installation.event(object, 'RegistryRejected')).toMatchObject({ type: 'Warning', note });
    expect((await installation.stored(object))?.metadata.finalizers ?? []).toEqual([]);
  });

  it('RS-20: that redirects is not followed', async () => {
    const namespace = await installation.cluster.namespace('redirected');
    const asked = proxy.asked.length;
    const location = 'http://elsewhere-again.example.com/';
    const stop = installation.registry.inject({
      matches: ({ path }) => path.endsWith('/serving_environment'),
      fault: { kind: 'answer', status: 302, headers: { location }, body: '' },
    });
    const object = await created(here(namespace, {}, { [registryKeys.url]: 'http://redirecting.example.com' }));
    const { note } = await installation.event(object, 'RegistryUnreachable');
    stop();
    expect(note).toContain('302');
    expect(proxy.asked.slice(asked)).not.toContain('elsewhere-again.example.com:80');
    await installation.linked(object);
  });
});

describe('check 12: without a name label the registry', () => {
  it('RS-28b: is missed when there is none, in exactly these words', async () => {
    const namespace = await installation.cluster.namespace('none');
    const { note } = await installation.event(await created(here(namespace)), 'RegistryNotFound');
    expect(note).toBe(
      'Specify the namespace and the name of the Model Registry service to use by adding labels to the InferenceService.',
    );
  });

  it('RS-29: is the only Service with the label, other Services do not count', async () => {
    const namespace = await installation.cluster.namespace('one');
    await addService(namespace, 'catalog', { labels: { component: 'model-catalog' } });
    await addService(namespace, 'registry');
    await installation.linked(await created(here(namespace)));
    expect(proxy.asked).toContain(`registry.${namespace}.svc.cluster.local:8080`);
  });

  it('RS-28b, RS-37: is ambiguous when there are two, in exactly these words, and found when one of them goes', async () => {
    const namespace = await installation.cluster.namespace('two');
    await addService(namespace, 'one');
    await addService(namespace, 'two');
    const object = await created(here(namespace));
    const { note } = await installation.event(object, 'RegistryAmbiguous');
    expect(note).toBe(
      `More than one Model Registry service found in namespace ${namespace}. Specify which one to use via labels.`,
    );
    await installation.cluster.remove({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'one', namespace } });
    await installation.linked(object);
  });
});

describe('check 12: a named registry', () => {
  it('RS-28a: that does not exist is missed when there is no other', async () => {
    const namespace = await installation.cluster.namespace('misnamed-none');
    const object = await created(here(namespace, { [registryKeys.name]: 'model-registry' }));
    expect((await installation.event(object, 'RegistryNotFound')).note).toContain('Specify the namespace and the name');
  });

  it('RS-28a: that does not exist gives way to the only one there is, with a warning that names both', async () => {
    const namespace = await installation.cluster.namespace('misnamed-one');
    await addService(namespace, 'model-registry-service');
    const object = await created(here(namespace, { [registryKeys.name]: 'model-registry' }));
    await installation.linked(object);
    expect((await installation.event(object, 'RegistryNameMismatch')).note).toBe(
      `There is no service model-registry in namespace ${namespace}; using model-registry-service, the only Model Registry there.`,
    );
  });

  it('RS-28a: that does not exist beside several others is an error that names them', async () => {
    const namespace = await installation.cluster.namespace('misnamed-two');
    await addService(namespace, 'blue');
    await addService(namespace, 'green');
    const object = await created(here(namespace, { [registryKeys.name]: 'model-registry' }));
    expect((await installation.event(object, 'RegistryAmbiguous')).note).toBe(
      `More than one Model Registry service found in namespace ${namespace}. Specify which one to use via labels. There is no service model-registry; found: blue, green.`,
    );
  });

  it('RS-28: may be any Service, with a warning when it does not look like a registry', async () => {
    const namespace = await installation.cluster.namespace('unlabelled');
    await addService(namespace, 'registry', { labels: { app: 'model-registry' } });
    const object = await created(here(namespace, { [registryKeys.name]: 'registry' }));
    await installation.linked(object);
    expect((await installation.event(object, 'RegistryNameMismatch')).note).toContain(
      'does not carry the label component=model-registry',
    );
  });

  it('RS-23: with only https-api is reached over https', async () => {
    const namespace = await installation.cluster.namespace('https-only');
    await addService(namespace, 'registry', { ports: [{ name: 'https-api', port: 8443 }] });
    // The certificate is of another name: what counts here is where the request went.
    const object = await created(here(namespace, { [registryKeys.name]: 'registry' }));
    const { note } = await installation.event(object, 'RegistryUnreachable');
    expect(note).toContain(`at https://registry.${namespace}.svc.cluster.local:8443/`);
  });

  it.each([
    [
      'none of these',
      [
        { name: 'web', port: 80 },
        { name: 'grpc-api', port: 9090 },
      ],
    ],
    ['no ports at all', []],
  ])('RS-23: with %s is refused, naming the Service', async (_, ports) => {
    const namespace = await installation.cluster.namespace('no-port');
    await addService(namespace, 'registry', { ports });
    const object = await created(here(namespace, { [registryKeys.name]: 'registry' }));
    expect((await installation.event(object, 'RegistryRejected')).note).toBe(
      `Service registry in namespace ${namespace} has no port named https-api or http-api and not exactly one other.`,
    );
  });

  it('RS-23: with a sole port of another name is reached there', async () => {
    const namespace = await installation.cluster.namespace('sole-port');
    await addService(namespace, 'registry', { ports: [{ name: 'rest', port: 9000 }] });
    await installation.linked(await created(here(namespace, { [registryKeys.name]: 'registry' })));
    expect(proxy.asked).toContain(`registry.${namespace}.svc.cluster.local:9000`);
  });
});
