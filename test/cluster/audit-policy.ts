/**
 * What the API server's audit log records. `writes`: requests and answers of writes, metadata of reads. `metadata`: no
 * bodies at all, for benchmarks. `off`: no log.
 */
export type AuditLevel = 'writes' | 'metadata' | 'off';

/** The audit policy of a level, as a file for the API server. */
export function auditPolicy(level: Exclude<AuditLevel, 'off'>): object {
  const secret = [
    { group: '', resources: ['secrets', 'serviceaccounts/token'] },
    { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
  ];
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // One event a request: RequestReceived would double the log and says nothing that ResponseComplete does not.
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: [
      // The API server's requests to itself and probes of readiness are no test's business.
      { level: 'None', users: ['system:apiserver'] },
      { level: 'None', nonResourceURLs: ['/readyz*', '/livez*', '/healthz*', '/openapi/*'] },
      { level: 'Metadata', resources: secret },
      ...(level === 'writes'
        ? [{ level: 'RequestResponse', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] }]
        : []),
      { level: 'Metadata' },
    ],
  };
}
