import { createServer, type Server } from 'node:http';
import { livenessPath, readinessPath } from '../../definitions/names/controller';

/** Says what is missing, or undefined when nothing is. */
export type HealthCheck = () => string | undefined;

/**
 * Serves the probes of the kubelet: liveness is 200 as long as the process answers at all; readiness is 200 when no check
 * has anything to say, else 503 with what they say, one line each.
 */
export function healthServer(readiness: readonly HealthCheck[]): Server {
  return createServer((request, response) => {
    const path = (request.url ?? '').replace(/[?#].*$/, '').replace(/\/+$/, '');
    const answer = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'method not allowed');
    if (path === livenessPath) return answer(200, 'ok');
    if (path !== readinessPath) return answer(404, `not found: there are ${livenessPath} and ${readinessPath}`);
    const missing = readiness.flatMap((check) => check() ?? []);
    return missing.length === 0 ? answer(200, 'ok') : answer(503, missing.map((one) => `not ready: ${one}`).join('\n'));
  });
}
