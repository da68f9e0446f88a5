import { join } from 'node:path';
import { secondsOfProcess } from './forked';
import type { PlainWork } from './plain-client';

/** Runs the plain client in a fresh process. @returns seconds until the last write was answered */
export const secondsOfPlainClient = (work: PlainWork): Promise<number> =>
  secondsOfProcess(join(__dirname, 'plain-process.ts'), work);
