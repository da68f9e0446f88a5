import { sleep, type Clock, type Random } from '../../runtime/clock';
import type { Environment } from '../../component';
import { displayUri } from '../display-uri';
import { StorageError } from '../storage-error';
import { AnswerReader } from './answer-reader';
import { connectionError, isConnectionError } from './connection-error';
import { Connections, type ConnectionSettings } from './connections';
import { DecodedBody } from './decoded-body';
import { forOtherOrigin, redirectTarget, type RedirectRules } from './redirects';
import { retryDelayMs } from './retry-delay';

export { isConnectionError };

/** Header fields of an answer, names in lower case. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpRequest {
  readonly url: string;
  /** @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** How redirects of a GET or HEAD are taken. @default they are answers like others */
  readonly redirects?: RedirectRules;
  /** Undo a `Content-Encoding` that the server chose: the sink gets what is in it, and a head without length and version. @default false */
  readonly decoded?: boolean;
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderFields;
  /** Where it came from, after redirects. */
  readonly url: string;
}

/** An answer that was read whole. */
export interface TextAnswer extends AnswerHead {
  readonly body: string;
}

/** Takes the body of a 2xx answer as it comes. */
export interface BodySink {
  /** The head is here; throws to refuse the body. */
  begin(head: AnswerHead): void;
  /** A chunk, only valid as long as nobody writes to it: it may be kept. @returns a promise to hold the body back until it settles */
  data(chunk: Buffer): Promise<void> | undefined;
}

export interface HttpClientOptions extends ConnectionSettings {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds without a byte of the answer until it counts as lost. */
  readonly readTimeoutMs: number;
  /** Tries of `send`, the first included. */
  readonly attempts: number;
  /** Variables in which a user names the authorities to trust, for messages. @default those of `trust.ts` */
  readonly trustVariables?: string;
}

/** Most bytes of an answer that is read whole: far above a page of any listing (an S3 page of 1,000 long keys is about 2 MB). */
const wholeAnswerLimit = 32 * 1024 * 1024;
const trustVariablesByDefault = 'REQUESTS_CA_BUNDLE, SSL_CERT_FILE or CA_BUNDLE_CONFIGMAP_NAME';

/**
 * Requests of the storage initializer.
 *
 * Guarantees: proxies of the environment and the trust settings it was made with; redirects only as the request allows, never to
 * link-local and metadata addresses, and header fields never follow to another origin; nothing waits for a byte longer than the
 * time-outs. Errors are those of the connection, as ConnectionError, and those of the sink: statuses are answers.
 *
 * Caveats: behind a proxy names are resolved by the proxy, so that only addresses in URLs can be refused.
 */
export class HttpClient {
  private readonly connections: Connections;
  /** Connections that redirects are followed with. */
  private readonly guarded: Connections;

  /** @throws ConfigError for a proxy that is no URL */
  constructor(private readonly options: HttpClientOptions) {
    this.connections = new Connections(options, options.environment);
    this.guarded = new Connections({ ...options, refuse: options.refuse ?? 'link-local' }, options.environment);
  }

  /** A client with other settings, and connections of its own. */
  with(changes: Partial<HttpClientOptions>): HttpClient {
    return new HttpClient({ ...this.options, ...changes });
  }

  /**
   * Sends a request and reads the answer whole. Connection errors, 408, 429 and 5xx are tried again, with back-off and as `Retry-After`
   * says; the last answer is returned whatever it is.
   *
   * @throws ConnectionError after the last try, or after the first when another one would end the same
   */
  async send(request: HttpRequest, signal: AbortSignal, attempts = this.options.attempts): Promise<TextAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      let answer: TextAnswer | undefined;
      try {
        answer = await this.once(request, signal);
        if (!isTransientStatus(answer.status) || attempt >= attempts) return answer;
      } catch (error) {
        if (signal.aborted || attempt >= attempts || !isConnectionError(error) || error.lasting) throw error;
      }
      await sleep(this.options.clock, retryDelayMs(attempt, answer?.headers, this.options), signal);
      signal.throwIfAborted();
    }
  }

  /** One try of {@link send}. */
  private async once(request: HttpRequest, signal: AbortSignal): Promise<TextAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    const answer = await this.download(
      request,
      {
        begin: () => undefined,
        data: (chunk) => {
          size += chunk.length;
          if (size > wholeAnswerLimit) {
            const limit = `${wholeAnswerLimit / 1024 / 1024} MiB`;
            throw new StorageError('other', `${displayUri(request.url)}: the answer is larger than ${limit}`);
          }
          chunks.push(chunk);
          return undefined;
        },
      },
      signal,
    );
    return isSuccess(answer.status) ? { ...answer, body: Buffer.concat(chunks).toString('utf8') } : answer;
  }

  /**
   * Sends a request, once. The body of a 2xx answer goes to the sink; of another its first 64 KiB are returned.
   *
   * @throws ConnectionError, also when the body ends before its length; the error of the sink
   */
  async download(request: HttpRequest, sink: BodySink, signal: AbortSignal): Promise<TextAnswer> {
    if (request.decoded !== true) return this.follow(request, sink, signal);
    const body = new DecodedBody(sink);
    try {
      const answer = await this.follow(request, body, signal);
      await body.end();
      return answer;
    } finally {
      body.abandon();
    }
  }

  private async follow(request: HttpRequest, sink: BodySink, signal: AbortSignal): Promise<TextAnswer> {
    let { url, headers = {} } = request;
    const { method = 'GET', body } = request;
    const { refuse = 'link-local' } = this.options;
    // What a POST carries is a credential more often than not: it goes nowhere else.
    const redirects = method === 'GET' || method === 'HEAD' ? request.redirects : undefined;
    let connections = this.connections;
    for (let followed = 0; ; followed += 1) {
      const answer = await this.exchange(connections, { url, method, headers, body }, sink, signal);
      const target = redirects === undefined ? undefined : redirectTarget(answer, followed, redirects, refuse);
      if (target === undefined) return answer;
      if (new URL(target).origin !== new URL(url).origin) headers = forOtherOrigin(headers);
      url = target;
      connections = this.guarded;
    }
  }

  private exchange(
    connections: Connections,
    { url, method, headers, body }: OneRequest,
    sink: BodySink,
    signal: AbortSignal,
  ): Promise<TextAnswer> {
    const { readTimeoutMs, trustVariables = trustVariablesByDefault } = this.options;
    const { origin, path } = splitUrl(url);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const { dispatcher, proxy } = connections.to(origin);
      const worded = (error: Error) => connectionError(error, { proxy, readTimeoutMs, trustVariables });
      const reader = new AnswerReader({ url, sink, signal, worded }, resolve, reject);
      try {
        dispatcher.dispatch(
          {
            origin,
            path,
            method,
            headers: { 'user-agent': userAgent, 'accept-encoding': 'identity', ...headers },
            body: body ?? null,
            headersTimeout: readTimeoutMs,
            bodyTimeout: readTimeoutMs,
          },
          reader,
        );
      } catch (error) {
        reader.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.connections.close(), this.guarded.close()]);
  }
}

type OneRequest = Required<Pick<HttpRequest, 'url' | 'method' | 'headers'>> & {
  readonly body: string | Buffer | undefined;
};

const userAgent = 'slipway-storage-initializer';

/** Origin and path of a URL as they are sent: `new URL` would be asked twice for each of a million small files. */
function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const authority = url.indexOf('://') + 3;
  const end = url.slice(authority).search(/[/?]/);
  if (end < 0) return { origin: url, path: '/' };
  const path = url.slice(authority + end);
  return { origin: url.slice(0, authority + end), path: path.startsWith('/') ? path : `/${path}` };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Statuses after which the same request can succeed. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}
