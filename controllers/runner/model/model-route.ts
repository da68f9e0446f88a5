import { ConfigError } from '../../../definitions/config/parse-config';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { Connections } from '../../storage-initializer/http/connections';
import { errorCodes } from '../error-code';
import type { Endpoint } from '../endpoint';
import { RunnerError } from '../runner-error';
import type { Work } from '../work';
import type { ModelRoute } from './model-connection';
import type { RequestSettings } from './request-settings';

/** The way to a model, and what is to be let go after it. */
export interface OpenRoute extends ModelRoute {
  close(): Promise<void>;
}

/** Opens the endpoint Secret that the config names for the model; `undefined` without one. @throws RunnerError with exit code 7 */
export async function modelEndpoint(
  { contract, openEndpoint }: Work,
  settings: RequestSettings,
): Promise<Endpoint | undefined> {
  const { endpointRef } = contract.kserve;
  if (endpointRef === undefined) return undefined;
  return openEndpoint(endpointRef, {
    connectSeconds: settings.connectTimeoutMs / 1000,
    answerSeconds: settings.timeoutMs / 1000,
  });
}

/**
 * Connections to the model: those of its endpoint, else plain ones through the proxies of the environment. Each request in flight has one
 * of its own, which is kept for the next.
 *
 * @throws RunnerError with exit code 7 for a proxy that is no URL
 */
export function modelRoute(
  endpoint: Endpoint | undefined,
  url: string,
  { connectTimeoutMs }: RequestSettings,
  environment: Work['environment'],
): OpenRoute {
  if (endpoint !== undefined) return { dispatcher: endpoint.dispatcher, close: () => endpoint.close() };
  try {
    const connections = new Connections({ connectTimeoutMs }, environment);
    return { ...connections.to(new URL(url).origin), close: () => connections.close() };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new RunnerError(exitCodes.endpoint, errorCodes.credentials, error.message, { cause: error });
  }
}
