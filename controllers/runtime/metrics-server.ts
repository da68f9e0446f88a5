import { createServer, type RequestListener, type Server } from 'node:http';
import { metricsPath } from '../../definitions/names/controller';
import type { RuntimeMetrics } from './metrics';

/** Serves the metrics over plain HTTP, to anybody. */
export function metricsServer(metrics: RuntimeMetrics): Server {
  return createServer(metricsListener(metrics));
}

/** Answers requests for the metrics. */
function metricsListener(metrics: RuntimeMetrics): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').replace(/[?#].*$/, '');
    if (path !== metricsPath) {
      response
        .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
        .end(`not found: there is ${metricsPath}\n`);
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };
}
