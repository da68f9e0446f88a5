import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { s3Output } from '../../../../definitions/inference/storage/s3';
import type { Output } from '../../output';
import type { Work } from '../../work';
import { PartsOutput } from '../parts/parts-output';
import { executionFolder, partsSettings } from '../parts/parts-settings';
import { parseSettings } from '../settings';
import { BucketStore } from './bucket-store';
import { bucketFailure, openedBucket } from './open-bucket';
import { Upload } from './upload';

const place = 'output.s3';
const mebibyte = 1024 * 1024;

/** Results in objects of a bucket. @throws RunnerError with exit code 2 for settings, 7 for credentials */
export async function createOutput(settings: unknown, work: Work): Promise<Output> {
  const parsed = parseSettings(s3Output, settings, place);
  const { prefix: named = '', sse, kmsKeyId, uploadPartMiB = 8 } = parsed;
  const { format, compression, include, partItems, errorsName, mode } = parsed;
  const resolved = partsSettings('s3', present({ format, compression, include, partItems, errorsName, mode }), work);
  const bucket = openedBucket(parsed, work, place);
  const top = named.replace(/^\/+|\/+$/g, '');
  const prefix = top === '' ? '' : `${top}/`;
  const upload = new Upload(bucket.requests, {
    pieceBytes: uploadPartMiB * mebibyte,
    encryption: {
      ...(sse === undefined ? {} : { 'x-amz-server-side-encryption': sse }),
      ...(kmsKeyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId }),
    },
  });
  const store = new BucketStore({
    name: parsed.bucket,
    bucket,
    prefix,
    folder: `${prefix}${executionFolder(work)}/`,
    upload,
    work,
    workFolder: await workFolder(),
  });
  return new PartsOutput(store, resolved, work);
}

async function workFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'slipway-parts-'));
  } catch (error) {
    throw bucketFailure('output', `creating a folder for parts in ${tmpdir()}`, error);
  }
}

/** Without the members that are undefined: defaults are to be seen through them. */
function present<T extends object>(value: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
