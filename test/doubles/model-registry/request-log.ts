import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as it came in. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request that was dealt with. */
export interface LoggedRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Of several values of one name the last. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Status of the answer; 0 when there was none. */
  readonly status: number;
}

/** Reads a request whole. @throws when the client goes away, or asks for something that is no path */
export async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  // Set as encoding so that characters split between chunks stay whole.
  incoming.setEncoding('utf8');
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  const url = new URL(`http://registry${incoming.url ?? '/'}`);
  return { method: incoming.method ?? 'GET', url, headers: incoming.headers, body };
}

/** A request for the log. */
export function logged({ method, url, headers, body }: ReceivedRequest, status: number): LoggedRequest {
  return { method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body, status };
}
