import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from '../../../definitions/config/parse-config';
import type { ObjectReference } from '../../../definitions/inference/object-reference';
import type { Environment } from '../../component';
import { causeText } from '../../runtime/cause-text';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import type { Endpoint, OpenEndpoint } from '../endpoint';
import { EndpointDispatcher, type EndpointGeneration } from './endpoint-dispatcher';
import { EndpointProblem, endpointSettings, type EndpointSettings } from './endpoint-settings';
import { secretReader, type ReadSecret } from './secret-values';
import { serverConnections, type ServerConnections } from './server-connections';
import { unusable } from './unusable';

export interface EndpointParts {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  /** @default mounted files, else the Kubernetes API */
  readonly readSecret?: ReadSecret;
}

/** Opens the endpoints that Secrets describe. */
export function endpointsOf(parts: EndpointParts): OpenEndpoint {
  const { environment, clock, log } = parts;
  const readSecret = parts.readSecret ?? secretReader(environment, clock);
  return async (reference, timeouts): Promise<Endpoint> => {
    const settings = await settingsOf(reference, readSecret);
    const generation = (state: EndpointSettings): EndpointGeneration => ({
      settings: state,
      connections: connectionsOf(reference, () => serverConnections(state, timeouts.connectSeconds, environment)),
    });
    const { namespace, name } = reference;
    const dispatcher = new EndpointDispatcher(generation(settings), {
      timeouts,
      clock,
      log: log.child({ secret: `${namespace}/${name}` }),
      renew: async (current) => {
        const next = await renewedSettings(reference, readSecret, log);
        return next === undefined || isDeepStrictEqual(next, current) ? undefined : generation(next);
      },
    });
    return endpointWith(settings.url, dispatcher);
  };
}

function endpointWith(url: string, dispatcher: EndpointDispatcher): Endpoint {
  return {
    url,
    get headers() {
      return dispatcher.headers;
    },
    dispatcher,
    close: () => dispatcher.close(),
  };
}

async function settingsOf(reference: ObjectReference, readSecret: ReadSecret): Promise<EndpointSettings> {
  const values = await readSecret(reference);
  try {
    return endpointSettings(values);
  } catch (error) {
    if (error instanceof EndpointProblem) throw unusable(reference, error.message, error);
    throw error;
  }
}

/** A proxy of the environment that is none keeps us from the server just as one of the Secret. */
function connectionsOf(reference: ObjectReference, make: () => ServerConnections): ServerConnections {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConfigError) throw unusable(reference, error.message, error);
    throw error;
  }
}

/** A Secret that can't be used any more leaves things as they are: the server's refusal says what the matter is. */
async function renewedSettings(
  reference: ObjectReference,
  readSecret: ReadSecret,
  log: Logger,
): Promise<EndpointSettings | undefined> {
  try {
    return await settingsOf(reference, readSecret);
  } catch (error) {
    log.warn({ reason: causeText(error) }, 'Endpoint Secret can not be read again');
    return undefined;
  }
}
