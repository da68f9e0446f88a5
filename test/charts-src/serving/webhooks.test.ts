import { production } from '../../../charts-src/environments/production';
import { componentContent } from '../../../charts-src/gitops/component-content';
import { writtenByOthers } from '../../../charts-src/gitops/written-by-others';
import { mapAt, mapsAt } from '../../../charts-src/kubernetes/manifest';
import { Platform } from '../../../charts-src/platform';
import { servingSettings } from '../../../controllers/serving/settings';
import { objectOf, servingObjects } from './rendered-serving';

type Options = Parameters<typeof servingObjects>[0];
const configurations = (options: Options = {}) =>
  servingObjects(options).filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
const webhooks = (options: Options = {}) =>
  configurations(options).flatMap((configuration) =>
    mapsAt(configuration, 'webhooks').map((webhook) => ({ configuration: configuration.metadata.name, webhook })),
  );

describe('webhook configurations (§14.4)', () => {
  it('have the names, paths and rules of KServe’s', () => {
    const table = webhooks().map(({ configuration, webhook }) => {
      const { apiGroups, apiVersions, resources, operations } = mapsAt(webhook, 'rules')[0] ?? {};
      const { path } = mapAt(mapAt(webhook, 'clientConfig'), 'service');
      return [configuration, webhook['name'], path, apiGroups, apiVersions, resources, operations];
    });
    const group = ['serving.kserve.io'];
    const both = ['CREATE', 'UPDATE'];
    const server = 'kserve-webhook-server';
    const validator = (kind: string, version: string) => [
      `${kind}.serving.kserve.io`,
      `${kind}.${server}.validator`,
      `/validate-serving-kserve-io-${version}-${kind}`,
      group,
      [version],
      [`${kind}s`],
      both,
    ];
    expect(table).toEqual([
      [
        'inferenceservice.serving.kserve.io',
        `inferenceservice.${server}.defaulter`,
        '/mutate-serving-kserve-io-v1beta1-inferenceservice',
        group,
        ['v1beta1'],
        ['inferenceservices'],
        both,
      ],
      [
        'inferenceservice.serving.kserve.io',
        `inferenceservice.${server}.pod-mutator`,
        '/mutate-pods',
        [''],
        ['v1'],
        ['pods'],
        ['CREATE'],
      ],
      validator('clusterservingruntime', 'v1alpha1'),
      validator('inferencegraph', 'v1alpha1'),
      validator('inferenceservice', 'v1beta1'),
      validator('servingruntime', 'v1alpha1'),
      validator('trainedmodel', 'v1alpha1'),
    ]);
  });

  it('offer both versions of reviews (§17 row 47), and refuse what nobody reviewed', () => {
    for (const { webhook } of webhooks()) {
      expect(webhook).toMatchObject({
        admissionReviewVersions: ['v1', 'v1beta1'],
        failurePolicy: 'Fail',
        sideEffects: 'None',
      });
    }
  });

  it('are about no pods but those of InferenceServices, outside of the control plane', () => {
    const aboutPods = webhooks().filter(({ webhook }) => JSON.stringify(webhook['rules']).includes('"pods"'));
    expect(aboutPods).toHaveLength(1);
    expect(aboutPods[0]?.webhook).toMatchObject({
      reinvocationPolicy: 'IfNeeded',
      namespaceSelector: { matchExpressions: [{ key: 'control-plane', operator: 'DoesNotExist' }] },
      objectSelector: { matchExpressions: [{ key: 'serving.kserve.io/inferenceservice', operator: 'Exists' }] },
    });
  });

  it('say nothing about deletions, so that an object goes also while nobody answers', () => {
    expect(JSON.stringify(webhooks())).not.toContain('DELETE');
  });

  it('lead to a Service of the manager’s port', () => {
    expect(objectOf(servingObjects(), 'Service', 'kserve-webhook-server-service')['spec']).toMatchObject({
      selector: { 'control-plane': 'kserve-controller-manager' },
      ports: [{ port: 443, targetPort: 'webhook-server' }],
    });
  });

  it('lead to an address where the controller is no pod, and the certificate names it', () => {
    const objects = servingObjects({ webhooks: { url: 'https://127.0.0.1:9443' } });
    const configuration = objectOf(objects, 'MutatingWebhookConfiguration', 'inferenceservice.serving.kserve.io');
    expect(mapsAt(configuration, 'webhooks').map(({ clientConfig }) => clientConfig)).toEqual([
      { url: 'https://127.0.0.1:9443/mutate-serving-kserve-io-v1beta1-inferenceservice' },
      { url: 'https://127.0.0.1:9443/mutate-pods' },
    ]);
    const file = mapAt(objectOf(objects, 'ConfigMap', 'kserve-controller-manager-config'), 'data')['serving.yaml'];
    expect(file).toContain('127.0.0.1');
    expect(() => servingObjects({ webhooks: { url: 'http://127.0.0.1:9443' } })).toThrow(
      'serving.webhooks.url: got "http://127.0.0.1:9443", expected an https URL',
    );
  });
});

describe('the certificate of the webhooks', () => {
  it('of the controllers themselves leaves the authority to them, and Argo CD to ignore it', () => {
    expect(JSON.stringify(configurations())).not.toMatch(/caBundle|inject-ca-from/);
    const serving = new Platform(production()).components.find(({ directory }) => directory === 'serving');
    if (serving === undefined) throw new Error('production has no serving');
    const ignored = writtenByOthers(componentContent(serving)).filter(({ kind }) => kind.includes('Webhook'));
    expect(ignored.map(({ kind, jqPathExpressions }) => [kind, jqPathExpressions])).toEqual([
      ['MutatingWebhookConfiguration', ['.webhooks[]?.clientConfig.caBundle']],
      ['ValidatingWebhookConfiguration', ['.webhooks[]?.clientConfig.caBundle']],
    ]);
  });

  it('of cert-manager is asked for under KServe’s names, mounted, and its authority injected', () => {
    const objects = servingObjects({ webhooks: { certificate: { from: 'cert-manager' } } });
    expect(objectOf(objects, 'Issuer', 'selfsigned-issuer')['spec']).toEqual({ selfSigned: {} });
    expect(objectOf(objects, 'Certificate', 'serving-cert')['spec']).toMatchObject({
      secretName: 'kserve-webhook-server-cert',
      dnsNames: expect.arrayContaining(['kserve-webhook-server-service.kserve.svc']) as string[],
      issuerRef: { kind: 'Issuer', name: 'selfsigned-issuer' },
    });
    for (const { metadata } of objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration'))) {
      expect(metadata.annotations).toEqual({ 'cert-manager.io/inject-ca-from': 'kserve/serving-cert' });
    }
    const deployment = JSON.stringify(objectOf(objects, 'Deployment', 'kserve-controller-manager'));
    expect(deployment).toContain('"mountPath":"/tmp/k8s-webhook-server/serving-certs"');
    expect(deployment).toContain('"secretName":"kserve-webhook-server-cert"');
    const file = mapAt(objectOf(objects, 'ConfigMap', 'kserve-controller-manager-config'), 'data')['serving.yaml'];
    expect(file).toContain('from: files');
  });

  it.each<[string, Parameters<typeof servingObjects>[0], object]>([
    ['of the controllers themselves', {}, { from: 'self-managed', hosts: [] }],
    [
      'for an address of its own',
      { webhooks: { url: 'https://127.0.0.1:9443' } },
      { from: 'self-managed', hosts: ['127.0.0.1'] },
    ],
    ['of cert-manager', { webhooks: { certificate: { from: 'cert-manager' } } }, { from: 'files' }],
  ])('%s is one that the controller understands from its file', (_, options, certificate) => {
    const map = objectOf(servingObjects(options), 'ConfigMap', 'kserve-controller-manager-config');
    const file = mapAt(map, 'data')['serving.yaml'];
    if (typeof file !== 'string') throw new Error('serving.yaml is no text');
    expect(servingSettings(file).webhooks.certificate).toMatchObject(certificate);
  });

  it('may be of an issuer that is there', () => {
    const certificate = { from: 'cert-manager' as const, issuer: { name: 'platform' } };
    const objects = servingObjects({ webhooks: { certificate } });
    expect(objects.map(({ kind }) => kind)).not.toContain('Issuer');
    expect(objectOf(objects, 'Certificate', 'serving-cert')['spec']).toMatchObject({
      issuerRef: { kind: 'ClusterIssuer', name: 'platform' },
    });
  });
});
