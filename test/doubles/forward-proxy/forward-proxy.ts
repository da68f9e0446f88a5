import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A running proxy. */
export interface ForwardProxy {
  readonly url: string;
  /** `host:port` of every server that was asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts an HTTP forward proxy on 127.0.0.1, as companies have them, and leads every request and tunnel where the test says: with it
 * cluster-internal names such as `registry.ns.svc.cluster.local` work on a machine without cluster DNS.
 *
 * @param route URL of the HTTP server that plays this `host:port`; nothing: 502
 */
export async function startForwardProxy(route: (authority: string) => string | undefined): Promise<ForwardProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((incoming, response) => {
    const { host } = new URL(incoming.url ?? '/', 'http://proxy');
    asked.push(host);
    forward(incoming, response, route(host));
  });
  server.on('connect', ({ url: authority = '' }, client: Socket) => {
    asked.push(authority);
    const target = route(authority);
    if (target === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname, () => client.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      // Either side may reset at any time; the other one hears of it.
      socket.on('error', () => undefined);
    }
    client.pipe(upstream).on('close', () => client.destroy());
    upstream.pipe(client).on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A request in absolute form: plain HTTP needs no tunnel. */
function forward(incoming: IncomingMessage, response: ServerResponse, target: string | undefined): void {
  if (target === undefined) {
    response.writeHead(502).end();
    return;
  }
  const { pathname, search } = new URL(incoming.url ?? '/', 'http://proxy');
  const { method = 'GET', headers } = incoming;
  const onward = request(new URL(pathname + search, target), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}
