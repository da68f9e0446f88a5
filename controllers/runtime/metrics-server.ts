import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { metricsPath } from '../../definitions/names/controller';
import { causeText } from './cause-text';
import type { Logger } from './log';
import type { RuntimeMetrics } from './metrics';
import type { MetricsAccess } from './metrics-access';
import type { ServerCertificate } from './self-signed-certificate';

/** Serves the metrics over plain HTTP, to anybody. */
export function metricsServer(metrics: RuntimeMetrics): Server {
  return createServer(metricsListener(metrics));
}

export interface SecureMetricsOptions {
  readonly metrics: RuntimeMetrics;
  readonly access: MetricsAccess;
  readonly certificate: ServerCertificate;
  /** Asked before each connection: the certificate to serve from now on, if there is another one. */
  readonly renewed?: () => ServerCertificate | undefined;
  readonly log: Logger;
}

/**
 * Serves the metrics over HTTPS to those who may `get` the non-resource URL `/metrics`: 401 without a token that the API
 * server knows, 403 without permission, 500 when it can't be asked. HTTP/1.1 only.
 */
export function secureMetricsServer(options: SecureMetricsOptions): TlsServer {
  const { metrics, access, certificate, renewed, log } = options;
  const serve = metricsListener(metrics);
  const server = createTlsServer({ ...certificate, minVersion: 'TLSv1.2' }, (request, response) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return answer(response, 401, 'unauthorized: give a bearer token');
    access.of(token).then(
      (outcome) => {
        if (outcome === 'allowed') serve(request, response);
        else if (outcome === 'forbidden') answer(response, 403, `forbidden: no permission to get ${metricsPath}`);
        else answer(response, 401, 'unauthorized: the API server does not know the token');
      },
      (error: unknown) => {
        log.warn(
          { cause: causeText(error) },
          'access to metrics not decided (may we create tokenreviews and subjectaccessreviews?)',
        );
        answer(response, 500, 'the API server could not be asked');
      },
    );
  });
  // Before the handshake: setting a context takes effect with the next one.
  server.prependListener('connection', () => {
    const next = renewed?.();
    if (next !== undefined) server.setSecureContext({ ...next, minVersion: 'TLSv1.2' });
  });
  return server;
}

function metricsListener(metrics: RuntimeMetrics): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').replace(/[?#].*$/, '');
    if (path !== metricsPath) return answer(response, 404, `not found: there is ${metricsPath}`);
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      (error: unknown) => answer(response, 500, causeText(error)),
    );
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
