import type { Dispatcher } from 'undici';
import { isNativeError } from 'node:util/types';
import { exitCodes } from '../../../../definitions/inference/runner-report';
import type { HttpServerSettings } from '../../../../definitions/inference/storage/http';
import { causeText } from '../../../runtime/cause-text';
import { sleep } from '../../../runtime/clock';
import { displayUri } from '../../../storage-initializer/display-uri';
import { connectionError, ConnectionError } from '../../../storage-initializer/http/connection-error';
import { Connections } from '../../../storage-initializer/http/connections';
import { isTransientStatus, type HeaderFields } from '../../../storage-initializer/http/http-client';
import { refusalWords } from '../../../storage-initializer/http/refusal-words';
import { retryDelayMs } from '../../../storage-initializer/http/retry-delay';
import { trustedAuthorities } from '../../../storage-initializer/trust';
import { RunnerError } from '../../runner-error';
import type { Work } from '../../work';
import { badSettings } from '../settings';

/** What a request is. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  /** Names in lower case. They win over those of the endpoint. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface ServerAnswer {
  readonly headers: HeaderFields;
  readonly body: AsyncIterable<Buffer>;
}

/** Most characters of a refusal in a message. */
const mostQuoted = 2048;

/** A server that items are read from, or results handed to. */
export interface HttpServer {
  /** Address of the settings. */
  readonly url: string;
  /** Headers of the settings, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Sends a request, again as often as `execution.retry.maxAttempts` says where that can help, and hands the answer to `take`; what breaks
   * while it is taken is tried again too.
   *
   * @throws RunnerError, and what `take` throws
   */
  send<T>(request: ServerRequest, take: (answer: ServerAnswer) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** What is wrong with a request. */
  failure(request: Pick<ServerRequest, 'method' | 'url'>, problem: string, cause?: unknown): RunnerError;
  close(): Promise<void>;
}

/** The way to a server: through an endpoint Secret, or as the process's variables say. */
interface Way {
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
  dispatcher(origin: string): Dispatcher;
  close(): Promise<void>;
}

/** Opens a server. @throws RunnerError with exit code 2 for an address that is none, 7 for an endpoint that can't be used */
export async function openServer(
  settings: HttpServerSettings,
  work: Work,
  side: 'input' | 'output',
): Promise<HttpServer> {
  const { timeoutSeconds = 60, url: address = '' } = settings;
  // The value is not shown: there may be a password in it.
  const place = `${side}.http` as const;
  if (address !== '' && !URL.canParse(address)) throw badSettings(place, 'url: is no address');
  if (/^https?:\/\/[^/?#]*@/.test(address)) throw badSettings(place, 'url: has a user in it, use endpointRef');
  const timeoutMs = timeoutSeconds * 1000;
  const way = await openWay(settings, work, timeoutSeconds);
  const { maxAttempts } = work.execution.retry;

  const failure: HttpServer['failure'] = ({ method, url }, problem, cause) => {
    const [exitCode, code] =
      side === 'input' ? ([exitCodes.input, 'STORAGE_READ'] as const) : ([exitCodes.output, 'STORAGE_WRITE'] as const);
    const options = cause === undefined ? undefined : { cause };
    return new RunnerError(exitCode, code, `${method} ${displayUri(url)}: ${problem}`, options);
  };

  const exchange = async <T>(
    request: ServerRequest,
    take: (answer: ServerAnswer) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> => {
    const { origin, pathname, search } = new URL(request.url);
    const { statusCode, headers, body } = await way.dispatcher(origin).request({
      origin,
      path: pathname + search,
      method: request.method,
      headers: { 'accept-encoding': 'identity', ...way.headers(), ...request.headers },
      body: request.body ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal,
    });
    if (statusCode >= 200 && statusCode <= 299) return take({ headers, body });
    const words = refusalWords((await firstText(body)).trim(), mostQuoted);
    throw new RefusedRequest(statusCode, headers, words === '' ? '' : `: ${words}`);
  };

  const judged = (request: ServerRequest, error: unknown): { readonly failure: unknown; readonly again: boolean } => {
    if (error instanceof RefusedRequest) {
      const problem = `answered ${error.status}${error.words}`;
      if (error.status !== 401) return { failure: failure(request, problem), again: isTransientStatus(error.status) };
      const message = `${request.method} ${displayUri(request.url)}: ${problem}: verify the credentials`;
      return { failure: new RunnerError(exitCodes.endpoint, 'CREDENTIALS', message), again: false };
    }
    if (error instanceof RunnerError || !isNativeError(error)) return { failure: error, again: false };
    const facts = {
      proxy: undefined,
      readTimeoutMs: timeoutMs,
      trustVariables: 'SSL_CERT_FILE or of the endpoint Secret',
    };
    const worded = connectionError(error, facts);
    const again = worded instanceof ConnectionError && !worded.lasting;
    return {
      failure: again || worded instanceof ConnectionError ? failure(request, worded.message, error) : error,
      again,
    };
  };

  return {
    url: way.url,
    headers: headerFields(settings.headers ?? []),
    failure,
    close: () => way.close(),
    async send(request, take, signal) {
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        try {
          return await exchange(request, take, signal);
        } catch (error) {
          signal.throwIfAborted();
          const { failure: reason, again } = judged(request, error);
          if (!again || attempt >= maxAttempts) throw reason;
          const waitMs = retryDelayMs(attempt, error instanceof RefusedRequest ? error.headers : undefined, work);
          work.log.info({ attempt, waitMs: Math.round(waitMs), cause: causeText(reason) }, 'Request is made again');
          await sleep(work.clock, waitMs, signal);
        }
      }
    },
  };
}

async function openWay(
  { url, endpointRef, path = '' }: HttpServerSettings,
  { environment, execution, log, openEndpoint }: Work,
  answerSeconds: number,
): Promise<Way> {
  const connectSeconds = execution.connectTimeoutSeconds;
  if (endpointRef === undefined) {
    const connections = new Connections(
      { connectTimeoutMs: connectSeconds * 1000, ca: trustedAuthorities(environment, log) },
      environment,
    );
    return {
      url: url ?? '',
      headers: () => ({}),
      dispatcher: (origin) => connections.to(origin).dispatcher,
      close: () => connections.close(),
    };
  }
  const endpoint = await openEndpoint(endpointRef, { connectSeconds, answerSeconds });
  return {
    url: path === '' || path.startsWith('?') ? endpoint.url + path : `${endpoint.url}/${path.replace(/^\//, '')}`,
    headers: () => lowerCase(endpoint.headers),
    dispatcher: () => endpoint.dispatcher,
    close: () => endpoint.close(),
  };
}

/** A status outside of 2xx. */
class RefusedRequest extends Error {
  constructor(
    readonly status: number,
    readonly headers: HeaderFields,
    readonly words: string,
  ) {
    super(`status ${status}`);
    this.name = 'RefusedRequest';
  }
}

async function firstText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size > mostQuoted * 4) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function headerFields(headers: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    headers.map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
    }),
  );
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A header of an answer. */
export function headerOf(headers: HeaderFields, name: string): string | undefined {
  const field = headers[name];
  return typeof field === 'string' ? field : field?.[0];
}
