import { s3Input } from '../../../../definitions/inference/storage/s3';
import type { RemoteFile } from '../../../storage-initializer/source';
import type { Input } from '../../input';
import type { Work } from '../../work';
import { globExpression, isHidden } from '../glob';
import { FilesInput, type InputFile } from '../items-of-files';
import { itemSettings, parseSettings } from '../settings';
import { objectBytes } from './object-bytes';
import { bucketFailure, openedBucket } from './open-bucket';

const place = 'input.s3';

/** Items of objects in a bucket. @throws RunnerError with exit code 2 for settings, 7 for credentials */
export async function createInput(settings: unknown, work: Work): Promise<Input> {
  const { key, prefix = '', glob, ...parsed } = parseSettings(s3Input, settings, place);
  const format = itemSettings(parsed, place);
  const bucket = openedBucket(parsed, work, place);
  const folder = prefix.replace(/^\/+|\/+$/g, '');
  const source = bucket.objects(key ?? (folder === '' ? '' : `${folder}/`));
  const matches = glob === undefined ? undefined : globExpression(glob);
  const isWanted = ({ path, name }: RemoteFile) => {
    if (key !== undefined) return name === key;
    if (matches === undefined) return !isHidden(path);
    return matches.test(path) && (isHidden(glob ?? '') || !isHidden(path));
  };
  return new FilesInput({
    kind: 's3',
    repeatable: true,
    settings: format,
    files: async function* (signal) {
      let found = false;
      try {
        for await (const file of source.files(signal)) {
          if (!isWanted(file)) continue;
          found = true;
          yield inputFile(file);
        }
      } catch (error) {
        throw signal.aborted ? error : bucketFailure('input', `listing ${source.name}`, error);
      }
      if (!found)
        throw bucketFailure('input', `listing ${source.name}`, new Error('no object, check key, prefix and glob'));
    },
    close: () => bucket.close(),
  });

  function inputFile(file: RemoteFile): InputFile {
    return {
      name: file.name,
      open: async function* (signal) {
        try {
          yield* objectBytes({ ...work, source, http: bucket.http }, file, signal);
        } catch (error) {
          throw signal.aborted ? error : bucketFailure('input', `reading s3://${parsed.bucket}/${file.name}`, error);
        }
      },
    };
  }
}
