import { createServer, type Server } from 'node:http';
import type { Answer } from './answer';
import { logged, receive, type LoggedRequest, type ReceivedRequest } from './request-log';

/** What happens to a request: an answer, a connection that is reset, or one that stays open without an answer. */
export type Outcome = Answer | 'reset' | 'silence';

/** Decides what happens to a request; the signal aborts when the server closes. */
export type Responder = (request: ReceivedRequest, signal: AbortSignal) => Outcome | Promise<Outcome>;

/** A server on this machine that remembers what it was asked. */
export interface LoopbackServer {
  readonly url: string;
  /** Every request that was dealt with, oldest first; grows while the server runs. */
  readonly log: readonly LoggedRequest[];
  clearLog(): void;
  /** Resets what is still open. */
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1.
 *
 * @param port @default 0, a free one
 * @throws when the port is taken
 */
export async function startLoopbackServer(respond: Responder, port = 0): Promise<LoopbackServer> {
  const log: LoggedRequest[] = [];
  const closing = new AbortController();
  const server = createServer((incoming, response) => {
    const deal = async () => {
      const request = await receive(incoming);
      const outcome = await respond(request, closing.signal);
      // Before the answer goes out: who has read it finds the request here.
      log.push(logged(request, typeof outcome === 'string' ? 0 : outcome.status));
      if (outcome === 'reset') incoming.socket.resetAndDestroy();
      else if (outcome !== 'silence') response.writeHead(outcome.status, outcome.headers).end(outcome.body);
    };
    deal().catch(() => incoming.socket.destroy());
  });
  await listen(server, port);
  return {
    url: addressOf(server),
    log,
    clearLog() {
      log.length = 0;
    },
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('listening on 127.0.0.1: the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
