import { once } from 'node:events';
import { type PlainWork, writePlainly } from './plain-client';

/** The plain client as a process of its own, started by `plain.ts`. */
async function main(): Promise<void> {
  process.send?.('ready');
  // Our own parent sends it.
  const [work] = (await once(process, 'message')) as [PlainWork];
  process.send?.(await writePlainly(work));
  process.disconnect();
}

void main();
