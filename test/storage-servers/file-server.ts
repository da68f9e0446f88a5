import {
  createServer as createPlain,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { Socket } from 'node:net';
import { selfSignedCertificate } from '../../controllers/runtime/self-signed-certificate';

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A running server. */
export interface FileServer {
  /** Without a slash at the end; with TLS of the host `localhost`, which the certificate is for. */
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  /** PEM of the certificate with which the server is trusted; empty without TLS. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Answers a request; throws to break the connection off. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Starts a real HTTP/1.1 server on 127.0.0.1 that answers as the test says and remembers what it was asked.
 *
 * @param options.tls speaks TLS, with a certificate that nobody knows
 */
export async function startFileServer(respond: Respond, { tls = false } = {}): Promise<FileServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    try {
      respond(request, response);
    } catch {
      request.socket.resetAndDestroy();
    }
  };
  const identity = selfSignedCertificate('localhost', Date.now());
  const server: Server = tls ? createSecure(identity, listener) : createPlain(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    seen,
    ca: tls ? identity.cert : '',
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A file as a web server has it. */
export interface ServedFile {
  readonly content: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Serves ranges, and keeps `If-Match` and `If-Unmodified-Since`. @default true */
  readonly ranges?: boolean;
}

/** Answers with a file, or the range of it that is asked for. */
export function serveFile(request: IncomingMessage, response: ServerResponse, file: ServedFile): void {
  const { headers = {}, ranges = true } = file;
  const content = Buffer.from(file.content);
  const match = request.headers['if-match'];
  const unmodified = request.headers['if-unmodified-since'];
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (ranges && match !== undefined && match !== headers['etag']) response.writeHead(412).end();
  else if (ranges && unmodified !== undefined && unmodified !== headers['last-modified']) response.writeHead(412).end();
  else if (!ranges || range === null) {
    const accept = ranges ? { 'accept-ranges': 'bytes' } : {};
    response.writeHead(200, { 'content-length': content.length, ...accept, ...headers }).end(content);
  } else {
    const [start, last] = [Number(range[1]), Math.min(Number(range[2]), content.length - 1)];
    response
      .writeHead(206, {
        'content-length': last + 1 - start,
        'content-range': `bytes ${start}-${last}/${content.length}`,
        ...headers,
      })
      .end(content.subarray(start, last + 1));
  }
}

/** Answers with the beginning of a file and breaks off. */
export function serveBroken(response: ServerResponse, file: ServedFile, bytes: number): void {
  const content = Buffer.from(file.content);
  response.writeHead(200, { 'content-length': content.length, 'accept-ranges': 'bytes', ...file.headers });
  response.write(content.subarray(0, bytes), () => response.socket?.end());
}
