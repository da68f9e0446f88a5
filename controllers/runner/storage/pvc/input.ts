import { inputDirectory, runnerVariables } from '../../../../definitions/names/inference';
import { pvcInput } from '../../../../definitions/inference/storage/pvc';
import type { Input } from '../../input';
import type { Work } from '../../work';
import { PathLeaves, volumePath } from '../contained-path';
import { FilesInput, readFailure } from '../items-of-files';
import { badSettings, itemSettings, parseSettings } from '../settings';
import { volumeFiles } from './volume-files';

const place = 'input.pvc';

/** Items of files on a volume. @throws RunnerError with exit code 2 */
export async function createInput(settings: unknown, { environment }: Work): Promise<Input> {
  const { claimName, subPath: _, path = '', ...format } = parseSettings(pvcInput, settings, place);
  try {
    volumePath(path);
  } catch (error) {
    if (error instanceof PathLeaves) throw badSettings(place, `path: ${error.message}`);
    throw error;
  }
  const volume = environment[runnerVariables.inputDirectory] ?? inputDirectory;
  return new FilesInput({
    kind: 'pvc',
    repeatable: true,
    settings: itemSettings(format, place),
    files: async function* () {
      let found = false;
      try {
        for await (const file of volumeFiles(volume, path)) {
          found = true;
          yield file;
        }
      } catch (error) {
        throw readFailure('pvc', `${path} of claim ${claimName}`, error);
      }
      if (!found)
        throw readFailure('pvc', `${path} of claim ${claimName}`, new Error('no file matches, check path and subPath'));
    },
  });
}
