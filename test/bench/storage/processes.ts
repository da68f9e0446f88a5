import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { storageNodeFlags } from '../../../definitions/storage/storage-node-flags';
import { memoryOf } from '../registry-sync/process-figures';

/** What a process took. */
export interface ProcessFigures {
  /** From spawn to exit. */
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly output: string;
}

/** Runs a program to its end. @throws with what it said when it fails */
export async function measured(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ProcessFigures> {
  const started = performance.now();
  const child = spawn(command, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors, peak] = ['', '', 0];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const sample = () => {
    if (child.pid !== undefined) {
      memoryOf(child.pid).then(
        (memory) => (peak = Math.max(peak, memory.peak)),
        () => undefined, // It has ended.
      );
    }
  };
  const timer = setInterval(sample, 20);
  const code = await new Promise<string>((resolve) =>
    child.once('exit', (status, signal) => resolve(signal ?? String(status))),
  );
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  if (code !== '0') throw new Error(`${command} ${args[0] ?? ''} ended with ${code}: ${errors}`);
  return { seconds, peakMegabytes: peak, output };
}

/** Seconds from the spawn of the program to the first byte of a file on its way. */
export async function firstByteSeconds(program: string, destination: string): Promise<number> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked = performance.now();
    response.end('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.bin`;
    const started = performance.now();
    await measured(process.execPath, [...storageNodeFlags, program, 'storage-initializer', url, destination], {});
    return (asked - started) / 1000;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
