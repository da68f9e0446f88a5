import type { Environment } from '../../../component';
import { ConfigError } from '../../../../definitions/config/parse-config';
import { displayUri } from '../../display-uri';
import { textVariable } from '../../general-settings';
import { StorageError } from '../../storage-error';

/** What an Azure URI names. */
export interface AzureLocation {
  readonly account: string;
  /** Where requests go, without a slash at its end. */
  readonly endpoint: string;
  /** Container of blobs, or share of files. */
  readonly container: string;
  /** Path in it, decoded, without slashes around it; empty for all of it. */
  readonly path: string;
  /** The URI's path ends in `/`: a blob of exactly this name is not meant. */
  readonly isFolder: boolean;
  /** The shared access signature of the URI, without `?`; absent when it has none. */
  readonly signature?: string;
}

const services = {
  blob: { variable: 'AZURE_STORAGE_BLOB_ENDPOINT', unit: 'container' },
  file: { variable: 'AZURE_STORAGE_FILE_ENDPOINT', unit: 'share' },
} as const;

/**
 * Takes `https://ACCOUNT.SERVICE.core.windows.net/CONTAINER/PATH[?SAS]` apart, or the same with a DNS zone
 * (`ACCOUNT.z20.SERVICE.storage.azure.net`).
 *
 * The endpoint is the URI's host, or that of `AZURE_STORAGE_BLOB_ENDPOINT` or `AZURE_STORAGE_FILE_ENDPOINT` where the account is reached
 * by another name: a private link, an emulator.
 *
 * @throws StorageError, ConfigError
 */
export function azureLocation(uri: string, service: keyof typeof services, environment: Environment): AzureLocation {
  const { variable, unit } = services[service];
  const url = URL.parse(uri);
  const account = url?.hostname.split('.')[0] ?? '';
  const [container = '', ...segments] = (url?.pathname ?? '').replace(/^\/+/, '').split('/');
  if (url === null || account === '' || container === '') {
    throw new StorageError(
      'other',
      `Azure error: ${displayUri(uri)} names no ${unit}, expected https://${url?.host ?? 'ACCOUNT'}/${unit.toUpperCase()}/PATH`,
    );
  }
  const path = decoded(segments.join('/'), uri);
  return {
    account,
    endpoint: endpointOf(variable, environment) ?? url.origin,
    container: decoded(container, uri),
    path: path.replace(/^\/+|\/+$/g, ''),
    isFolder: path === '' || path.endsWith('/'),
    ...(url.search.length > 1 ? { signature: url.search.slice(1) } : {}),
  };
}

function decoded(text: string, uri: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StorageError('other', `Azure error: ${displayUri(uri)} has a % that is not followed by a code`);
  }
}

function endpointOf(variable: string, environment: Environment): string | undefined {
  const text = textVariable(environment, variable);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  throw new ConfigError('environment', [`${variable}: got ${displayUri(text)}, expected the URL of an endpoint`]);
}

/** Address of what is in a container: every character of a name that means something in a URL is encoded. */
export function azureAddress({ endpoint, container }: AzureLocation, path: string, query?: URLSearchParams): string {
  const encoded = [container, ...(path === '' ? [] : path.split('/'))].map(encodeURIComponent).join('/');
  // `+` is a space to some of Azure's services and a plus to others.
  return `${endpoint}/${encoded}${query === undefined ? '' : `?${query.toString().replaceAll('+', '%20')}`}`;
}
