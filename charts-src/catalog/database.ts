import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { podsIn, tcp } from '../kubernetes/network-peers';
import { externalReferences } from '../kubernetes/references';
import { resourceRequirements } from '../kubernetes/resources';
import { secretVariable } from '../kubernetes/secret-ref';
import {
  applicationRoleFile,
  applicationRoleScript,
  initializationDirectory,
} from '../registry/postgres-initialization';
import type { Credentials } from '../secrets/credentials';
import { catalogNames, databaseLabels, serverLabels } from './names';
import type { CatalogOptions } from './options';

const port = 5432;
/** User and group of the Debian image: the Alpine one has 70. */
const user = 999;
const data = 'model-catalog-postgres';

/** PostgreSQL of the catalog: a StatefulSet, as upstream has it. */
export function addDatabase(
  scope: Construct,
  { namespace, database, networkPolicy }: CatalogOptions,
  image: string,
  credentials: Credentials,
): void {
  const { username, password, adminPassword } = credentials.refs;
  const labels = { ...databaseLabels, 'app.kubernetes.io/component': 'database', component: 'model-catalog-server' };
  const metadata = { name: catalogNames.database, namespace, labels };
  new k8s.KubeConfigMap(scope, 'Initialization', {
    metadata: { name: catalogNames.initialization, namespace },
    data: { [applicationRoleFile]: applicationRoleScript },
  });
  new k8s.KubeService(scope, 'DatabaseService', {
    metadata,
    spec: { selector: { ...databaseLabels }, ports: [{ name: 'postgres', port }] },
  });
  const exec = { command: ['pg_isready', '--host=127.0.0.1', `--port=${port}`] };
  new k8s.KubeStatefulSet(scope, 'Database', {
    metadata: {
      ...metadata,
      ...externalReferences(credentials.external === undefined ? [] : [`Secret/${credentials.external}`]),
    },
    spec: {
      serviceName: catalogNames.database,
      replicas: 1,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...databaseLabels } },
      template: {
        metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
        spec: {
          terminationGracePeriodSeconds: 60,
          securityContext: { fsGroup: user },
          containers: [
            {
              name: 'postgres',
              image,
              env: [
                { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
                { name: 'POSTGRES_USER', value: 'postgres' },
                secretVariable('POSTGRES_PASSWORD', adminPassword),
                { name: 'POSTGRES_DB', value: 'model_catalog' },
                secretVariable('APPLICATION_USER', username),
                secretVariable('APPLICATION_PASSWORD', password),
              ],
              ports: [{ name: 'postgres', containerPort: port }],
              startupProbe: { exec, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
              readinessProbe: { exec, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 5 },
              livenessProbe: { exec, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 6 },
              securityContext: { runAsUser: user, runAsGroup: user },
              resources: resourceRequirements(database.resources),
              volumeMounts: [
                { name: data, mountPath: '/var/lib/postgresql/data' },
                { name: 'initialization', mountPath: initializationDirectory, readOnly: true },
                { name: 'run', mountPath: '/var/run/postgresql' },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'initialization', configMap: { name: catalogNames.initialization } },
            { name: 'run', emptyDir: {} },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: data },
          spec: {
            accessModes: ['ReadWriteOnce'],
            volumeMode: 'Filesystem',
            ...(database.storage.storageClass === undefined ? {} : { storageClassName: database.storage.storageClass }),
            resources: { requests: { storage: k8s.Quantity.fromString(String(database.storage.size)) } },
          },
        },
      ],
    },
  });
  if (networkPolicy === undefined) return;
  new k8s.KubeNetworkPolicy(scope, 'DatabaseNetworkPolicy', {
    metadata: { name: catalogNames.database, namespace },
    spec: {
      podSelector: { matchLabels: { ...databaseLabels } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [podsIn(namespace, serverLabels)], ports: [tcp(port)] }],
    },
  });
}
