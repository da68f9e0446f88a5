import type { Environment } from '../../../../../controllers/component';
import { openS3Source } from '../../../../../controllers/storage-initializer/sources/s3/s3-source';
import type { Versitygw } from '../../../../storage-servers/versitygw';
import { fetched, type Fetched, type FetchOptions } from '../../fetched-tree';

/** Variables with which a server is reached, as a pod has them. */
export function environmentOf(server: Versitygw, more: Environment = {}): Environment {
  return {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: server.accessKey,
    AWS_SECRET_ACCESS_KEY: server.secretKey,
    AWS_REGION: server.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  };
}

/** Fetches from a server as a pod with these variables does. */
export function fetchedFrom(
  server: Versitygw,
  uri: string,
  environment: Environment = {},
  options: FetchOptions = {},
): Promise<Fetched> {
  return fetched(openS3Source, uri, { ...options, environment: environmentOf(server, environment) });
}
