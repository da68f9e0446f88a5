import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../cluster/free-port';
import { OrphanGuard } from '../cluster/orphan-guard';
import { ServerProcess } from '../cluster/server-process';
import { waitFor } from '../cluster/wait-for';

/** A storage server that runs as a process of its own, with a directory for what it writes. */
export interface StorageProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it answers anything at all. It ends with this process, however that ends.
 *
 * @param command program and arguments, given a port and an empty directory
 * @throws with the end of what it printed
 */
export async function startStorageProcess(
  name: string,
  command: (port: number, directory: string) => readonly [string, ...string[]],
): Promise<StorageProcess> {
  const directory = await mkdtemp(join(tmpdir(), `slipway-${name}-`));
  const guard = new OrphanGuard(directory);
  const port = await freePort();
  const [program, ...args] = command(port, directory);
  const server = new ServerProcess(name, program, args, join(directory, 'log'), guard);
  const close = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
    await guard.release();
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor(`${name} to answer`, async () => {
      if (server.ended !== undefined) return 'ended';
      await (await fetch(url)).arrayBuffer();
      return 'answers';
    });
    if (server.ended !== undefined) throw new Error(`${name} ended: ${server.ended}`);
    return { url, close };
  } catch (error) {
    const lines = await server.lastLines(20);
    await close();
    throw new Error(`starting ${name}: ${lines}`, { cause: error });
  }
}
