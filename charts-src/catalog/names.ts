/** Names of the model catalog's objects, as upstream renders them. */
export const catalogNames = {
  deployment: 'model-catalog-server',
  service: 'model-catalog',
  sources: 'model-catalog-sources',
  defaultSources: 'default-catalog-sources',
  testData: 'model-catalog-testdata',
  performanceData: 'model-catalog-demo-perf-data',
  networkPolicy: 'model-catalog-server',
  /** StatefulSet, Service, Secret and NetworkPolicy. */
  database: 'model-catalog-postgres',
  initialization: 'model-catalog-postgres-initialization',
  destinationRule: 'model-catalog-service',
  virtualService: 'model-catalog',
} as const;

const partOf = { 'app.kubernetes.io/part-of': 'model-catalog' };

/** Labels of the server's Deployment and pods. */
export const serverLabels = {
  'app.kubernetes.io/name': 'model-catalog',
  'app.kubernetes.io/component': 'server',
  ...partOf,
} as const;

/** Labels that the catalog's database pods have and no others. */
export const databaseLabels = { 'app.kubernetes.io/name': 'postgres', ...partOf } as const;

/** Port of the catalog's API. */
export const catalogPort = 8080;
