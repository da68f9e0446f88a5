import type { JsonMap } from '../../../../charts-src/kubernetes/manifest';
import { anyContent, containerSecurity, inNamespace, podSecurity, type UpstreamObject } from './object';

const partOf = { 'app.kubernetes.io/part-of': 'model-catalog' };
const server = { 'app.kubernetes.io/name': 'model-catalog', 'app.kubernetes.io/component': 'server', ...partOf };
const database = { 'app.kubernetes.io/name': 'postgres', ...partOf };

/** Files of which only the names count. */
function files(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, anyContent]));
}

/** What the overlays add. */
interface CatalogVariant {
  readonly image?: string;
  readonly args?: readonly string[];
  readonly initContainers?: readonly JsonMap[];
  /** Sources, by file name. @default an empty list */
  readonly sources?: Readonly<Record<string, string>>;
  readonly configMaps?: readonly UpstreamObject[];
}

const probe = (initialDelaySeconds: number) => ({
  tcpSocket: { port: 'http-api' },
  initialDelaySeconds,
  periodSeconds: 5,
  timeoutSeconds: 2,
});

const secret = (name: string, object: string, key: string, optional = false) => ({
  name,
  valueFrom: { secretKeyRef: { name: object, key, ...(optional ? { optional } : {}) } },
});

function catalog({
  image = 'ghcr.io/kubeflow/hub/server:latest',
  args = [],
  initContainers,
  sources = { 'sources.yaml': 'catalogs: []\n' },
  configMaps = [],
}: CatalogVariant): readonly UpstreamObject[] {
  return [
    { kind: 'ConfigMap', metadata: { name: 'model-catalog-sources' }, data: sources },
    ...configMaps,
    {
      kind: 'Secret',
      metadata: { name: 'model-catalog-hf-api-key' },
      stringData: { HF_API_KEY: 'your-huggingface-api-key-here' },
    },
    {
      kind: 'Secret',
      metadata: { name: 'model-catalog-postgres' },
      stringData: { POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: 'postgres' },
    },
    {
      kind: 'Deployment',
      metadata: { name: 'model-catalog-server', labels: server },
      spec: {
        selector: { matchLabels: server },
        template: {
          metadata: { labels: { ...server, 'sidecar.istio.io/inject': 'true' } },
          spec: {
            securityContext: podSecurity,
            ...(initContainers === undefined ? {} : { initContainers: [...initContainers] }),
            containers: [
              {
                name: 'catalog',
                image,
                command: ['/model-registry', 'catalog'],
                args: ['--listen=0.0.0.0:8080', '--catalogs-path=/catalog/sources.yaml', ...args],
                env: [
                  { name: 'PGHOST', value: 'model-catalog-postgres' },
                  secret('PGUSER', 'model-catalog-postgres', 'POSTGRES_USER'),
                  secret('PGPASSWORD', 'model-catalog-postgres', 'POSTGRES_PASSWORD'),
                  secret('HF_API_KEY', 'model-catalog-hf-api-key', 'HF_API_KEY', true),
                ],
                ports: [{ name: 'http-api', containerPort: 8080, protocol: 'TCP' }],
                livenessProbe: probe(30),
                readinessProbe: probe(3),
                securityContext: containerSecurity,
              },
            ],
          },
        },
      },
    },
    {
      kind: 'Service',
      metadata: { name: 'model-catalog', labels: server },
      spec: {
        selector: { 'app.kubernetes.io/component': 'server', ...partOf },
        ports: [{ name: 'http-api', port: 8080, appProtocol: 'http', protocol: 'TCP' }],
      },
    },
    {
      kind: 'Service',
      metadata: { name: 'model-catalog-postgres' },
      spec: { selector: database, ports: [{ name: 'postgres', port: 5432, protocol: 'TCP' }] },
    },
    {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'model-catalog-postgres' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
    },
    {
      kind: 'StatefulSet',
      metadata: { name: 'model-catalog-postgres', labels: { component: 'model-catalog-server' } },
      spec: {
        selector: { matchLabels: database },
        template: {
          metadata: { labels: database },
          spec: {
            securityContext: { ...podSecurity, fsGroup: 70 },
            containers: [
              {
                name: 'postgres',
                image: 'postgres:17.6',
                env: [{ name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' }],
                envFrom: [{ secretRef: { name: 'model-catalog-postgres' } }],
                ports: [{ name: 'postgres', containerPort: 5432, protocol: 'TCP' }],
                securityContext: { ...containerSecurity, runAsUser: 70, runAsGroup: 70 },
                volumeMounts: [{ name: 'model-catalog-postgres', mountPath: '/var/lib/postgresql/data' }],
              },
            ],
            volumes: [
              { name: 'model-catalog-postgres', persistentVolumeClaim: { claimName: 'model-catalog-postgres' } },
            ],
          },
        },
      },
    },
  ];
}

/** §7.2: `options/catalog/base`. */
export const baseCatalog = catalog({});

/** §7.3: `options/catalog/overlays/rh-mcp`. */
export const modelContextCatalog = catalog({ sources: files('sources.yaml', 'mcp-servers.yaml') });

/** §7.3: `options/catalog/overlays/demo`. */
export const demoCatalog = catalog({
  args: ['--performance-metrics=/perf-data'],
  initContainers: [
    { name: 'perf-data-init', image: 'busybox', securityContext: { ...containerSecurity, runAsUser: 65534 } },
  ],
  sources: files(
    'sources.yaml',
    'dev-community-models.yaml',
    'dev-organization-models.yaml',
    'dev-validated-models.yaml',
    'dev-community-mcp-servers.yaml',
    'dev-organization-mcp-servers.yaml',
  ),
  configMaps: [
    {
      kind: 'ConfigMap',
      metadata: { name: 'model-catalog-demo-perf-data' },
      binaryData: files('dev-validated-perf-data.tar.gz'),
    },
  ],
});

/** §7.3: `options/catalog/overlays/odh`. */
export const openDataHubCatalog = catalog({
  args: ['--catalogs-path=/default-sources/sources.yaml'],
  initContainers: [
    {
      name: 'catalog-data-init',
      image: 'quay.io/opendatahub/odh-model-metadata-collection:latest',
      securityContext: { ...containerSecurity, runAsUser: 65534 },
    },
  ],
  configMaps: [{ kind: 'ConfigMap', metadata: { name: 'default-catalog-sources' }, data: files('sources.yaml') }],
});

/** §7.3: `options/catalog/overlays/e2e`. */
export const endToEndCatalog = inNamespace(
  'model-catalog',
  catalog({
    image: 'model-registry:catalog-test',
    sources: files('sources.yaml'),
    configMaps: [
      {
        kind: 'ConfigMap',
        metadata: { name: 'model-catalog-testdata' },
        data: files('test-catalog.yaml', 'disabled-catalog.yaml', 'test-mcp-servers.yaml'),
      },
    ],
  }),
);
