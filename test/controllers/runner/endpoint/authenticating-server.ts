import {
  createServer as createPlainServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { selfSignedCertificate } from '../../../../controllers/runtime/self-signed-certificate';

/** A request, and whose certificate came with it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly certificate: string | undefined;
}

export interface AuthenticatingServer {
  readonly url: string;
  /** PEM of the certificate of a server with TLS, which nobody trusts who is not told to. */
  readonly ca: string;
  readonly seen: SeenRequest[];
  /** Answers 401 to requests whose Authorization is another; undefined: everybody may come. */
  allow(authorization: string | undefined): void;
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that asks for a client certificate, and answers `{"ok":true}` to whom it lets in. */
export async function startAuthenticatingServer({ tls }: { readonly tls: boolean }): Promise<AuthenticatingServer> {
  const seen: SeenRequest[] = [];
  let allowed: string | undefined;
  const certificate = selfSignedCertificate('127.0.0.1', Date.now());
  const serve = async (incoming: IncomingMessage) => {
    const { method = '', url = '', headers, socket } = incoming;
    const body = (await incoming.setEncoding('utf8').toArray()).join('');
    const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
    seen.push({ method, url, headers, body, certificate: shown });
    return allowed === undefined || headers.authorization === allowed ? 200 : 401;
  };
  const options = { ...certificate, requestCert: true, rejectUnauthorized: false };
  const server: Server = tls ? createServer(options) : createPlainServer();
  server.on('request', (incoming, response) => {
    void serve(incoming).then((status) => {
      response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'session=s3cret' });
      response.end(JSON.stringify(status === 200 ? { ok: true } : { error: 'who are you?' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    ca: certificate.cert,
    seen,
    allow: (authorization) => void (allowed = authorization),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
