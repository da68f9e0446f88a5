import type { Dispatcher } from 'undici';
import * as z from 'zod';
import { registryApiPath } from '../../definitions/names/model-registry';
import { causeText } from '../runtime/cause-text';
import { errorBodySchema } from './answers';
import type { CircuitBreaker } from './circuit-breaker';
import { RegistryError, type RegistryFailure } from './registry-error';

/** What is needed to talk to one registry. */
export interface RegistryTransportOptions {
  /** Normalised base URL: scheme, host, optional path prefix, no trailing slash. */
  readonly baseUrl: string;
  /** Version part of the API's path, `v1alpha3`. */
  readonly apiVersion: string;
  /** Connections: TLS trust, proxies and connect time-out are its business. */
  readonly dispatcher: Dispatcher;
  /** Milliseconds until the whole answer must be here. */
  readonly requestTimeoutMs: number;
  /** Bearer token, read for each request since projected tokens rotate; absent: no `Authorization` is sent. */
  readonly token?: () => Promise<string>;
  /** Told of each request when it has ended; `code` is the HTTP status or `<error>`. */
  readonly observe?: (request: { readonly method: string; readonly code: string; readonly seconds: number }) => void;
  readonly userAgent: string;
  /** Keeps a registry that does not answer from being asked again and again. @default it is always asked */
  readonly circuit?: CircuitBreaker;
  /** Called before each request that changes something; throws to refuse it, because the lease is lost. */
  readonly beforeWrite?: () => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

export type Method = 'GET' | 'POST' | 'PATCH';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Requests to one registry: connection, token, time-out, circuit, and what an answer means.
 *
 * Guarantees: redirects are not followed (a login page is an error, and a token never leaves its origin); nothing is retried here; the
 * token is in no message.
 */
export class RegistryTransport {
  constructor(private readonly options: RegistryTransportOptions) {}

  get baseUrl(): string {
    return this.options.baseUrl;
  }

  /**
   * Sends a request and reads the answer whole, whatever its status.
   *
   * @throws RegistryError `unavailable` when there is none
   */
  async send(
    operation: string,
    method: Method,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { circuit } = this.options;
    const refusal = circuit?.enter();
    if (refusal !== undefined) {
      throw new RegistryError('unavailable', operation, this.urlOf(path), refusal.text, refusal.seconds);
    }
    try {
      const answer = await this.exchange(operation, method, path, body, signal);
      if (failureOf(answer.status) !== 'unavailable') circuit?.succeeded();
      else if (answer.retryAfterSeconds === undefined) circuit?.failed(errorText(answer));
      else circuit?.pause(answer.retryAfterSeconds, errorText(answer));
      return answer;
    } catch (error) {
      if (error instanceof RegistryError) circuit?.failed(error.reason);
      else circuit?.abandoned();
      throw error;
    }
  }

  private async exchange(
    operation: string,
    method: Method,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { dispatcher, requestTimeoutMs, token, userAgent, now, observe, beforeWrite } = this.options;
    const url = new URL(this.urlOf(path));
    const authorization = token === undefined ? undefined : await this.authorization(token, operation, path);
    // The last thing before the request leaves: nothing may come between.
    if (method !== 'GET') beforeWrite?.();
    const started = now();
    const timeout = AbortSignal.timeout(requestTimeoutMs);
    let code = '<error>';
    try {
      const response = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: {
          accept: 'application/json',
          'user-agent': userAgent,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = await response.body.text();
      code = String(response.statusCode);
      const retryAfterSeconds = retryAfter(response.headers['retry-after']);
      return {
        status: response.statusCode,
        body: text,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      };
    } catch (error) {
      if (signal.aborted) throw error;
      const cause = timeout.aborted ? `no complete answer within ${requestTimeoutMs / 1000} s` : causeText(error);
      throw new RegistryError('unavailable', operation, this.urlOf(path), cause);
    } finally {
      observe?.({ method, code, seconds: (now() - started) / 1000 });
    }
  }

  private async authorization(token: () => Promise<string>, operation: string, path: string): Promise<string> {
    try {
      return `Bearer ${await token()}`;
    } catch (error) {
      throw new RegistryError('unavailable', operation, this.urlOf(path), causeText(error));
    }
  }

  /**
   * The content of an answer.
   *
   * @throws RegistryError when the status is no success, or the body is not what it should be
   */
  read<T>(operation: string, path: string, answer: Answer, schema: z.ZodType<T>): T {
    const url = this.urlOf(path);
    if (answer.status < 200 || answer.status > 299) {
      throw new RegistryError(failureOf(answer.status), operation, url, errorText(answer), answer.retryAfterSeconds);
    }
    const parsed = schema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    const problem =
      answer.body.trim() === '' ? 'an empty body' : `${excerpt(answer.body)} (${z.prettifyError(parsed.error)})`;
    throw new RegistryError(
      'invalid-answer',
      operation,
      url,
      `${answer.status} with ${problem}, is this a Model Registry?`,
    );
  }

  private urlOf(path: string): string {
    return `${this.baseUrl}${registryApiPath}/${this.options.apiVersion}/${path}`;
  }
}

function failureOf(status: number): RegistryFailure {
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 400 || status === 422) return 'rejected';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429 || status >= 500) return 'unavailable';
  return 'invalid-answer';
}

function errorText(answer: Answer): string {
  const body = errorBodySchema.safeParse(parseJson(answer.body));
  if (body.success) return `${answer.status} ${body.data.message}`;
  return answer.body.trim() === '' ? String(answer.status) : `${answer.status} ${excerpt(answer.body)}`;
}

/** Enough of an unexpected body to recognise it: a login page, a proxy's error. */
function excerpt(body: string): string {
  const line = body.trim().replace(/\s+/g, ' ');
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(header: string | string[] | undefined): number | undefined {
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
