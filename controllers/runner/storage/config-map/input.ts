import { configMapInput } from '../../../../definitions/inference/storage/config-map';
import { configMapInputDirectory, runnerVariables } from '../../../../definitions/names/inference';
import type { Input } from '../../input';
import type { Work } from '../../work';
import { FilesInput, readFailure } from '../items-of-files';
import { volumeFiles } from '../pvc/volume-files';
import { itemSettings, parseSettings } from '../settings';

const place = 'input.configMap';

/** Items of a key of a ConfigMap that is mounted. @throws RunnerError with exit code 2 */
export async function createInput(settings: unknown, { environment }: Work): Promise<Input> {
  const { name, key, ...format } = parseSettings(configMapInput, settings, place);
  const volume = environment[runnerVariables.configMapInputDirectory] ?? configMapInputDirectory;
  return new FilesInput({
    kind: 'configMap',
    repeatable: true,
    settings: itemSettings(format, place),
    files: async function* () {
      try {
        yield* volumeFiles(volume, key);
      } catch (error) {
        throw readFailure('configMap', `key ${key} of ${name}`, error);
      }
    },
  });
}
