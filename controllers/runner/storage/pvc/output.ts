import { pvcOutput } from '../../../../definitions/inference/storage/pvc';
import { outputDirectory, runnerVariables } from '../../../../definitions/names/inference';
import type { Output } from '../../output';
import type { Work } from '../../work';
import { containedFolder, PathLeaves, volumePath } from '../contained-path';
import { PartsOutput } from '../parts/parts-output';
import { executionFolder, partsSettings } from '../parts/parts-settings';
import { badSettings, parseSettings } from '../settings';
import { volumeFailure, VolumeStore } from './volume-store';

const place = 'output.pvc';

/** Results in files on a volume. @throws RunnerError with exit code 2 for settings, 5 for a volume that can't be written */
export async function createOutput(settings: unknown, work: Work): Promise<Output> {
  const { claimName, subPath: _, path = '', ...parts } = parseSettings(pvcOutput, settings, place);
  const volume = work.environment[runnerVariables.outputDirectory] ?? outputDirectory;
  const resolved = partsSettings('pvc', parts, work);
  const folder = `${checkedPath(path)}/${executionFolder(work)}`.replace(/^\//, '');
  try {
    return new PartsOutput(new VolumeStore(await containedFolder(volume, folder)), resolved, work);
  } catch (error) {
    if (error instanceof PathLeaves) throw badSettings(place, `path: ${error.message}`);
    throw volumeFailure(`creating ${folder} on claim ${claimName}`, error);
  }
}

function checkedPath(path: string): string {
  try {
    return volumePath(path);
  } catch (error) {
    if (error instanceof PathLeaves) throw badSettings(place, `path: ${error.message}`);
    throw error;
  }
}
