import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from '../../../controllers/runtime/self-signed-certificate';
import { freePort } from '../../cluster/free-port';
import { OrphanGuard } from '../../cluster/orphan-guard';
import { waitFor } from '../../cluster/wait-for';

/** A database server of a test, on 127.0.0.1. */
export interface DatabaseProcess {
  readonly port: number;
  /** File with the authority of its certificate, which is one for `localhost`. PEM. */
  readonly rootCertificate: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A user with a password, and the user's database. */
export interface DatabaseUser {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Where a server keeps its files, and where it shall listen. */
export interface DatabasePlace {
  readonly directory: string;
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
}

/** How a server is started. */
interface DatabaseStart {
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** @default those of this process */
  readonly identity?: { readonly uid?: number; readonly gid?: number };
}

/**
 * Starts a database server and waits until it accepts connections.
 *
 * @param prepare says how, once there are a directory and a port; may run programs first
 * @throws with the server's last lines when it ends instead
 */
export async function startDatabase(
  prepare: (place: DatabasePlace) => Promise<DatabaseStart>,
): Promise<DatabaseProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-database-'));
  const guard = new OrphanGuard(directory);
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child !== undefined) await quit(child);
    await guard.release();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const [certificate, key] = [join(directory, 'server.pem'), join(directory, 'server.key')];
    const pair = selfSignedCertificate('localhost', Date.now());
    await writeFile(certificate, pair.cert);
    await writeFile(key, pair.key, { mode: 0o600 });
    const port = await freePort();
    const { program, args = [], env = {}, identity } = await prepare({ directory, port, certificate, key });
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
    const started = spawn(program, args, { ...identity, env, cwd: directory, stdio, detached: true });
    child = started;
    if (started.pid !== undefined) guard.watch(started.pid);
    let output = '';
    started.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)));
    const { failed } = await waitFor(`${program} to listen on port ${port}`, async () => {
      if (started.exitCode !== null) return { failed: true };
      return (await accepts(port)) && { failed: false };
    });
    if (failed) throw new Error(`${program} ended: ${output}`);
    return { port, rootCertificate: certificate, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** SIGQUIT: PostgreSQL ends its own processes at once, too. */
async function quit(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGQUIT');
  await ended;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
