import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../../definitions/config/parse-config';
import { version } from '../../../definitions/names/version';
import type { Environment } from '../../component';
import { causeText } from '../../runtime/cause-text';
import { trustedCertificates } from '../../model-registry/registry-connections';
import type { RegistryRequests } from '../../model-registry/registry-reads';
import { RegistryTransport } from '../../model-registry/registry-transport';
import { Connections } from '../http/connections';
import type { SourceContext } from '../source';
import { trustedAuthorities } from '../trust';
import { patientRequests } from './patient-requests';
import type { ChosenRegistry, RegistrySettings } from './registry-settings';

/** Requests to one registry, until they are closed. */
export interface RegistryConnection {
  readonly requests: RegistryRequests;
  close(): Promise<void>;
}

/**
 * Connects to a registry. The token is sent to registries that the operator chose; hosts that only a URI names never are at link-local
 * addresses, where clouds give out secrets.
 *
 * @throws ConfigError for a CA file that can't be used, StorageError for a link-local host
 */
export function connectToRegistry(
  { url, trusted }: ChosenRegistry,
  settings: RegistrySettings,
  { environment, clock, random }: Pick<SourceContext, 'environment' | 'clock' | 'random'>,
): RegistryConnection {
  const { connectTimeoutMs, requestTimeoutMs, tokenFile, attempts } = settings;
  const connections = new Connections(
    {
      connectTimeoutMs,
      ca: url.startsWith('https:') ? authorities(settings, environment) : undefined,
      refuse: trusted ? undefined : 'link-local',
    },
    environment,
  );
  const { dispatcher } = connections.to(new URL(url).origin);
  const transport = new RegistryTransport({
    baseUrl: url,
    apiVersion: 'v1alpha3',
    dispatcher,
    requestTimeoutMs,
    userAgent: `slipway-storage-initializer/${version}`,
    now: () => clock.monotonic(),
    ...(trusted && tokenFile !== undefined ? { token: () => readToken(tokenFile) } : {}),
  });
  return {
    requests: patientRequests(transport, { attempts, clock, random }),
    close: () => connections.close(),
  };
}

/** Those that every URI has, and the registry's own. @returns `undefined` for Node's */
function authorities({ caFile }: RegistrySettings, environment: Environment): readonly string[] | undefined {
  // What is wrong with the files of every URI was said when the program started.
  const quiet = { debug: noWord, info: noWord, warn: noWord, error: noWord };
  const general = trustedAuthorities(environment, quiet);
  if (caFile === undefined) return general;
  try {
    return [...(general ?? []), ...trustedCertificates([caFile])];
  } catch (error) {
    throw new ConfigError('environment', [`MODEL_REGISTRY_CA_FILE: ${causeText(error)}`]);
  }
}

const noWord = () => undefined;

async function readToken(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim();
  if (token === '') throw new Error(`the token file ${file} is empty`);
  return token;
}
