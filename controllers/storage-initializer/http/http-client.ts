import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import { sleep, type Clock, type Random } from '../../runtime/clock';
import type { Environment } from '../../component';
import { AnswerReader } from './answer-reader';
import { connections, type ConnectionSettings } from './connections';
import { forOtherOrigin, redirectTarget, type RedirectRules } from './redirects';
import { retryDelayMs } from './retry-delay';

/** Header fields of an answer, names in lower case. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpRequest {
  readonly url: string;
  /** @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How redirects are taken. @default they are answers like others */
  readonly redirects?: RedirectRules;
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
}

/** Most bytes of an answer that is read whole: far above a page of any listing (an S3 page of 1,000 long keys is about 2 MB). */
const wholeAnswerLimit = 32 * 1024 * 1024;
/** What is kept of the body of an error. */
const errorBodyLimit = 64 * 1024;

/**
 * Requests of the storage initializer.
 *
 * Guarantees: proxies of the environment and the trust settings it was made with; redirects only as the request allows, and header fields
 * never follow to another origin; nothing waits longer than the time-outs. Errors are those of the connection, as undici and Node have
 * them: statuses are answers.
 */
export class HttpClient {
  private readonly dispatcher: Dispatcher;
  /** Connections that redirects are followed with: they never reach link-local and metadata addresses. */
  private readonly guarded: Dispatcher;

  constructor(private readonly options: HttpClientOptions) {
    this.dispatcher = connections(options, options.environment);
    this.guarded = connections({ ...options, refuseLinkLocal: true }, options.environment);
  }

  /**
   * Sends a request and reads the answer whole. Connection errors, 408, 429 and 5xx are tried again, with back-off and as `Retry-After`
   * says; the last answer is returned whatever it is.
   *
   * @throws the error of the connection after the last try
   */
  async send(request: HttpRequest, signal: AbortSignal, attempts = this.options.attempts): Promise<TextAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      let answer: TextAnswer | undefined;
      try {
        answer = await this.once(request, signal);
        if (!isTransientStatus(answer.status) || attempt >= attempts) return answer;
      } catch (error) {
        if (signal.aborted || attempt >= attempts || !isConnectionError(error)) throw error;
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
          if (size > wholeAnswerLimit) throw new Error(`the answer is larger than ${wholeAnswerLimit} bytes`);
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
   * @throws the error of the connection or of the sink; when the body ends before its length, an error too
   */
  async download(request: HttpRequest, sink: BodySink, signal: AbortSignal): Promise<TextAnswer> {
    let { url, headers = {} } = request;
    const { method = 'GET', body, redirects } = request;
    let dispatcher = this.dispatcher;
    for (let followed = 0; ; followed += 1) {
      const answer = await this.exchange(dispatcher, { url, method, headers, body }, sink, signal);
      const target = redirects === undefined ? undefined : redirectTarget(answer, followed, redirects);
      if (target === undefined) return answer;
      if (new URL(target).origin !== new URL(url).origin) headers = forOtherOrigin(headers);
      url = target;
      dispatcher = this.guarded;
    }
  }

  private exchange(
    dispatcher: Dispatcher,
    {
      url,
      method,
      headers,
      body,
    }: Required<Pick<HttpRequest, 'url' | 'method' | 'headers'>> & { body: string | undefined },
    sink: BodySink,
    signal: AbortSignal,
  ): Promise<TextAnswer> {
    const { origin, path } = splitUrl(url);
    return new Promise((resolve, reject) => {
      const reader = new AnswerReader(url, sink, errorBodyLimit, signal, resolve, reject);
      try {
        signal.throwIfAborted();
        dispatcher.dispatch(
          {
            origin,
            path,
            method,
            headers: { 'user-agent': userAgent, ...headers },
            body: body ?? null,
            headersTimeout: this.options.readTimeoutMs,
            bodyTimeout: this.options.readTimeoutMs,
          },
          reader,
        );
      } catch (error) {
        reader.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.dispatcher.destroy(), this.guarded.destroy()]);
  }
}

const userAgent = 'slipway-storage-initializer';

/** Origin and path of a URL as they are sent: `new URL` would be asked twice for each of a million small files. */
function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash < 0 ? { origin: url, path: '/' } : { origin: url.slice(0, slash), path: url.slice(slash) };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Statuses after which the same request can succeed. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** Whether an error is of the connection: everything that Node and undici give a code. Errors of sinks have none of theirs. */
export function isConnectionError(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && (code.startsWith('UND_ERR_') || connectionCodes.has(code) || isTlsCode(code));
}

const connectionCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Certificates that are not trusted, handshakes that fail. */
export function isTlsCode(code: string): boolean {
  return /^(ERR_(SSL|TLS)_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$|HOSTNAME_MISMATCH)/.test(code);
}
