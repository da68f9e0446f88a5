import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server before another one that lets a test spoil single exchanges. */
export interface HttpFront {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Requests that came: `GET /v2/ authorization=Basic`, the scheme of what they showed at the end. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Answers a request itself, and returns whether it has; `pass` sends it on and gives the answer of the server behind. */
export type Intercept = (
  incoming: IncomingMessage,
  response: ServerResponse,
  pass: () => Promise<IncomingMessage>,
) => boolean | Promise<boolean>;

/** Starts a server on 127.0.0.1 that sends on what `intercept` does not answer. @param target `http://127.0.0.1:PORT` */
export async function startHttpFront(target: string, intercept: Intercept): Promise<HttpFront> {
  const requests: string[] = [];
  const onward = (incoming: IncomingMessage) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { method = 'GET', headers, url = '/' } = incoming;
      incoming.pipe(request(new URL(url, target), { method, headers }, resolve).once('error', reject));
    });
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', headers, url = '/' } = incoming;
    const shown = headers.authorization?.split(' ')[0];
    requests.push(`${method} ${url}${shown === undefined ? '' : ` authorization=${shown}`}`);
    if (await intercept(incoming, response, () => onward(incoming))) return;
    const passed = await onward(incoming);
    response.writeHead(passed.statusCode ?? 502, passed.headers);
    passed.pipe(response);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
