import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';

/** A request that the registry got. */
export interface RegistryRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the registry was asked since it started. */
export interface RegistryTraffic {
  /** In the order of the answers. */
  readonly requests: readonly RegistryRequest[];
  /** In the order of arrival; times are milliseconds since the epoch. */
  readonly arrivals: readonly { readonly method: string; readonly path: string; readonly atMs: number }[];
}

const trafficSchema: z.ZodType<RegistryTraffic> = z.object({
  requests: z.array(
    z.object({ method: z.string(), path: z.string(), query: z.record(z.string(), z.string()), body: z.string() }),
  ),
  arrivals: z.array(z.object({ method: z.string(), path: z.string(), atMs: z.number() })),
});

/** A fresh registry double in a process of its own, with registered model 1 and its version 2. */
export interface RegistryProcess {
  readonly url: string;
  traffic(): Promise<RegistryTraffic>;
  /** Records made so far. */
  records(): Promise<number>;
  stop(): Promise<void>;
}

export async function startRegistryProcess(latencyMs: number): Promise<RegistryProcess> {
  const child = fork(join(__dirname, 'registry-process.ts'), [String(latencyMs)], {
    execArgv: ['-r', 'ts-node/register/transpile-only'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const { url } = z.object({ url: z.string() }).parse(await nextMessage(child));
  const ask = (question: 'traffic' | 'records') => {
    const answer = nextMessage(child);
    child.send(question);
    return answer;
  };
  return {
    url,
    traffic: async () => trafficSchema.parse(await ask('traffic')),
    records: async () => z.number().parse(await ask('records')),
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`the registry double ended with ${String(code)}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
