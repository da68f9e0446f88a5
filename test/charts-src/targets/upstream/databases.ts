import type { JsonMap } from '../../../../charts-src/kubernetes/manifest';
import { containerSecurity, podSecurity, type UpstreamObject } from './object';

const labels = { component: 'db' };
const envFrom = [
  { configMapRef: { name: 'model-registry-db-parameters' } },
  { secretRef: { name: 'model-registry-db-secrets' } },
];

interface Engine {
  readonly parameters: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
  readonly claim: string;
  readonly port: number;
  readonly user: number;
  readonly container: JsonMap;
}

function database({ parameters, secret, claim, port, user, container }: Engine): readonly UpstreamObject[] {
  return [
    { kind: 'ConfigMap', metadata: { name: 'model-registry-db-parameters' }, data: parameters },
    { kind: 'Secret', metadata: { name: 'model-registry-db-secrets' }, type: 'Opaque', stringData: secret },
    {
      kind: 'Service',
      metadata: { name: 'model-registry-db', labels },
      spec: { type: 'ClusterIP', selector: labels, ports: [{ name: 'dbapi', port, protocol: 'TCP' }] },
    },
    {
      kind: 'PersistentVolumeClaim',
      metadata: { name: claim },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    },
    {
      kind: 'Deployment',
      metadata: { name: 'model-registry-db', labels },
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
          spec: {
            securityContext: { ...podSecurity, fsGroup: user },
            containers: [
              {
                name: 'db-container',
                envFrom,
                securityContext: { ...containerSecurity, runAsUser: user, runAsGroup: user },
                ...container,
              },
            ],
            volumes: [{ name: claim, persistentVolumeClaim: { claimName: claim } }],
          },
        },
      },
    },
  ];
}

/** §3.1. */
export const mysql = database({
  parameters: { MYSQL_DATABASE: 'metadb', MYSQL_PORT: '3306', MYSQL_ALLOW_EMPTY_PASSWORD: 'true' },
  secret: { MYSQL_USER_NAME: 'root', MYSQL_ROOT_PASSWORD: 'test' },
  claim: 'metadata-mysql',
  port: 3306,
  user: 999,
  container: {
    image: 'public.ecr.aws/docker/library/mysql:8.3',
    args: ['--datadir', '/var/lib/mysql/datadir'],
    ports: [{ name: 'dbapi', containerPort: 3306, protocol: 'TCP' }],
    readinessProbe: {
      exec: {
        command: [
          '/bin/bash',
          '-c',
          "mysql -h 127.0.0.1 -D $MYSQL_DATABASE -u$MYSQL_USER_NAME -p$MYSQL_ROOT_PASSWORD -e 'SELECT 1'",
        ],
      },
      initialDelaySeconds: 5,
      periodSeconds: 2,
      timeoutSeconds: 1,
    },
    volumeMounts: [{ name: 'metadata-mysql', mountPath: '/var/lib/mysql' }],
  },
});

/** §3.2. */
export const postgres = database({
  parameters: { POSTGRES_DB: 'metadb', POSTGRES_HOST: 'model-registry-db', POSTGRES_PORT: '5432' },
  secret: { POSTGRES_USER: 'root', POSTGRES_PASSWORD: 'test' },
  claim: 'metadata-postgres',
  port: 5432,
  user: 70,
  container: {
    image: 'postgres:16-alpine',
    env: [{ name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' }],
    ports: [{ name: 'postgres', containerPort: 5432, protocol: 'TCP' }],
    volumeMounts: [{ name: 'metadata-postgres', mountPath: '/var/lib/postgresql/data' }],
  },
});
