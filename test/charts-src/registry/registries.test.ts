import { environment } from '../../../charts-src/environments/environment';
import { type Manifest, mapAt, mapsAt } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { selects, workloadsOf } from '../policy/rendered';

type Registries = NonNullable<Parameters<typeof environment>[0]['registries']>;

const rendered = (registries: Registries) =>
  renderEnvironment(environment({ name: 'mine', crds: false, registries })).flatMap(({ manifests }) => manifests);

const mysql = { engine: 'mysql' } as const;
const externalMysql = {
  engine: 'external-mysql',
  host: 'mysql.example.com',
  database: 'models',
  username: { name: 'database', key: 'username' },
  password: { name: 'database', key: 'password' },
} as const;

const named = (manifests: readonly Manifest[], kind: string, name: string) => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const container = (deployment: Manifest) => {
  const [first] = workloadsOf([deployment]);
  const [main] = first?.mainContainers ?? [];
  if (main === undefined) throw new Error('there is no container');
  return main;
};

describe('several registries in one cluster', () => {
  const manifests = rendered([
    { database: mysql },
    { namespace: 'team-a', database: { engine: 'postgres' } },
    { namespace: 'shared', name: 'blue', database: mysql },
    { namespace: 'shared', name: 'green', database: mysql },
  ]);

  it('each Service leads to the pods of its own registry, and each database to nobody else’s', () => {
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      const { name, namespace } = service.metadata;
      const pods = workloadsOf(manifests).filter(
        (workload) =>
          workload.namespace === namespace && selects(mapAt(mapAt(service, 'spec'), 'selector'), workload.podLabels),
      );
      expect(pods.map((pod) => pod.name)).toEqual([
        name.endsWith('-service') ? `Deployment/${name.replace(/-service$/, '-deployment')}` : `Deployment/${name}`,
      ]);
    }
  });

  it('each server connects to its own database', () => {
    for (const [namespace, prefix] of [
      ['shared', 'blue'],
      ['shared', 'green'],
      ['kubeflow', 'model-registry'],
    ] as const) {
      const deployment = manifests.find(
        ({ kind, metadata }) =>
          kind === 'Deployment' && metadata.name === `${prefix}-deployment` && metadata.namespace === namespace,
      );
      const dsn = mapsAt(container(deployment as Manifest), 'env').find(
        ({ name }) => name === 'MR_EMBEDMD_DATABASE_DSN',
      );
      expect(dsn?.['value']).toContain(`@tcp(${prefix}-db-mysql:`);
    }
  });

  it('the one with upstream’s name keeps upstream’s selector, which can’t be changed where it is installed', () => {
    const { spec } = named(manifests, 'Deployment', 'model-registry-deployment');
    expect(spec).toMatchObject({ selector: { matchLabels: { component: 'model-registry-server' } } });
    expect(named(manifests, 'Deployment', 'blue-deployment')['spec']).toMatchObject({
      selector: {
        matchLabels: { component: 'model-registry-server', 'app.kubernetes.io/instance': 'blue-service' },
      },
    });
  });

  it('every Service carries the label by which controllers discover registries', () => {
    const discovered = manifests.filter(
      ({ kind, metadata }) => kind === 'Service' && metadata.labels?.['component'] === 'model-registry',
    );
    expect(discovered.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual([
      'kubeflow/model-registry-service',
      'shared/blue-service',
      'shared/green-service',
      'team-a/model-registry-service',
    ]);
  });
});

describe('an impossible registry is refused, naming option, value and what is allowed', () => {
  it.each<[string, Registries, string]>([
    [
      'upstream’s name beside another registry',
      [{ database: mysql }, { name: 'blue', database: mysql }],
      'registries: name: got model-registry beside 1 more in namespace kubeflow, allowed: another name, or another namespace',
    ],
    [
      'one name twice',
      [
        { name: 'blue', database: mysql },
        { name: 'blue', database: mysql },
      ],
      'registries: name: got two that are rendered into registry-blue, allowed: different names',
    ],
    [
      'a way of checking certificates that MySQL’s driver does not have',
      [{ database: { ...externalMysql, tls: { mode: 'verify-ca' } } }],
      'registry model-registry: database.tls.mode: got verify-ca, allowed with MySQL: disable, verify-full',
    ],
    [
      'certificates without TLS',
      [
        {
          database: { ...externalMysql, tls: { mode: 'disable', rootCertificate: { configMap: 'ca', key: 'ca.crt' } } },
        },
      ],
      'registry model-registry: database.tls.mode: got disable beside certificates, allowed: verify-full, or no certificates',
    ],
    [
      'a mesh open to whomever a policy admits that is not there',
      [{ database: mysql, mesh: { whoeverThePolicyAdmits: true } }],
      'registry model-registry: mesh.whoeverThePolicyAdmits: got true without networkPolicy, allowed: false, or a networkPolicy that says who is admitted',
    ],
    [
      'sealed credentials without all keys',
      [
        {
          database: {
            engine: 'mysql',
            credentials: { from: 'sealed-secret', encryptedData: { password: `Ag${'A'.repeat(120)}` } },
          },
        },
      ],
      'sealed secret model-registry-db-mysql-secrets: encryptedData: got the keys password, expected username, password, admin-password',
    ],
    [
      'what is not sealed at all',
      [
        {
          database: {
            engine: 'mysql',
            credentials: { from: 'sealed-secret', encryptedData: { password: 'hunter2' } },
          },
        },
      ],
      'expected what kubeseal printed: base64 that begins with Ag',
    ],
    ['too many replicas', [{ replicas: 11, database: mysql }], 'registries[0].replicas: got 11, must be at most 10'],
    [
      'a gateway without its namespace',
      [{ database: mysql, mesh: { gateway: 'kubeflow-gateway' } }],
      'registries[0].mesh.gateway: got "kubeflow-gateway", expected namespace/name',
    ],
  ])('%s', (_, registries, message) => {
    expect(() => rendered(registries)).toThrow(message);
  });

  it('a password, which there is no option for', () => {
    const literal: unknown = [{ database: { ...externalMysql, password: 'hunter2' } }];
    expect(() => rendered(literal as Registries)).toThrow('registries[0].database.password: got "hunter2"');
  });
});

describe('a registry of options', () => {
  it('has its external address under the annotation that the controller reads', () => {
    const manifests = renderEnvironment(
      environment({
        name: 'mine',
        crds: false,
        registries: [{ database: mysql, externalAddress: 'registry.example.com:443' }],
        registrySync: { settings: { keys: { serviceAnnotations: ['example.com/address'] } } },
      }),
    ).flatMap((component) => component.manifests);
    expect(named(manifests, 'Service', 'model-registry-service').metadata.annotations).toMatchObject({
      'example.com/address': 'registry.example.com:443',
    });
  });

  it('asks an external PostgreSQL for TLS with the authority it was given, and says what it does not render', () => {
    const manifests = rendered([
      {
        database: {
          engine: 'external-postgres',
          host: 'db.example.com',
          database: 'models',
          username: { name: 'database', key: 'user' },
          password: { name: 'database', key: 'password' },
          tls: { rootCertificate: { configMap: 'ca', key: 'ca.crt' } },
        },
      },
    ]);
    const deployment = named(manifests, 'Deployment', 'model-registry-deployment');
    const { env, volumeMounts } = container(deployment);
    expect(env).toContainEqual({
      name: 'MR_EMBEDMD_DATABASE_DSN',
      value: 'postgresql://db.example.com:5432/models?sslmode=verify-full&sslrootcert=/etc/database-tls/root/pem',
    });
    expect(env).toContainEqual({
      name: 'PGPASSWORD',
      valueFrom: { secretKeyRef: { name: 'database', key: 'password' } },
    });
    expect(volumeMounts).toContainEqual({ name: 'root', mountPath: '/etc/database-tls/root', readOnly: true });
    expect(deployment.metadata.annotations).toEqual({
      'slipway.dev/external-references': 'ConfigMap/ca, Secret/database',
    });
  });

  it('asks an external MySQL for TLS by flags of the server, with or without an authority of its own', () => {
    const args = (tls: object) =>
      container(named(rendered([{ database: { ...externalMysql, tls } }]), 'Deployment', 'model-registry-deployment'));
    expect(args({ rootCertificate: { name: 'ca', key: 'ca.crt' } })['args']).toEqual([
      '--hostname=0.0.0.0',
      '--port=8080',
      '--datastore-type=embedmd',
      '--embedmd-database-ssl-root-cert=/etc/database-tls/root/pem',
      '--embedmd-database-ssl-verify-server-cert=true',
    ]);
    expect(args({})['args']).toEqual([
      '--hostname=0.0.0.0',
      '--port=8080',
      '--datastore-type=embedmd',
      '--embedmd-database-ssl-verify-server-cert=true',
    ]);
  });

  it('takes the whole connection string from a Secret', () => {
    const manifests = rendered([
      { database: { engine: 'external-dsn', type: 'postgres', dsn: { name: 'database', key: 'dsn' } } },
    ]);
    expect(container(named(manifests, 'Deployment', 'model-registry-deployment'))['env']).toEqual([
      { name: 'MR_EMBEDMD_DATABASE_DSN', valueFrom: { secretKeyRef: { name: 'database', key: 'dsn' } } },
    ]);
  });
});
