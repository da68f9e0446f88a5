import { mapAt, mapsAt, type JsonMap } from '../../../charts-src/kubernetes/manifest';
import { objectOf, servingObjects } from './rendered-serving';

const manager = 'kserve-controller-manager';
const rendered = servingObjects();
const deployment = objectOf(rendered, 'Deployment', manager);
const podSpec = (manifest: JsonMap) => mapAt(mapAt(mapAt(manifest, 'spec'), 'template'), 'spec');
const containerOf = (manifest: JsonMap) => mapsAt(podSpec(manifest), 'containers')[0] ?? {};
const rulesOf = (name: string, objects = rendered) =>
  mapsAt(objects.find(({ kind, metadata }) => /Role$/.test(kind) && metadata.name === name) ?? {}, 'rules');

describe('the manager (§14.2)', () => {
  it('has the namespace, names, labels and selector of KServe’s manifests', () => {
    const labels = { 'control-plane': manager, 'controller-tools.k8s.io': '1.0' };
    expect(deployment.metadata).toMatchObject({
      namespace: 'kserve',
      labels: { 'app.kubernetes.io/name': manager, ...labels },
    });
    expect(deployment['spec']).toMatchObject({
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: manager } },
    });
    expect(Object.keys(mapAt(mapAt(mapAt(deployment, 'spec'), 'selector'), 'matchLabels'))).toHaveLength(2);
  });

  it('runs the component serving with a lease, metrics, probes and upstream’s resources', () => {
    expect(containerOf(deployment)).toMatchObject({
      name: 'manager',
      args: ['serving', '--metrics-bind-address=:8443', '--leader-elect', '--health-probe-bind-address=:8081'],
      ports: [
        { name: 'metrics', containerPort: 8443 },
        { name: 'webhook-server', containerPort: 9443 },
        { name: 'health', containerPort: 8081 },
      ],
      livenessProbe: { httpGet: { path: '/healthz', port: 8081 }, failureThreshold: 5, timeoutSeconds: 5 },
      readinessProbe: {
        httpGet: { path: '/readyz', port: 8081 },
        periodSeconds: 5,
        failureThreshold: 5,
        timeoutSeconds: 5,
      },
      resources: { requests: { cpu: '100m', memory: '200Mi' }, limits: { memory: '300Mi' } },
    });
    expect(containerOf(servingObjectsOf({ metrics: 'http' }))['args']).toEqual(
      expect.arrayContaining(['--metrics-bind-address=:8080', '--metrics-secure=false']),
    );
  });

  it('is found by the monitors of KServe’s users: a Service app: kserve with a port metrics', () => {
    expect(objectOf(rendered, 'Service', `${manager}-metrics-service`)).toMatchObject({
      metadata: { labels: { app: 'kserve' } },
      spec: { ports: [{ name: 'metrics', port: 8443, targetPort: 'metrics' }] },
    });
    const labelled = rendered.filter(
      ({ kind, metadata }) => kind === 'Service' && metadata.labels?.['app'] === 'kserve',
    );
    expect(labelled).toHaveLength(1);
  });

  it('rolls its pods when its configuration changes, and not when the settings of users do: those it reads live', () => {
    const checksum = (options: Parameters<typeof servingObjects>[0]) =>
      mapAt(mapAt(mapAt(mapAt(servingObjectsOf(options), 'spec'), 'template'), 'metadata'), 'annotations')[
        'slipway.dev/config-checksum'
      ];
    expect(checksum({ settings: { workers: 3 } })).not.toBe(checksum({}));
    expect(checksum({ configuration: { ingress: { ingressDomain: 'models.example.org' } } })).toBe(checksum({}));
  });

  it('has a budget and is spread from two replicas on', () => {
    expect(servingObjects({ replicas: 2 }).map(({ kind }) => kind)).toContain('PodDisruptionBudget');
    expect(rendered.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
  });

  it('may be reached for webhooks by anybody, for metrics from labelled namespaces, and reaches DNS and the API server', () => {
    const policy = objectOf(servingObjects({ networkPolicy: {} }), 'NetworkPolicy', manager);
    expect(policy['spec']).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: { matchLabels: { metrics: 'enabled' } } }], ports: [{ port: 8443 }] },
        { ports: [{ port: 9443 }] },
      ],
    });
    expect(mapsAt(mapAt(policy, 'spec'), 'egress')).toHaveLength(2);
  });
});

describe('permissions (§14.3, narrowed to what is used)', () => {
  it('read Secrets one by one only, and never list ConfigMaps outside of the own namespace', () => {
    const verbsOn = (resource: string) =>
      rulesOf('kserve-manager-role').flatMap((rule) =>
        JSON.stringify(rule['resources']) === JSON.stringify([resource]) ? [rule['verbs']] : [],
      );
    expect(verbsOn('secrets')).toEqual([['get']]);
    expect(verbsOn('serviceaccounts')).toEqual([['get']]);
    expect(verbsOn('configmaps')).toEqual([['get', 'create', 'patch']]);
    expect(verbsOn('inferenceservices')).toEqual([['list', 'watch', 'patch']]);
    expect(verbsOn('customresourcedefinitions')).toEqual([]);
  });

  it('name the settings, the lease, the certificate and the webhook configurations', () => {
    const own = JSON.stringify(rulesOf('kserve-leader-election-role'));
    for (const name of [
      'inferenceservice-config',
      'kserve-controller-manager-leader-lock',
      'kserve-webhook-server-own-certs',
    ]) {
      expect(own).toContain(`"resourceNames":["${name}"]`);
    }
    const registered = rulesOf('kserve-manager-role').filter(({ apiGroups }) =>
      JSON.stringify(apiGroups).includes('admissionregistration'),
    );
    expect(registered).toHaveLength(2);
    for (const rule of registered) expect(rule['resourceNames']).not.toBeUndefined();
  });

  it('leave webhook configurations and certificates alone where cert-manager makes them', () => {
    const objects = servingObjects({ webhooks: { certificate: { from: 'cert-manager' } } });
    const rules = JSON.stringify(
      ['kserve-manager-role', 'kserve-leader-election-role'].flatMap((name) => rulesOf(name, objects)),
    );
    expect(rules).not.toContain('admissionregistration');
    expect(rules).not.toContain('certs');
  });

  it('of a model deployer are part of the role edit, and give no Secrets', () => {
    const role = objectOf(rendered, 'ClusterRole', 'model-deployer');
    expect(role.metadata.labels).toMatchObject({ 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' });
    expect(mapsAt(role, 'rules').map(({ resources, verbs }) => [resources, verbs])).toEqual([
      [['inferenceservices'], ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']],
      [
        ['servingruntimes', 'clusterservingruntimes'],
        ['get', 'list', 'watch'],
      ],
      [['pods'], ['get', 'list', 'watch']],
      [['pods/log'], ['get']],
    ]);
  });
});

function servingObjectsOf(options: Parameters<typeof servingObjects>[0]) {
  return objectOf(servingObjects(options), 'Deployment', manager);
}
