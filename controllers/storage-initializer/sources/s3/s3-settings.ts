import { ConfigError } from '../../../../definitions/config/parse-config';
import type { Environment } from '../../../component';
import { numberVariable, switchVariable, textVariable } from '../../general-settings';

/** Settings of S3, as KServe and the AWS SDKs name their variables. */
export interface S3Settings {
  /** Base URL of a server that is not AWS's, without trailing `/`. */
  readonly endpoint?: string;
  /** Absent: nobody said, AWS tells. */
  readonly region?: string;
  readonly addressing: 'virtual-hosted' | 'path' | 'automatic';
  readonly accelerate: boolean;
  readonly dualStack: boolean;
  readonly fips: boolean;
  readonly anonymous: boolean;
  readonly verifyTls: boolean;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly attempts: number;
  readonly fileConcurrency: number;
  readonly rangeConcurrency: number;
}

/** @throws ConfigError naming variable and value */
export function s3Settings(environment: Environment, profileRegion?: string): S3Settings {
  const endpoint = endpointOf(environment);
  const region = textVariable(environment, 'AWS_REGION') ?? textVariable(environment, 'AWS_DEFAULT_REGION');
  const known = region ?? profileRegion;
  // It becomes part of a host name.
  if (known !== undefined && !/^[a-z0-9-]{1,63}$/i.test(known)) {
    throw new ConfigError('environment', [
      `AWS_REGION: got ${JSON.stringify(known)}, expected a region like eu-west-1`,
    ]);
  }
  const accelerate = switchVariable(environment, 'S3_USE_ACCELERATE');
  if (accelerate && endpoint !== undefined && !isAwsEndpoint(endpoint)) {
    throw new ConfigError('environment', [
      `S3_USE_ACCELERATE: only AWS accelerates, and AWS_ENDPOINT_URL is ${endpoint}: unset one of them`,
    ]);
  }
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(known === undefined ? {} : { region: known }),
    addressing: addressingOf(environment, endpoint, known),
    accelerate,
    dualStack: switchVariable(environment, 'AWS_USE_DUALSTACK_ENDPOINT'),
    fips: switchVariable(environment, 'AWS_USE_FIPS_ENDPOINT'),
    anonymous: switchVariable(environment, 'awsAnonymousCredential'),
    verifyTls: !['0', 'false'].includes((environment['S3_VERIFY_SSL'] ?? '').trim().toLowerCase()),
    connectTimeoutMs: 1000 * numberVariable(environment, 'S3_CONNECT_TIMEOUT', { otherwise: 15, least: 1, most: 3600 }),
    readTimeoutMs: 1000 * numberVariable(environment, 'S3_READ_TIMEOUT', { otherwise: 30, least: 1, most: 3600 }),
    attempts: numberVariable(environment, 'S3_MAX_ATTEMPTS', { otherwise: 3, least: 1, most: 100 }),
    fileConcurrency: numberVariable(environment, 'S3_MAX_FILE_CONCURRENCY', { otherwise: 4, least: 1, most: 256 }),
    rangeConcurrency: numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
  };
}

/** AWS's first endpoint, which many configurations still name. It has no region: only virtual-hosted addresses find theirs. */
const globalEndpoint = 'https://s3.amazonaws.com';

function isAwsEndpoint(endpoint: string): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}

/**
 * `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or what KServe's secrets have: `S3_ENDPOINT` with `S3_USE_HTTPS`. A scheme in the endpoint
 * wins over the switch.
 */
function endpointOf(environment: Environment): string | undefined {
  for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL', 'S3_ENDPOINT']) {
    const text = textVariable(environment, name)?.trim();
    if (text === undefined) continue;
    const isPlain = (environment['S3_USE_HTTPS'] ?? '').trim() === '0';
    const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
    const url = URL.parse(hasScheme || name !== 'S3_ENDPOINT' ? text : `${isPlain ? 'http' : 'https'}://${text}`);
    if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '') {
      throw new ConfigError('environment', [
        `${name}: got ${JSON.stringify(withoutUserInfo(text))}, expected a URL like https://minio.example.com:9000 without user and query`,
      ]);
    }
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  }
  return undefined;
}

function withoutUserInfo(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/s, '');
}

/** What the variable says, or path-style for servers that are not AWS's: few of them have a name for each bucket. */
function addressingOf(
  environment: Environment,
  endpoint: string | undefined,
  region: string | undefined,
): S3Settings['addressing'] {
  if (endpoint === globalEndpoint && region !== undefined && region !== 'us-east-1') return 'virtual-hosted';
  if (textVariable(environment, 'S3_USER_VIRTUAL_BUCKET') !== undefined) {
    return switchVariable(environment, 'S3_USER_VIRTUAL_BUCKET') ? 'virtual-hosted' : 'path';
  }
  return endpoint === undefined || isAwsEndpoint(endpoint) ? 'automatic' : 'path';
}
