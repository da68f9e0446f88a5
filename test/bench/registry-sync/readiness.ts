import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { freePort } from '../../cluster/free-port';
import type { BenchInstallation } from './bench-installation';

/** Seconds from the start of the controller to its first 200 on /readyz. */
export async function secondsToReady(bench: BenchInstallation): Promise<number> {
  const { args = [], ...deployed } = bench.deployed;
  const port = await freePort();
  const started = performance.now();
  const starting = bench.installation.start({
    args: [...args, `--health-probe-bind-address=127.0.0.1:${port}`],
    ...deployed,
  });
  while ((await statusOf(`http://127.0.0.1:${port}/readyz`)) !== 200) await sleep(2);
  const seconds = (performance.now() - started) / 1000;
  await (await starting).end();
  return seconds;
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode;
  } catch {
    return undefined; // It does not listen yet.
  }
}
