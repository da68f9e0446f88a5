import { ConfigError } from '../../../../definitions/config/parse-config';
import { exitCodes } from '../../../../definitions/inference/runner-report';
import type { BucketSettings } from '../../../../definitions/inference/storage/s3';
import { causeText } from '../../../runtime/cause-text';
import { HttpClient } from '../../../storage-initializer/http/http-client';
import type { ObjectSource } from '../../../storage-initializer/source';
import { openBucket, type Bucket } from '../../../storage-initializer/sources/s3/open-bucket';
import { parseS3Uri } from '../../../storage-initializer/sources/s3/s3-location';
import { bucketSource } from '../../../storage-initializer/sources/s3/s3-source';
import { StorageError } from '../../../storage-initializer/storage-error';
import { RunnerError } from '../../runner-error';
import type { Work } from '../../work';
import { badSettings, type SettingsPlace } from '../settings';
import { bucketEnvironment } from './bucket-environment';

/** Milliseconds until nothing of an answer counts as lost: as for models. */
const readTimeoutMs = 30_000;

/** A bucket, as the runner reads and writes it. */
export interface OpenedBucket extends Bucket {
  /** Objects that a key means, or a folder that ends in `/`; empty: the whole bucket. */
  objects(path: string): ObjectSource;
  close(): Promise<void>;
}

/**
 * Opens the bucket that settings name.
 *
 * @throws RunnerError with exit code 2 for settings, 7 for a Secret
 */
export function openedBucket(
  settings: BucketSettings,
  { environment, clock, random, log }: Work,
  place: SettingsPlace,
): OpenedBucket {
  const variables = bucketEnvironment(settings, environment);
  try {
    const { bucket: name, prefix } = parseS3Uri(`s3://${settings.bucket}/`);
    if (name !== settings.bucket || prefix !== '') {
      throw badSettings(place, `bucket: got ${JSON.stringify(settings.bucket)}, expected a name without slashes`);
    }
    // AWS's token services are asked with these connections, the bucket with its own.
    const timeouts = { connectTimeoutMs: 15_000, readTimeoutMs: 30_000, attempts: 3 };
    const http = new HttpClient({ environment: variables, clock, random, ...timeouts });
    const bucket = openBucket(name, { environment: variables, http, clock, random, log });
    return {
      ...bucket,
      objects: (prefix) => bucketSource({ bucket: name, prefix, name: `s3://${name}/${prefix}` }, bucket),
      close: async () => {
        await Promise.all([bucket.http.close(), http.close()]);
      },
    };
  } catch (error) {
    if (error instanceof ConfigError) throw badSettings(place, error.problems.join('; '));
    if (error instanceof StorageError) throw badSettings(place, error.message);
    throw error;
  }
}

/** A failure of a bucket, as the runner ends with it: credentials that can't be used have an exit code of their own. */
export function bucketFailure(side: 'input' | 'output', operation: string, error: unknown): RunnerError {
  if (error instanceof RunnerError) return error;
  const message = `${operation}: ${causeText(error)}`;
  if (error instanceof StorageError && error.failure === 'credentials') {
    return new RunnerError(exitCodes.endpoint, 'CREDENTIALS', message, { cause: error });
  }
  return side === 'input'
    ? new RunnerError(exitCodes.input, 'STORAGE_READ', message, { cause: error })
    : new RunnerError(exitCodes.output, 'STORAGE_WRITE', message, { cause: error });
}
