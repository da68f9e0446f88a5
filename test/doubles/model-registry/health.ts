import { jsonAnswer, textAnswer, type Answer } from './answer';

/** Whether a path is one of the health endpoints, which the server tells by their ends. */
export const isHealthPath = (path: string): boolean => /\/readyz\/(?:isDirty|health)$/.test(path);

interface Check {
  readonly name: string;
  /** Why it fails; absent when it passes. */
  readonly problem?: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** The newest migration of the schema. */
const schemaVersion = 25;

/**
 * Answers the health endpoints.
 *
 * @param started whether the database is connected; until then both fail
 */
export function healthAnswer(method: string, url: URL, started: boolean, now: () => number): Answer {
  if (method !== 'GET') return textAnswer(405, '');
  const startedAt = now();
  const database: Check = {
    name: 'database',
    ...(started ? {} : { problem: 'database connector not initialized' }),
    details: started ? { schema_version: schemaVersion, schema_dirty: false } : {},
  };
  const service: Check = {
    name: 'model-registry',
    ...(started ? {} : { problem: 'model registry service not yet initialized' }),
    details: {},
  };
  const checks = url.pathname.endsWith('/health') ? [database, service] : [database];
  const problem = checks.find((check) => check.problem !== undefined)?.problem;
  const status = problem === undefined ? 200 : 503;
  if (url.searchParams.get('format') !== 'json') return textAnswer(status, problem ?? 'OK');
  const meta: Check = {
    name: 'meta',
    details: { check_duration_ms: now() - startedAt, timestamp: new Date(startedAt).toISOString() },
  };
  const verdict = problem === undefined ? 'pass' : 'fail';
  return jsonAnswer(status, {
    status: verdict,
    checks: Object.fromEntries([...checks, meta].map((c) => [c.name, checkJson(c)])),
  });
}

const checkJson = ({ name, problem, details }: Check) => ({
  Name: name,
  Status: problem === undefined ? 'pass' : 'fail',
  Message: problem ?? '',
  Details: details,
});
