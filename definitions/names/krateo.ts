/** Names of Krateo's world around inference runs: endpoint Secrets, the FinOps database handler, its notebooks. */

/** Keys of an endpoint Secret. */
export const endpointKeys = {
  serverUrl: 'server-url',
  proxyUrl: 'proxy-url',
  token: 'token',
  username: 'username',
  password: 'password',
  certificateAuthority: 'certificate-authority-data',
  clientCertificate: 'client-certificate-data',
  clientKey: 'client-key-data',
  insecure: 'insecure',
  debug: 'debug',
  awsAccessKey: 'aws-access-key',
  awsSecretKey: 'aws-secret-key',
  awsRegion: 'aws-region',
  awsService: 'aws-service',
} as const;
export type EndpointKey = (typeof endpointKeys)[keyof typeof endpointKeys];

/** Where the database handler lists its notebooks, and below which it runs them. */
export const notebookListPath = '/compute/list';
export const notebookPath = '/compute/';

/** Members of an output call that say what the results are; no parameter may replace them. */
export const resultMembers = { jobUid: 'job_uid', podUid: 'pod_uid', predictions: 'predictions' } as const;

/** Notebooks of the FinOps database handler as objects: its uploader watches them, and the name of the object is the notebook's. */
export const notebookKind = { apiVersion: 'finops.krateo.io/v1', kind: 'Notebook' } as const;
/** Namespace that Krateo's components are in. */
export const krateoNamespace = 'krateo-system';
