import { once } from 'node:events';
import { linkPlainly } from './plain-client';
import type { PlainWork } from './plain';

/** The plain client as a process of its own, started by `plain.ts`: as cold as the controller is when it starts to work. */
async function main(): Promise<void> {
  process.send?.('ready');
  // Our own parent sends it.
  const [{ objects, options }] = (await once(process, 'message')) as [PlainWork];
  process.send?.(await linkPlainly(objects, options));
  process.disconnect();
}

void main();
