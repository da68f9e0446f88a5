import { startModelServer } from './model-server';

/** Runs the double as a process of its own: `main.ts [PORT]` prints its URL, and ends with SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const server = await startModelServer({ port: Number(process.argv[2] ?? 0) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close());
  process.stdout.write(`${server.url}\n`);
}

void main();
