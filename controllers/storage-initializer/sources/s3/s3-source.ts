import type { ObjectSource, OpenSource } from '../../source';
import { inspectObject } from './object-inspection';
import { listedFiles } from './object-listing';
import { objectFacts } from './object-facts';
import { openBucket, type Bucket } from './open-bucket';
import { parseS3Uri, type S3Location } from './s3-location';

/** Opens a bucket, a folder of it or one object: AWS's, or of any server that speaks S3. */
export const openS3Source: OpenSource = (uri, context): ObjectSource => {
  const location = parseS3Uri(uri);
  return bucketSource(location, openBucket(location.bucket, context));
};

/** A folder or an object of a bucket that is open. */
export function bucketSource(location: S3Location, { requests, settings, http }: Bucket): ObjectSource {
  const parameters = location.versionId === undefined ? {} : { versionId: location.versionId };
  return {
    protocol: 'S3',
    name: location.name,
    unpacksArchives: true,
    fileConcurrency: settings.fileConcurrency,
    rangeConcurrency: settings.rangeConcurrency,
    attempts: settings.attempts,
    http,
    files: (signal) => listedFiles(location, requests, signal),
    request: ({ name, version }, range) =>
      requests.request({
        method: 'GET',
        key: name,
        parameters,
        headers: {
          'accept-encoding': 'identity',
          // The server has no checksum of a range, and refuses to be asked for one here and there.
          ...(range === undefined
            ? { 'x-amz-checksum-mode': 'ENABLED' }
            : { range: `bytes=${range.start}-${range.end - 1}` }),
          ...(version === undefined ? {} : { 'if-match': version }),
        },
      }),
    facts: (_file, headers) => objectFacts(headers),
    inspect: (file, signal) => inspectObject(file, parameters, requests, signal),
    failure: ({ name }, status, headers, body) => requests.failure(name, status, headers, body),
  };
}
