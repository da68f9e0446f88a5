import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** A request at the gate. */
export interface GateRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer that does not come from the server behind the gate. */
export interface GateAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer, the server's, the server's to another path and query, or a connection that ends without one. */
export type GateDecision = GateAnswer | 'pass' | { readonly passAs: string } | 'drop';

/** What stands before a storage server: what the real service has there and the server on this machine has not. */
export interface Gate {
  readonly url: string;
  /** What has arrived, oldest first. */
  readonly requests: readonly GateRequest[];
  close(): Promise<void>;
}

/**
 * Starts a gate on 127.0.0.1. It decides about each request. What passes to the server behind it loses its `Authorization`: servers on this
 * machine know nobody.
 *
 * @param behind URL of the server; absent for a gate that always answers
 */
export async function startGate(
  decide: (request: GateRequest) => GateDecision | Promise<GateDecision>,
  behind?: string,
): Promise<Gate> {
  const requests: GateRequest[] = [];
  const server = createServer((incoming, response) => {
    const deal = async () => {
      const request: GateRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: await textOf(incoming),
      };
      requests.push(request);
      const decision = await decide(request);
      if (decision === 'drop') {
        incoming.socket.destroy();
        return;
      }
      if (decision !== 'pass' && 'status' in decision) {
        response.writeHead(decision.status, decision.headers).end(decision.body);
        return;
      }
      const { authorization: _authorization, host: _host, ...headers } = request.headers;
      const path = decision === 'pass' ? request.url : decision.passAs;
      const onward = forward(`${behind ?? ''}${path}`, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => incoming.socket.destroy());
      onward.end(request.body);
    };
    deal().catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
}
