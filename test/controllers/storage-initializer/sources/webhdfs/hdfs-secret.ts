import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a directory with the files of an HDFS secret, for as long as it is used. */
export async function withHdfsSecret<T>(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-hdfs-secret-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
