import { setTimeout as delay } from 'node:timers/promises';
import { realClock, type Clock } from '../../../controllers/runtime/clock';
import { registryApiPath } from '../../../definitions/names/model-registry';
import { jsonAnswer, textAnswer, type Answer } from './answer';
import { artifactTypes } from './artifact-types';
import { entityJson, type EntityJson } from './entity-json';
import { EntityStore } from './entity-store';
import {
  experiment,
  experimentRun,
  inferenceService,
  modelVersion,
  registeredModel,
  serveModel,
  servingEnvironment,
  type EntityType,
} from './entity-types';
import { FaultRules, type RegistryFaultRule } from './faults';
import { healthAnswer, isHealthPath } from './health';
import { startLoopbackServer, type LoopbackServer, type Outcome, type Responder } from './loopback-server';
import { badRequest, Refusal } from './refusal';
import { registryRoutes } from './registry-routes';
import type { ReceivedRequest } from './request-log';
import { matchRoute, type Routes } from './routes';

/** How the double is started. */
export interface ModelRegistryOptions {
  /** @default 0, a free one */
  readonly port?: number;
  /** Milliseconds before every answer. @default 0 */
  readonly latencyMs?: number;
  /** Whether lists of inference services, environments, serves and model artifacts honour `filterQuery`, as newer servers do. @default false */
  readonly honourInferenceServiceFilter?: boolean;
  /** Gives entities their times. @default the real one */
  readonly clock?: Pick<Clock, 'now'>;
}

/** What is stored at this moment, as a client would read it, by id. */
export interface RegistryEntities {
  readonly registeredModels: readonly EntityJson[];
  readonly modelVersions: readonly EntityJson[];
  readonly artifacts: readonly EntityJson[];
  readonly servingEnvironments: readonly EntityJson[];
  readonly inferenceServices: readonly EntityJson[];
  readonly serveModels: readonly EntityJson[];
  readonly experiments: readonly EntityJson[];
  readonly experimentRuns: readonly EntityJson[];
}

/** A running double of the Model Registry; its URL is without the base path. */
export interface ModelRegistry extends LoopbackServer {
  /** A snapshot; asked without a request, so not in the log and met by no fault. */
  entities(): RegistryEntities;
  /** Loses a record, as a database does that is restored from an older copy: the API has no deletion. */
  loseInferenceService(id: string): void;
  /** Adds a rule; the first that matches strikes. Returns what takes it away again. */
  inject(rule: RegistryFaultRule): () => void;
  /** Takes all rules away. */
  clearFaults(): void;
}

/** Base path of the API version that the double speaks. */
const basePath = `${registryApiPath}/v1alpha3`;

const startingUp =
  'Datastore service is down or unavailable. Please check that the database is reachable and try again later.';

/**
 * Starts a stand-in for the Kubeflow Model Registry on 127.0.0.1: the real server needs a build of its own and a database. It is
 * made from the published contract and the server's sources; the README beside this file lists its limits.
 *
 * @throws when the port is taken
 */
export async function startModelRegistry(options: ModelRegistryOptions = {}): Promise<ModelRegistry> {
  const { port = 0, latencyMs = 0, honourInferenceServiceFilter = false, clock = realClock } = options;
  const now = () => clock.now();
  const store = new EntityStore(now);
  const routes = registryRoutes(store, { filterEverywhere: honourInferenceServiceFilter });
  const faults = new FaultRules();

  const respond: Responder = async (request, signal): Promise<Outcome> => {
    const fault = faults.strike({ method: request.method, path: request.url.pathname });
    const latency = latencyMs + (fault?.kind === 'late' ? fault.latencyMs : 0);
    if (latency > 0) await delay(latency, undefined, { signal });
    switch (fault?.kind) {
      case 'answer':
        return fault;
      case 'reset':
      case 'silence':
        return fault.kind;
      case 'lost-answer':
        answerOf(routes, request, true, now);
        return 'reset';
      case 'starting-up':
        return answerOf(routes, request, false, now);
      default:
        return answerOf(routes, request, true, now);
    }
  };
  const server = await startLoopbackServer(respond, port);
  const stored = (...types: readonly EntityType[]) => store.of(...types).map(entityJson);

  return {
    ...server,
    entities: () => ({
      registeredModels: stored(registeredModel),
      modelVersions: stored(modelVersion),
      artifacts: stored(...artifactTypes),
      servingEnvironments: stored(servingEnvironment),
      inferenceServices: stored(inferenceService),
      serveModels: stored(serveModel),
      experiments: stored(experiment),
      experimentRuns: stored(experimentRun),
    }),
    loseInferenceService: (id) => store.lose(store.get(id, inferenceService)),
    inject: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
  };
}

/** @param started whether the database is connected */
function answerOf(routes: Routes, request: ReceivedRequest, started: boolean, now: () => number): Answer {
  const { method, url } = request;
  if (isHealthPath(url.pathname)) return healthAnswer(method, url, started, now);
  if (!started) return textAnswer(503, startingUp);
  const match = matchRoute(
    routes,
    method,
    url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : '',
  );
  if (match.kind === 'not-found') return textAnswer(404, '404 page not found');
  if (match.kind === 'method-not-allowed') return textAnswer(405, '');
  try {
    for (const [name, value] of url.searchParams) refuseNull(name, value);
    const { status, body } = match.handler({ id: decoded(match.id), query: url.searchParams, body: request.body });
    return jsonAnswer(status, body);
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
    return jsonAnswer(refusal.status, refusal.body);
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw badRequest(`invalid path parameter ${id}: malformed percent encoding`);
  }
}

function refuseNull(name: string, value: string): void {
  if (!value.includes('\0')) return;
  throw new Refusal(
    400,
    `Invalid ${name} query parameter: invalid ${name} parameter: contains null bytes which are not allowed`,
  );
}
