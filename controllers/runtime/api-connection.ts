import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { ApiConnectionError, ApiError, parseStatus, type ApiStatus } from './api-error';
import { causeText } from './cause-text';
import { sleep, type Clock } from './clock';
import type { ClusterConfig } from './cluster-config';
import { DeadlineExceeded, withDeadline } from './deadline';
import type { RuntimeMetrics } from './metrics';

/** What a connection to the API server needs. */
export interface ApiConnectionOptions {
  readonly config: ClusterConfig;
  readonly clock: Clock;
  readonly metrics: Pick<RuntimeMetrics, 'requests'>;
  /** `slipway/0.1.0`. */
  readonly userAgent: string;
  /** Milliseconds until a complete answer must be here. @default 30000 */
  readonly requestTimeoutMs?: number;
  /** Called before each request that changes something; throws to refuse it, for example because the lease is lost. */
  readonly beforeWrite?: () => void;
}

/** One request. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the server's URL with its query, starting with a slash. */
  readonly path: string;
  /** What is done to what, for errors: `getting services/iris in ml-models`. */
  readonly operation: string;
  readonly body?: unknown;
  /** A POST that changes no object: a review. `beforeWrite` is not asked. */
  readonly readOnly?: boolean;
  /** @default `application/json` */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. @default that of the connection */
  readonly timeoutMs?: number | undefined;
}

/** Beyond this the caller's own back-off is the better place to wait. */
const longestRetryAfterSeconds = 30;
/** How often a request is sent again because the server asked for patience. */
const retries = 5;
/** Answers are read whole; a proxy's error page is not worth more than this in a message. */
const excerptLength = 200;

/**
 * Requests to one API server: authentication, time-outs, patience with an overloaded server, metrics.
 *
 * Guarantees: 429 and 503 with `Retry-After` are sent again (the server has not begun to work on them), at most five
 * times and never after a wait of more than 30 s; nothing else is repeated. Watches use sockets of their own, so that they
 * can't starve requests.
 *
 * Caveat: a time-out says nothing about what the server did.
 *
 * Errors: {@link ApiError} when the server refused, {@link ApiConnectionError} when no usable answer came; the caller's
 * own abort comes out as its reason.
 */
export class ApiConnection {
  private readonly requests: Dispatcher;
  private readonly watches: Dispatcher;
  private readonly origin: string;
  private readonly prefix: string;

  constructor(private readonly options: ApiConnectionOptions) {
    const { server } = options.config;
    if (!URL.canParse(server)) throw new Error(`connecting to the API server: ${JSON.stringify(server)} is not a URL`);
    const url = new URL(server);
    this.origin = url.origin;
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.requests = dispatcherFor(options.config, { connections: 32 });
    this.watches = dispatcherFor(options.config, { bodyTimeout: 0 });
  }

  /** Sends a request and reads the JSON answer. */
  async send(request: ApiRequest): Promise<unknown> {
    return parseAnswer(request, await this.text(request));
  }

  /** Sends a request and reads the answer as it is: a log. */
  async text(request: ApiRequest): Promise<string> {
    const { clock, requestTimeoutMs = 30_000 } = this.options;
    this.assertAllowed(request);
    for (let attempt = 0; ; attempt += 1) {
      const timeoutMs = request.timeoutMs ?? requestTimeoutMs;
      const answer = await this.guarded(request, () =>
        withDeadline(clock, timeoutMs, request.signal, async (signal) => {
          const response = await this.dispatch(this.requests, request, signal);
          return { response, text: await response.body.text() };
        }),
      );
      if (isSuccess(answer.response)) return answer.text;
      const status = statusOf(answer.response, answer.text);
      const { retryAfterSeconds } = status;
      const patient =
        (status.code === 429 || status.code === 503) &&
        retryAfterSeconds !== undefined &&
        retryAfterSeconds <= longestRetryAfterSeconds &&
        attempt < retries;
      if (!patient) throw new ApiError(request.operation, status);
      await sleep(clock, retryAfterSeconds * 1000, request.signal ?? neverAborted);
      request.signal?.throwIfAborted();
      this.assertAllowed(request);
    }
  }

  /**
   * Opens a stream: resolves when the server has begun to answer. The signal ends the stream too, and must abort when the
   * caller is done with it.
   */
  async stream(request: ApiRequest & { readonly signal: AbortSignal }): Promise<AsyncIterable<Uint8Array>> {
    return this.guarded(request, async () => {
      const response = await this.dispatch(this.watches, request, request.signal);
      if (isSuccess(response)) return response.body;
      throw new ApiError(request.operation, statusOf(response, await response.body.text()));
    });
  }

  /** Closes all sockets; requests in flight fail. */
  async close(): Promise<void> {
    await Promise.all([this.requests.destroy(), this.watches.destroy()]);
  }

  private assertAllowed({ method, readOnly = method === 'GET' }: ApiRequest): void {
    if (!readOnly) this.options.beforeWrite?.();
  }

  private async dispatch(
    dispatcher: Dispatcher,
    request: ApiRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { config, metrics, userAgent } = this.options;
    const { method, body, contentType = 'application/json' } = request;
    let code = '<error>';
    try {
      const headers = await config.authenticate();
      signal.throwIfAborted();
      const response = await dispatcher.request({
        origin: this.origin,
        path: this.prefix + request.path,
        method,
        headers: {
          ...headers,
          accept: 'application/json',
          'user-agent': userAgent,
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal,
      });
      code = String(response.statusCode);
      return response;
    } finally {
      metrics.requests.inc({ code, method, host: new URL(this.origin).host });
    }
  }

  /** Gives failures of the transport the operation's name; leaves the caller's own abort and answers of the server alone. */
  private async guarded<T>(request: ApiRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof ApiError) throw error;
      throw new ApiConnectionError(request.operation, `${causeOf(error)} (API server ${this.origin})`);
    }
  }
}

const neverAborted = new AbortController().signal;

function dispatcherFor(config: ClusterConfig, options: Agent.Options): Dispatcher {
  // undici 8 would negotiate HTTP/2, where one stuck connection holds up every request on it.
  const shared = { ...options, allowH2: false, keepAliveTimeout: 30_000, headersTimeout: 60_000 };
  const connect = { timeout: 10_000, ...config.tls };
  return config.proxyUrl === undefined
    ? new Agent({ ...shared, connect })
    : new ProxyAgent({ ...shared, uri: config.proxyUrl, requestTls: connect });
}

function isSuccess(response: Dispatcher.ResponseData): boolean {
  return response.statusCode >= 200 && response.statusCode < 300;
}

function parseAnswer(request: ApiRequest, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiConnectionError(request.operation, `the answer is not JSON: ${excerpt(text)}: is this an API server?`);
  }
}

function statusOf(response: Dispatcher.ResponseData, text: string): ApiStatus {
  const code = response.statusCode;
  const header = response.headers['retry-after'];
  const seconds = typeof header === 'string' && /^\d+$/.test(header) ? { retryAfterSeconds: Number(header) } : {};
  try {
    const status = parseStatus(JSON.parse(text), code);
    if (status !== undefined) return { ...seconds, ...status, code };
  } catch {
    // Not JSON: a proxy's page, or the server's plain "404 page not found" for a kind it does not know.
  }
  return { ...seconds, code, ...(text.trim() === '' ? {} : { message: excerpt(text) }) };
}

function excerpt(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > excerptLength ? `${line.slice(0, excerptLength)}...` : line);
}

function causeOf(error: unknown): string {
  return error instanceof DeadlineExceeded ? `no complete answer: ${error.message}` : causeText(error);
}
