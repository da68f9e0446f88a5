import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEndlessBucket } from '../../storage-servers/endless-bucket';
import { measured } from './processes';

/** What the listing of a large bucket took. */
export interface EndlessListing {
  /** Highest resident memory of the whole program, in megabytes. */
  readonly peakMegabytes: number;
  readonly seconds: number;
  readonly pages: number;
}

/**
 * Lists an S3 bucket of which the filters leave nothing but the last object, and fetches that: a figure of the listing alone, and one that
 * has seen all of it.
 *
 * @param program path of the bundled program
 * @param keys how many objects the bucket has
 * @throws when the program fails, or the last object has not arrived
 */
export async function endlessBucketPeak(program: string, keys: number): Promise<EndlessListing> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-endless-'));
  const bucket = await startEndlessBucket(keys);
  try {
    const { peakMegabytes, seconds } = await measured(
      process.execPath,
      [program, 'storage-initializer', bucket.uri, directory],
      {
        AWS_ENDPOINT_URL: bucket.endpoint,
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'us-east-1',
        STORAGE_ALLOW_PATTERNS: bucket.last.path,
      },
    );
    const content = await readFile(join(directory, bucket.last.path), 'utf8');
    if (content !== bucket.last.content) throw new Error(`${bucket.uri}${bucket.last.path}: arrived as ${content}`);
    return { peakMegabytes, seconds, pages: bucket.pages() };
  } finally {
    await bucket.close();
    await rm(directory, { recursive: true, force: true });
  }
}
