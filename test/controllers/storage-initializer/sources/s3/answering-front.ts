import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer that the front gives in the server's place. */
export interface FrontAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A server that leads requests to another one, except those that a test answers. */
export interface AnsweringFront {
  readonly url: string;
  /** `GET /bucket/key?query` of every request, in their order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** What is asked, with its body. */
export type AskedRequest = Pick<IncomingMessage, 'method' | 'headers'> & {
  readonly url: string;
  readonly body: string;
};

/**
 * Starts a front on 127.0.0.1. Header fields go on unchanged, so that signatures stay right.
 *
 * @param target URL of the server behind; absent: there is none, what the test does not answer is a 404
 * @param answer the test's answer, `undefined` to let the request through
 */
export async function startAnsweringFront(
  target: string | undefined,
  answer: (asked: AskedRequest) => FrontAnswer | undefined,
): Promise<AnsweringFront> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    const { method = 'GET', headers, url = '/' } = incoming;
    asked.push(`${method} ${url}`);
    const take = (body: string) => {
      const own = answer({ method, headers, url, body }) ?? (target === undefined ? { status: 404 } : undefined);
      if (own !== undefined) {
        response.writeHead(own.status, own.headers).end(method === 'HEAD' ? undefined : own.body);
        return;
      }
      const onward = request(new URL(target ?? ''), { method, headers, path: url }, (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    };
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => take(Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An error as S3 writes it. */
export function s3ErrorAnswer(status: number, code: string, message: string, more = '', headers = {}): FrontAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body };
}
