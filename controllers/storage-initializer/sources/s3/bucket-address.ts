import { ConfigError } from '../../../../definitions/config/parse-config';
import { strictEncode } from './request-signature';
import type { S3Settings } from './s3-settings';

/** Where the objects of a bucket are. */
export interface BucketAddress {
  /** `https://bucket.s3.eu-west-1.amazonaws.com`. */
  readonly origin: string;
  /** What signatures have: name and, if it is not the scheme's, port. */
  readonly host: string;
  /** Path before the key, ending in `/`. */
  readonly path: string;
}

/**
 * Address of a bucket: of the endpoint that is set, or AWS's for the region.
 *
 * @throws ConfigError when the settings don't go together with the bucket's name
 */
export function bucketAddress(bucket: string, region: string, settings: S3Settings): BucketAddress {
  const base = new URL(
    settings.accelerate ? acceleratedOf(bucket, settings) : (settings.endpoint ?? awsEndpoint(region, settings)),
  );
  const root = base.pathname.replace(/\/*$/, '/');
  if (!isVirtualHosted(bucket, base, settings)) {
    return { origin: base.origin, host: base.host, path: `${root}${strictEncode(bucket)}/` };
  }
  const host = `${bucket}.${base.host}`;
  return { origin: `${base.protocol}//${host}`, host, path: root };
}

/** Path of a key in the form in which it is sent and signed. @throws URIError for a key that is not UTF-8 */
export function keyPath({ path }: BucketAddress, key: string): string {
  return path + (plainKey.test(key) ? key : key.split('/').map(strictEncode).join('/'));
}

/** Most keys need no encoding. */
const plainKey = /^[A-Za-z0-9\-._~/]*$/;

function isVirtualHosted(bucket: string, base: URL, { accelerate, addressing }: S3Settings): boolean {
  if (accelerate) return true;
  if (addressing !== 'automatic') return addressing === 'virtual-hosted';
  // A dot in the name makes the certificate's wildcard not match; capitals and `_` are no host names.
  return /^[a-z0-9-]+$/.test(bucket) || (base.protocol === 'http:' && /^[a-z0-9.-]+$/.test(bucket));
}

/** Names of AWS's partitions, by beginning of the region's. */
const partitions: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
];

/** Domain of AWS's services in a region. */
export function awsDomain(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
}

function awsEndpoint(region: string, { dualStack, fips }: S3Settings): string {
  return `https://s3${fips ? '-fips' : ''}${dualStack ? '.dualstack' : ''}.${region}.${awsDomain(region)}`;
}

function acceleratedOf(bucket: string, { dualStack }: S3Settings): string {
  if (bucket.includes('.')) {
    throw new ConfigError('environment', [
      `S3_USE_ACCELERATE: bucket ${bucket} has a dot in its name, and can't be accelerated`,
    ]);
  }
  return `https://s3-accelerate${dualStack ? '.dualstack' : ''}.amazonaws.com`;
}
