import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from '../../cluster/wait-for';

/** A `slipway` that runs as it does in a pod: bundled, with a ServiceAccount's directory, configured by a file. */
export interface ControllerProcess {
  /** Lines of its log so far. */
  readonly log: readonly string[];
  /** Base URL of its health probes. */
  readonly health: string;
  readonly metrics: string;
  readonly pid: number;
  /** Settles when it has ended, by itself or not: the exit code, or the signal that ended it. */
  readonly ended: Promise<string>;
  /** Sends the signal and waits for the end; the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<string>;
}

/** Runs the program to its end: exit code and what it printed. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: string; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<string>((resolve) =>
    child.once('exit', (status, signal) => resolve(signal ?? String(status))),
  );
  return { code, output };
}

/** Starts `slipway registry-sync` and waits until its servers listen. */
export const startRegistrySync = (options: Omit<ControllerOptions, 'component'>) =>
  startController({ ...options, component: 'registry-sync' });

export interface ControllerOptions {
  /** Word after `slipway`. */
  readonly component: string;
  readonly program: string;
  /** https://host:port of the API server. */
  readonly server: string;
  /** Directory with token, ca.crt and namespace. */
  readonly serviceAccountDirectory: string;
  /** Configuration file's text. */
  readonly config: string;
  readonly args?: readonly string[];
  /** Flags of Node. */
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a controller and waits until its servers listen. */
export async function startController(options: ControllerOptions): Promise<ControllerProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-config-'));
  const config = join(directory, `${options.component}.yaml`);
  await writeFile(config, options.config);
  const server = new URL(options.server);
  const args = [
    options.component,
    '--health-probe-bind-address=127.0.0.1:0',
    '--metrics-bind-address=127.0.0.1:0',
    '--metrics-secure=false',
    `--config=${config}`,
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), options.program, ...args], {
    env: {
      ...options.env,
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
      SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: options.serviceAccountDirectory,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => log.push(line));
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))));
  const address = async (what: string): Promise<string> => {
    const found = await waitFor(`${what} of the controller`, () => {
      const line = log.find((candidate) => candidate.includes(`"${what} listening"`));
      // One that has ended will never listen.
      if (line === undefined && child.exitCode !== null) return { ended: true };
      return line === undefined ? undefined : { address: /"address":"([^"]+)"/.exec(line)?.[1] };
    });
    if (found.address === undefined) throw new Error(`the controller ended:\n${log.join('\n')}`);
    return found.address;
  };
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const code = await ended;
    await rm(directory, { recursive: true, force: true });
    return code;
  };
  try {
    const health = `http://${await address('health probes')}`;
    return { log, pid: child.pid ?? 0, health, metrics: `http://${await address('metrics')}`, ended, end };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}
