import type { Dispatcher } from 'undici';
import type { Logger } from '../../runtime/log';
import type { RequestHeaders } from './request-headers';

/** Characters of a body that are logged. */
const mostOfBody = 2048;

const secretFields = /^(authorization|proxy-authorization|cookie|set-cookie|x-amz-.*)$|token|secret|password|api-?key/i;
const secretMember =
  /("[^"\\]*(?:password|token|secret|key|authorization|credential)[^"\\]*"\s*:\s*)"(?:[^"\\]|\\.)*"?/gi;
const secretQuery = /([?&][^=&#]*(?:password|token|secret|key|authorization|credential|signature)[^=&#]*=)[^&#]*/gi;

const hidden = '[redacted]';

/** A request as the log may have it: without credentials, which upstream's dump shows. */
export function dumpedRequest({ origin, path, method, body }: Dispatcher.DispatchOptions, headers: RequestHeaders) {
  return {
    method,
    url: `${String(origin)}${path.replace(secretQuery, `$1${hidden}`)}`,
    headers: withoutSecrets(headers),
    body: typeof body === 'string' || body instanceof Uint8Array ? excerpt(String(body)) : undefined,
  };
}

/** Logs an answer when it has ended, as {@link dumpedRequest} does requests. */
export class DumpedAnswer implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Readonly<Record<string, unknown>> = {};
  private text = '';

  constructor(
    private readonly handler: Dispatcher.DispatchHandler,
    private readonly log: Logger,
  ) {}

  onRequestStart(...start: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestStart']>>): void {
    this.handler.onRequestStart?.(...start);
  }

  onRequestUpgrade(...upgrade: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.handler.onRequestUpgrade?.(...upgrade);
  }

  onResponseStart(...start: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    const [, status, headers] = start;
    this.status = status;
    this.headers = headers;
    this.handler.onResponseStart?.(...start);
  }

  onResponseData(...data: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseData']>>): void {
    if (this.text.length <= mostOfBody) this.text += data[1].toString('utf8', 0, mostOfBody);
    this.handler.onResponseData?.(...data);
  }

  onResponseEnd(...end: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    const answer = { status: this.status, headers: withoutSecrets(this.headers), body: excerpt(this.text) };
    this.log.info({ answer }, 'Endpoint answered');
    this.handler.onResponseEnd?.(...end);
  }

  onResponseError(...failure: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseError']>>): void {
    this.handler.onResponseError?.(...failure);
  }
}

function withoutSecrets(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretFields.test(name) ? hidden : value]),
  );
}

/** Secrets go before the text is cut: a cut one would not be known for what it is. */
function excerpt(text: string): string {
  const safe = text.slice(0, 4 * mostOfBody).replace(secretMember, `$1"${hidden}"`);
  return safe.length <= mostOfBody ? safe : `${safe.slice(0, mostOfBody)}…`;
}
