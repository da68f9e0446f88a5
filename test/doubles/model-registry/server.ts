import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registryApiPath } from '../../../definitions/names/model-registry';
import { entityJson } from './entity-json';
import { inferenceService, modelVersion, registeredModel, servingEnvironment } from './entity-types';
import { Refusal } from './refusal';
import { registryRoutes, type Routes } from './routes';
import { Rows } from './rows';

/** One request that the registry got. */
export interface LoggedRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Status of the answer; 0 when there was none. */
  readonly status: number;
}

/** What the registry, or the proxy in front of it, does instead of answering properly. */
export type Misbehaviour =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Closes the connection without an answer. */
  | { readonly kind: 'reset' }
  /** Does what it should, and closes the connection before it says so. */
  | { readonly kind: 'lost-answer' }
  /** Never answers. */
  | { readonly kind: 'silence' };

/** When it misbehaves. */
export interface MisbehaviourRule {
  readonly misbehaviour: Misbehaviour;
  /** @default every request */
  readonly matches?: (request: { readonly method: string; readonly path: string }) => boolean;
  /** @default always */
  readonly times?: number;
}

/** Misbehaviours that installations really show. */
export const misbehaviours = {
  /** The database is not connected yet. */
  startingUp: {
    kind: 'answer',
    status: 503,
    headers: { 'content-type': 'text/plain' },
    body: 'Datastore service is down or unavailable. Please check that the database is reachable and try again later.',
  },
  unauthorized: { kind: 'answer', status: 401, body: 'Unauthorized' },
  forbidden: { kind: 'answer', status: 403, body: 'Forbidden' },
  loginPage: { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Log in</body></html>' },
  redirectToLogin: { kind: 'answer', status: 302, headers: { location: '/oauth2/start' } },
  emptyBody: { kind: 'answer', status: 200 },
} as const satisfies Record<string, Misbehaviour>;

export interface ModelRegistryOptions {
  /** @default a free one */
  readonly port?: number;
  /** Milliseconds before each answer. @default 0 */
  readonly latencyMs?: number;
  /** Whether lists of inference services, environments, serves and model artifacts honour `filterQuery`. @default false */
  readonly filterEverywhere?: boolean;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** A running double. */
export interface ModelRegistry {
  readonly url: string;
  readonly log: readonly LoggedRequest[];
  /** Entities as a client would read them, by what tests ask for. */
  readonly entities: {
    registeredModels(): Record<string, unknown>[];
    modelVersions(): Record<string, unknown>[];
    servingEnvironments(): Record<string, unknown>[];
    inferenceServices(): Record<string, unknown>[];
  };
  clearLog(): void;
  /** Misbehaves from now on; returns what ends it. */
  misbehave(rule: MisbehaviourRule): () => void;
  close(): Promise<void>;
}

/** Starts the double on loopback. */
export async function startModelRegistry(options: ModelRegistryOptions = {}): Promise<ModelRegistry> {
  const { latencyMs = 0, filterEverywhere = false, now = Date.now } = options;
  const rows = new Rows(now);
  const routes = registryRoutes(rows, { filterEverywhere });
  const log: LoggedRequest[] = [];
  const rules: { rule: MisbehaviourRule; left: number }[] = [];

  const misbehaviourFor = (request: { method: string; path: string }) => {
    const entry = rules.find(({ rule, left }) => left > 0 && (rule.matches?.(request) ?? true));
    if (entry !== undefined) entry.left -= 1;
    return entry?.rule.misbehaviour;
  };

  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const url = new URL(request.url ?? '/', 'http://registry');
      const method = request.method ?? 'GET';
      const misbehaviour = misbehaviourFor({ method, path: url.pathname });
      if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
      if (misbehaviour?.kind === 'answer') {
        response.writeHead(misbehaviour.status, misbehaviour.headers).end(misbehaviour.body);
      } else if (misbehaviour === undefined || misbehaviour.kind === 'lost-answer') {
        const answer = handle(routes, method, url, body);
        if (misbehaviour === undefined) response.writeHead(answer.status, answer.headers).end(answer.body);
      }
      const answered = misbehaviour === undefined || misbehaviour.kind === 'answer';
      log.push({
        method,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body,
        status: answered ? response.statusCode : 0,
      });
      if (misbehaviour?.kind === 'reset' || misbehaviour?.kind === 'lost-answer') response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const all = (type: Parameters<Rows['of']>[0]) => () => rows.of(type).map(entityJson);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    entities: {
      registeredModels: all(registeredModel),
      modelVersions: all(modelVersion),
      servingEnvironments: all(servingEnvironment),
      inferenceServices: all(inferenceService),
    },
    clearLog: () => void log.splice(0),
    misbehave(rule) {
      const entry = { rule, left: rule.times ?? Infinity };
      rules.push(entry);
      return () => void (entry.left = 0);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(body),
});
const plain = (status: number, body: string): Answer => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body });

function handle(routes: Routes, method: string, url: URL, body: string): Answer {
  if (/\/readyz\/(isDirty|health)$/.test(url.pathname)) return health(method, url);
  const base = `${registryApiPath}/v1alpha3`;
  const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : undefined;
  const [, first = '', id = '', ...rest] = path?.split('/') ?? [];
  const pattern = id === '' && !path?.endsWith('/') ? `/${first}` : `/${[first, '{id}', ...rest].join('/')}`;
  const handler = id === '' && path?.endsWith('/') ? undefined : routes.get(`${method} ${pattern}`);
  if (handler === undefined) {
    const known = ['GET', 'POST', 'PATCH'].some((other) => routes.has(`${other} ${pattern}`));
    return known && !path?.endsWith('/') ? plain(405, '') : plain(404, '404 page not found');
  }
  try {
    for (const [name, value] of url.searchParams) refuseNull(name, value);
    const reply = handler({ id: decodeURIComponent(id), query: url.searchParams, body });
    return json(reply.status, reply.body);
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, error.body);
    throw error;
  }
}

function refuseNull(name: string, value: string): void {
  if (!value.includes('\0')) return;
  throw new Refusal(400, `Invalid ${name} query parameter: invalid ${name} parameter: contains null bytes which are not allowed`);
}

function health(method: string, url: URL): Answer {
  if (method !== 'GET') return plain(405, '');
  if (url.searchParams.get('format') !== 'json') return plain(200, 'OK');
  const pass = (Name: string) => ({ Name, Status: 'pass', Message: '', Details: {} });
  return json(200, { status: 'pass', checks: { database: pass('database'), 'model-registry': pass('model-registry') } });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
