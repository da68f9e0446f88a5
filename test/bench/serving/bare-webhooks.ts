import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What the bare server gets. */
export interface BareWebhooks {
  readonly cert: string;
  readonly key: string;
  /** By path with query: the answers in turn. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
}

/** The ceiling, a process of its own: reads each review and sends back what our webhooks once answered, without a look at it. */
async function main(): Promise<void> {
  process.send?.('ready');
  // Our own parent sends it.
  const [{ cert, key, answers }] = (await once(process, 'message')) as [BareWebhooks];
  const next = new Map<string, number>();
  const server = createServer({ cert, key }, (request, response) => {
    request.on('data', () => {});
    request.on('end', () => {
      const path = request.url ?? '';
      const turn = next.get(path) ?? 0;
      next.set(path, turn + 1);
      const known = answers.get(path) ?? [];
      const body = known[turn % known.length] ?? '';
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.keepAliveTimeout = 120_000;
  process.on('disconnect', () => process.exit());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  process.send?.((server.address() as AddressInfo).port);
}

void main();
