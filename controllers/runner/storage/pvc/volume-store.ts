import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exitCodes } from '../../../../definitions/inference/runner-report';
import { causeText } from '../../../runtime/cause-text';
import type { Bytes } from '../../formats/compression';
import { RunnerError } from '../../runner-error';
import { systemCode } from '../system-code';
import type { PartStore } from '../parts/part-store';

/** Bytes that are read at a time. */
const pieceSize = 256 * 1024;

/** What to do about the errors that users meet. */
const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'the volume is full, give it more space',
  EDQUOT: 'the quota of the volume is used up, give it more space',
  EROFS: 'the file system is read-only, mount a writable volume',
  EACCES: 'the user of the container may not write there, set fsGroup or runAsUser',
  EPERM: 'the user of the container may not write there, set fsGroup or runAsUser',
};

/** An error of a volume that is written to, with what to do about it. @returns RunnerError with exit code 5 */
export function volumeFailure(operation: string, error: unknown): RunnerError {
  if (error instanceof RunnerError) return error;
  const code = systemCode(error);
  const todo = code === undefined ? undefined : advice[code];
  const message = `${operation}: ${causeText(error)}${todo === undefined ? '' : `: ${todo}`}`;
  return new RunnerError(exitCodes.output, 'STORAGE_WRITE', message, { cause: error });
}

/** Parts in a folder on a volume. A part is written where it will be, and is kept by giving it its name. */
export class VolumeStore implements PartStore {
  readonly kind = 'pvc';
  readonly continues = true;

  /** @param workFolder the execution's own folder; it is there */
  constructor(readonly workFolder: string) {}

  get location(): string {
    return this.workFolder;
  }

  async names(): Promise<readonly string[]> {
    return this.worded('listing', this.workFolder, () => readdir(this.workFolder));
  }

  async foreign(): Promise<string | undefined> {
    const beside = dirname(this.workFolder);
    const names = await this.worded('listing', beside, () => readdir(beside));
    return names.sort().find((name) => join(beside, name) !== this.workFolder && name !== 'lost+found');
  }

  async *read(name: string): Bytes & AsyncGenerator<Buffer> {
    const path = join(this.workFolder, name);
    try {
      const file = await open(path);
      try {
        const buffer = Buffer.allocUnsafeSlow(pieceSize);
        for (;;) {
          const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      throw volumeFailure(`reading ${path}`, error);
    }
  }

  async write(name: string, text: string): Promise<void> {
    const path = join(this.workFolder, name);
    await this.worded('writing', path, async () => {
      const temporary = join(this.workFolder, `_new${name}`);
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      await syncFolder(this.workFolder);
    });
  }

  async keep(file: string, name: string): Promise<void> {
    const path = join(this.workFolder, name);
    await this.worded('keeping', path, async () => {
      if (await exists(path)) throw new Error('it is there already, written by somebody else meanwhile');
      await rename(file, path);
      await syncFolder(this.workFolder);
    });
  }

  async remove(name: string): Promise<void> {
    const path = join(this.workFolder, name);
    await this.worded('removing', path, () => rm(path, { force: true }));
  }

  async close(): Promise<void> {}

  private async worded<T>(operation: string, path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw volumeFailure(`${operation} ${path}`, error);
    }
  }
}

/** A name is durable when its folder is. Not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
