import { createServer, request as onward } from 'node:http';
import { connect, type Socket } from 'node:net';

/** A running proxy. */
export interface ProxyServer {
  readonly port: number;
  /** What it was asked for, with the credentials it was shown: `CONNECT host:port Basic ...`, `GET http://host:port/path`. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** How a proxy treats everybody: lets through, answers with a status instead, or says nothing. */
export type ProxyManner = 'open' | 'silent' | number;

/** Starts an HTTP proxy on 127.0.0.1 that tunnels to, and asks, servers on 127.0.0.1, whatever host is named. */
export async function startProxyServer(manner: () => ProxyManner): Promise<ProxyServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    seen.push([method, url, headers['proxy-authorization']].filter(Boolean).join(' '));
    const how = manner();
    if (how === 'silent') return;
    if (how !== 'open') {
      response.writeHead(how).end('s3cret words of the proxy');
      return;
    }
    const { port, pathname, search } = new URL(url);
    const target = onward({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    target.on('error', () => response.destroy());
    incoming.pipe(target);
  });
  server.on('connect', ({ url: authority = '', headers }, client: Socket) => {
    seen.push(['CONNECT', authority, headers['proxy-authorization']].filter(Boolean).join(' '));
    client.on('error', () => undefined);
    const how = manner();
    if (how === 'silent') return;
    if (how !== 'open') {
      client.end(`HTTP/1.1 ${how} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(authority.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    });
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    seen,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
