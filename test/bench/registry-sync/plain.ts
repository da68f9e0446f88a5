import { join } from 'node:path';
import type { StoredInferenceService } from '../../controllers/registry-sync/installation';
import { secondsOfProcess } from '../controllers/forked';
import type { PlainClientOptions } from './plain-client';

/** What the plain client's process gets. */
export interface PlainWork {
  readonly objects: readonly StoredInferenceService[];
  readonly options: PlainClientOptions;
}

/** Runs the plain client in a fresh process. @returns seconds until the last object was linked */
export const secondsOfPlainClient = (work: PlainWork): Promise<number> =>
  secondsOfProcess(join(__dirname, 'plain-process.ts'), work);
