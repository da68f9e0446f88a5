import { join } from 'node:path';
import { ConfigError } from '../../../definitions/config/parse-config';
import { serviceAccountDirectory } from '../../../definitions/names/controller';
import { registryPort, registryServiceName } from '../../../definitions/names/model-registry';
import type { Environment } from '../../component';
import { numberVariable, switchVariable, textVariable } from '../general-settings';
import { isListedHost, type ModelRegistryUri } from './registry-uri';

/** Where registries are and how they are asked. */
export interface RegistrySettings {
  readonly scheme: 'http' | 'https';
  /** URL of the default registry, without trailing slash. */
  readonly defaultUrl: string;
  /** Port of registries that are named by their namespace. */
  readonly port: number;
  readonly serviceName: string;
  readonly clusterDomain: string;
  /** Namespace of the registry when a URI names neither namespace nor host; absent: the default registry. */
  readonly namespace?: string;
  /** Hosts that the operator has listed: names without a dot that are hosts, and hosts that get the token. */
  readonly hosts: readonly string[];
  /** Whether a first part that could be a host is asked, as upstream does. */
  readonly probeHosts: boolean;
  /** File with a bearer token, read for each request. */
  readonly tokenFile?: string;
  /** PEM file with authorities that are trusted in addition. */
  readonly caFile?: string;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Tries of one request. */
  readonly attempts: number;
  /** Whether archived models and versions are served when they are named. */
  readonly allowArchived: boolean;
}

/** A registry that is asked. */
export interface ChosenRegistry {
  readonly url: string;
  /** Whether the operator chose it: then it gets the token. A host that only the URI names does not. */
  readonly trusted: boolean;
}

/** Settings in the environment. @throws ConfigError naming the variable */
export function registrySettings(environment: Environment): RegistrySettings {
  const seconds = (name: string, otherwise: number) =>
    numberVariable(environment, name, { otherwise, least: 1, most: 600 }) * 1000;
  const scheme = schemeOf(environment);
  const defaultUrl = baseUrl(environment, scheme);
  const port = new URL(defaultUrl).port;
  const namespace = textVariable(environment, 'MODEL_REGISTRY_NAMESPACE');
  if (namespace !== undefined && !/^[a-zA-Z0-9_-]{1,63}$/.test(namespace)) {
    throw wrong('MODEL_REGISTRY_NAMESPACE', namespace, 'expected a namespace');
  }
  const caFile = textVariable(environment, 'MODEL_REGISTRY_CA_FILE');
  const tokenFile = tokenFileOf(environment);
  return {
    scheme,
    defaultUrl,
    port: port === '' ? registryPort : Number(port),
    serviceName: textVariable(environment, 'MODEL_REGISTRY_SERVICE_NAME') ?? registryServiceName,
    clusterDomain: textVariable(environment, 'MODEL_REGISTRY_CLUSTER_DOMAIN') ?? 'svc.cluster.local',
    ...(namespace === undefined ? {} : { namespace }),
    hosts: (environment['MODEL_REGISTRY_HOSTS'] ?? '').split(/[\s,]+/).filter((host) => host !== ''),
    probeHosts: switchVariable(environment, 'MODEL_REGISTRY_PROBE_HOSTS'),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(caFile === undefined ? {} : { caFile }),
    connectTimeoutMs: seconds('MODEL_REGISTRY_CONNECT_TIMEOUT', 5),
    requestTimeoutMs: seconds('MODEL_REGISTRY_REQUEST_TIMEOUT', 15),
    attempts: numberVariable(environment, 'MODEL_REGISTRY_MAX_ATTEMPTS', { otherwise: 3, least: 1, most: 100 }),
    allowArchived: switchVariable(environment, 'MODEL_REGISTRY_ALLOW_ARCHIVED'),
  };
}

/** The registry that a URI means. */
export function registryOf({ namespace, host }: ModelRegistryUri, settings: RegistrySettings): ChosenRegistry {
  const { scheme, serviceName, clusterDomain, port, hosts, defaultUrl } = settings;
  const of = namespace ?? (host === undefined ? settings.namespace : undefined);
  if (of !== undefined) return { url: `${scheme}://${serviceName}.${of}.${clusterDomain}:${port}`, trusted: true };
  if (host === undefined) return { url: defaultUrl, trusted: true };
  return { url: `${scheme}://${host}`, trusted: isListedHost(host, hosts) || host === new URL(defaultUrl).host };
}

function schemeOf(environment: Environment): 'http' | 'https' {
  const scheme = textVariable(environment, 'MODEL_REGISTRY_SCHEME') ?? 'http';
  if (scheme === 'http' || scheme === 'https') return scheme;
  throw wrong('MODEL_REGISTRY_SCHEME', scheme, 'allowed: http, https');
}

/** `host[:port]`; a scheme and a path, which upstream does not take, mean what they say. */
function baseUrl(environment: Environment, scheme: string): string {
  const name = 'MODEL_REGISTRY_BASE_URL';
  const base = textVariable(environment, name) ?? `localhost:${registryPort}`;
  const url = URL.parse(/^https?:\/\//.test(base) ? base : `${scheme}://${base}`);
  const isBare = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  // Not shown: it may have a password in it.
  if (!isBare) throw new ConfigError('environment', [`${name}: expected host[:port], without user and query`]);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The token of the pod's ServiceAccount is for the API server first: it is sent when somebody says so. */
function tokenFileOf(environment: Environment): string | undefined {
  const file = textVariable(environment, 'MODEL_REGISTRY_TOKEN_FILE');
  if (file !== undefined || !switchVariable(environment, 'MODEL_REGISTRY_USE_SERVICE_ACCOUNT_TOKEN')) return file;
  return join(environment['SLIPWAY_SERVICE_ACCOUNT_DIRECTORY'] ?? serviceAccountDirectory, 'token');
}

function wrong(name: string, got: string, expected: string): ConfigError {
  return new ConfigError('environment', [`${name}: got ${JSON.stringify(got)}, ${expected}`]);
}
