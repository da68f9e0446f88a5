import { displayUri } from '../../display-uri';
import { StorageError } from '../../storage-error';

/** What an `s3://` URI names. */
export interface S3Location {
  readonly bucket: string;
  /** Key of an object or of a folder, without leading `/`; empty for the whole bucket. */
  readonly prefix: string;
  /** A version of one object: `?versionId=`. */
  readonly versionId?: string;
  /** The URI without what may be secret. */
  readonly name: string;
}

/** Bucket names reach a host name and a path: nothing else than S3 allows gets there. Older buckets have capitals and `_`. */
const bucketName = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/;

/**
 * `s3://BUCKET/PREFIX[?versionId=ID]`. Keys are taken as they stand, nothing is percent-decoded; a `?` that begins no version belongs to
 * the key.
 *
 * @throws StorageError for what can't be a bucket
 */
export function parseS3Uri(uri: string): S3Location {
  const [, before = '', versionId] = /^(.*?)(?:\?versionId=([^&]*))?$/s.exec(uri) ?? [];
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/*(.*)$/s.exec(before) ?? [];
  if (!bucketName.test(bucket) || bucket.includes('..')) {
    throw new StorageError(
      'other',
      `Cannot recognize the bucket of ${displayUri(uri)}: expected s3://BUCKET/PREFIX, bucket names are letters, digits, dots and dashes`,
    );
  }
  const name = displayUri(before);
  if (versionId === undefined || versionId === '') return { bucket, prefix, name };
  if (prefix === '' || prefix.endsWith('/')) {
    throw new StorageError('other', `${name}: versionId is for one object, and this is a folder`);
  }
  return { bucket, prefix, versionId, name };
}
