import type { Environment } from '../../../component';
import { displayUri } from '../../display-uri';
import { textVariable } from '../../general-settings';
import { StorageError } from '../../storage-error';
import { ConfigError } from '../../../../definitions/config/parse-config';

/** What a `gs://` URI names. */
export interface GcsLocation {
  readonly bucket: string;
  /** Name of an object, or of what is above it; without slashes around it, empty for the whole bucket. */
  readonly path: string;
  /** The URI ends in `/`: an object of exactly this name is not meant. */
  readonly isFolder: boolean;
}

/** Takes `gs://BUCKET[/PATH]` apart. Nothing is decoded: `?` and `%` are letters of a name. @throws StorageError */
export function gcsLocation(uri: string): GcsLocation {
  const match = /^gs:\/\/([^/]+)\/*(.*?)(\/*)$/s.exec(uri);
  if (match === null) {
    throw new StorageError('other', `GCS error: ${displayUri(uri)} has no bucket, expected gs://BUCKET/PATH`);
  }
  const [, bucket = '', path = '', slashes = ''] = match;
  return { bucket, path, isFolder: slashes !== '' || path === '' };
}

/** Where requests go. */
export interface GcsEndpoint {
  /** Without a slash at its end. */
  readonly url: string;
  /** An emulator asks for no credentials and must not see any. */
  readonly isEmulator: boolean;
}

/**
 * Google's endpoint, or that of the variables that Google's own libraries read: `STORAGE_EMULATOR_HOST`, and `API_ENDPOINT_OVERRIDE` for
 * Private Service Connect.
 *
 * @throws ConfigError
 */
export function gcsEndpoint(environment: Environment): GcsEndpoint {
  const emulator = textVariable(environment, 'STORAGE_EMULATOR_HOST');
  if (emulator !== undefined) {
    const url = /^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`;
    return { url: endpointUrl('STORAGE_EMULATOR_HOST', url), isEmulator: true };
  }
  const override = textVariable(environment, 'API_ENDPOINT_OVERRIDE') ?? 'https://storage.googleapis.com';
  return { url: endpointUrl('API_ENDPOINT_OVERRIDE', override), isEmulator: false };
}

function endpointUrl(variable: string, text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  throw new ConfigError('environment', [`${variable}: got ${displayUri(text)}, expected the URL of an endpoint`]);
}

/** Address of a page of a bucket's listing: only what is looked at is asked for. */
export function listAddress(endpoint: string, bucket: string, prefix: string, pageToken: string | undefined): string {
  const query = new URLSearchParams({
    prefix,
    maxResults: '1000',
    fields: `nextPageToken,items(${objectFields})`,
    ...(pageToken === undefined ? {} : { pageToken }),
  });
  return `${endpoint}/storage/v1/b/${encodeURIComponent(bucket)}/o?${query.toString()}`;
}

/** Address of what is known about an object. */
export function objectAddress(endpoint: string, bucket: string, name: string): string {
  return `${endpoint}${objectPath(bucket, name)}?fields=${encodeURIComponent(objectFields)}`;
}

/** Address of an object's content. @param generation the one and no other; absent: the newest */
export function mediaAddress(endpoint: string, bucket: string, name: string, generation: string | undefined): string {
  const pin = generation === undefined ? '' : `&generation=${encodeURIComponent(generation)}`;
  return `${endpoint}${objectPath(bucket, name)}?alt=media${pin}`;
}

const objectFields = 'name,size,generation,md5Hash,crc32c,contentEncoding,cacheControl';

function objectPath(bucket: string, name: string): string {
  return `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`;
}
