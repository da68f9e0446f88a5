import { createServer, type Server } from 'node:http';
import { livenessPath, metricsPath } from '../../definitions/names/controller';
import { listen, type BindAddress } from '../runtime/bind-address';
import { causeText } from '../runtime/cause-text';
import type { Logger } from '../runtime/log';
import type { RunnerMetrics } from './metrics';

/**
 * Serves metrics and liveness of a run, to anybody. A run does its work without them, too: a port that somebody else has is a line of the
 * log.
 *
 * @returns what ends it
 */
export async function serveRunner(
  address: BindAddress | undefined,
  metrics: RunnerMetrics,
  log: Logger,
): Promise<() => Promise<void>> {
  if (address === undefined) return async () => undefined;
  const server = runnerServer(metrics);
  try {
    const bound = await listen(server, address, 'metrics');
    log.info({ address: bound }, 'metrics listening');
  } catch (error) {
    log.warn({ cause: causeText(error) }, 'no metrics are served');
    return async () => undefined;
  }
  // The process may end while it listens.
  server.unref();
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

function runnerServer(metrics: RunnerMetrics): Server {
  return createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    const path = (request.url ?? '').replace(/[?#].*$/, '');
    if (request.method !== 'GET' && request.method !== 'HEAD') return void answer(405, 'method not allowed\n');
    if (path === livenessPath) return void answer(200, 'ok\n');
    if (path !== metricsPath) return void answer(404, `not found: there are ${livenessPath} and ${metricsPath}\n`);
    return void metrics.text().then(
      (text) => answer(200, text, metrics.contentType),
      (error: unknown) => answer(500, `${causeText(error)}\n`),
    );
  });
}
