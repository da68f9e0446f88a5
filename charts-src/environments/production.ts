import { kserveNamespaceLabels } from '../serving/names';
import { environment } from './environment';

/** Where the PostgreSQL of the organization is, and nothing else. */
const database = { cidr: '10.20.0.0/24', ports: [5432] };

/** Where the object storage of the organization is. */
const storage = { cidr: '10.20.1.0/24', ports: [443] };

/**
 * A cluster that must not stop: replicas, budgets, no traffic but the one that is needed, monitors, a database that somebody
 * takes backups of. Host and address ranges of database and storage, the names of its Secrets and of cert-manager's issuer, and the
 * repository that GitOps tools look at are examples: change them here.
 */
export const production = () =>
  environment({
    name: 'production',
    namespaces: [
      { name: 'kserve', labels: kserveNamespaceLabels, defaultDeny: true },
      { name: 'kserve-controller-system', defaultDeny: true },
      { name: 'kubeflow', defaultDeny: true },
      // Where teams run models over their data, with our runner: upstream's would need the baseline standard.
      { name: 'ml-batch', defaultDeny: true },
    ],
    priorityClass: { name: 'slipway-platform' },
    registries: [
      {
        displayName: 'Model Registry',
        description: 'Models that may be served in production',
        replicas: 2,
        database: {
          engine: 'external-postgres',
          host: 'postgres.databases.example.com',
          database: 'model_registry',
          username: { name: 'model-registry-database', key: 'username' },
          password: { name: 'model-registry-database', key: 'password' },
          tls: { mode: 'verify-full', rootCertificate: { configMap: 'database-ca', key: 'ca.crt' } },
          addresses: [database],
        },
        networkPolicy: { namespaces: ['kserve'], namespaceLabels: [{ 'slipway.dev/serving': 'enabled' }] },
      },
    ],
    registryUi: { replicas: 2, registryNamespaces: ['kubeflow'], networkPolicy: { namespaces: ['istio-system'] } },
    catalog: {
      replicas: 2,
      database: {
        credentials: { from: 'external-secret', store: { name: 'platform' }, entry: 'model-catalog/database' },
      },
      networkPolicy: { namespaces: ['istio-system'] },
    },
    storageInitializer: { storage: {} },
    serving: {
      replicas: 2,
      monitor: true,
      networkPolicy: {},
      metricsCertificate: { from: 'cert-manager', issuer: { name: 'platform' } },
    },
    servingRuntimes: {},
    registrySync: {
      replicas: 2,
      monitor: true,
      networkPolicy: {},
      metricsCertificate: { from: 'cert-manager', issuer: { name: 'platform' } },
    },
    inferenceRuns: {
      replicas: 2,
      watch: ['ml-batch'],
      settings: { workers: 8, reconcilesPerSecond: 50 },
      monitor: true,
      networkPolicy: { runners: { addresses: [storage] } },
      metricsCertificate: { from: 'cert-manager', issuer: { name: 'platform' } },
    },
    gitops: { repository: 'https://git.example.com/platform/slipway.git', argoCd: {}, flux: {} },
  });
