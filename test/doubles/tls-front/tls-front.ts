import { createServer } from 'node:https';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { selfSignedCertificate } from '../../../controllers/runtime/self-signed-certificate';

/** A running front. */
export interface TlsFront {
  readonly url: string;
  /** PEM of the certificate, which only those who are given it trust. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Starts a TLS server on 127.0.0.1 before a plain HTTP one, as an ingress or an authenticating proxy is; HTTP/1.1 only. */
export async function startTlsFront(hostname: string, target: string): Promise<TlsFront> {
  const { cert, key } = selfSignedCertificate(hostname, Date.now());
  const server = createServer({ cert, key }, (incoming, response) => {
    const { method = 'GET', headers, url = '/' } = incoming;
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch may have nothing to say for a long time, and that it is open is said by its headers.
      response.flushHeaders();
      // An answer that breaks off must not look as if more were to come.
      pipeline(answer, response, () => undefined);
    });
    onward.on('error', () => response.destroy());
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: cert,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
