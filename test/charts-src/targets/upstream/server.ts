import { containerSecurity, podSecurity, type UpstreamObject } from './object';

const labels = { component: 'model-registry-server' };

/** What the overlays change of the server's container. */
interface ServerVariant {
  readonly args: readonly string[];
  readonly env: UpstreamObject['env'];
  readonly envFrom?: UpstreamObject['envFrom'];
  readonly excludedPort?: string;
}

const probe = (path: string, initialDelaySeconds: number, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port: 'http-api' },
  initialDelaySeconds,
  periodSeconds,
  timeoutSeconds: 5,
  failureThreshold,
});

function server({ args, env = [], envFrom, excludedPort }: ServerVariant): readonly UpstreamObject[] {
  return [
    { kind: 'ServiceAccount', metadata: { name: 'model-registry-server' } },
    {
      kind: 'ConfigMap',
      metadata: { name: 'model-registry-configmap', labels },
      data: {
        MODEL_REGISTRY_REST_SERVICE_HOST: 'model-registry-service',
        MODEL_REGISTRY_REST_SERVICE_PORT: '8080',
        MODEL_REGISTRY_DATA_STORE_TYPE: 'embedmd',
      },
    },
    {
      kind: 'Service',
      metadata: {
        name: 'model-registry-service',
        labels: {
          app: 'model-registry-service',
          component: 'model-registry',
          'app.kubernetes.io/name': 'model-registry-service',
          'app.kubernetes.io/instance': 'model-registry-service',
          'app.kubernetes.io/component': 'model-registry',
          'app.kubernetes.io/part-of': 'model-registry',
        },
        annotations: { displayName: 'Kubeflow Model Registry', description: 'An example model registry' },
      },
      spec: {
        type: 'ClusterIP',
        selector: labels,
        ports: [{ name: 'http-api', port: 8080, protocol: 'TCP', appProtocol: 'http' }],
      },
    },
    {
      kind: 'Deployment',
      metadata: { name: 'model-registry-deployment', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
            ...(excludedPort === undefined
              ? {}
              : { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': excludedPort } }),
          },
          spec: {
            serviceAccountName: 'model-registry-server',
            securityContext: podSecurity,
            containers: [
              {
                name: 'rest-container',
                image: 'ghcr.io/kubeflow/hub/server:latest',
                command: ['/model-registry', 'proxy'],
                args: [...args],
                env,
                ...(envFrom === undefined ? {} : { envFrom }),
                ports: [{ name: 'http-api', containerPort: 8080, protocol: 'TCP' }],
                startupProbe: probe('/readyz/isDirty', 10, 5, 6),
                livenessProbe: probe('/readyz/isDirty', 30, 10, 3),
                readinessProbe: probe('/readyz/health', 5, 10, 3),
                securityContext: containerSecurity,
              },
            ],
          },
        },
      },
    },
  ];
}

const fromSecret = (name: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: 'mysql-secret', key } },
});
const fromPipelines = (name: string, key: string) => ({
  name,
  valueFrom: { configMapKeyRef: { name: 'pipeline-install-config', key } },
});

/** §2, `base`. */
export const baseServer = server({
  args: [
    '--hostname=0.0.0.0',
    '--port=8080',
    '--datastore-type=embedmd',
    '--embedmd-database-dsn=$(DBCONFIG_USER):$(DBCONFIG_PASSWORD)@tcp($(MYSQL_HOST):$(MYSQL_PORT))/$(MYSQL_DATABASE)?charset=utf8mb4',
  ],
  env: [
    fromSecret('DBCONFIG_USER', 'username'),
    fromSecret('DBCONFIG_PASSWORD', 'password'),
    fromPipelines('MYSQL_DATABASE', 'embedmdDb'),
    fromPipelines('MYSQL_HOST', 'dbHost'),
    fromPipelines('MYSQL_PORT', 'dbPort'),
  ],
});

const envFrom = [
  { configMapRef: { name: 'model-registry-configmap' } },
  { secretRef: { name: 'model-registry-db-secrets' } },
  { configMapRef: { name: 'model-registry-db-parameters' } },
];

/** §2, `overlays/db`. */
export const mysqlServer = server({
  args: [
    '--hostname=0.0.0.0',
    '--port=$(MODEL_REGISTRY_REST_SERVICE_PORT)',
    '--datastore-type=$(MODEL_REGISTRY_DATA_STORE_TYPE)',
    '--embedmd-database-dsn=$(MYSQL_USER_NAME):$(MYSQL_ROOT_PASSWORD)@tcp(model-registry-db:$(MYSQL_PORT))/$(MYSQL_DATABASE)?charset=utf8mb4',
  ],
  env: [],
  envFrom,
  excludedPort: '3306',
});

/** §2, `overlays/postgres`. */
export const postgresServer = server({
  args: [
    '--hostname=0.0.0.0',
    '--port=$(MODEL_REGISTRY_REST_SERVICE_PORT)',
    '--datastore-type=embedmd',
    '--embedmd-database-type=postgres',
    '--embedmd-database-dsn=postgresql://$(POSTGRES_USER):$(POSTGRES_PASSWORD)@$(POSTGRES_HOST):$(POSTGRES_PORT)/$(POSTGRES_DB)?sslmode=disable',
  ],
  env: [],
  envFrom,
  excludedPort: '5432',
});
