import type { Dispatcher } from 'undici';
import { DeadlineExceeded, withDeadline } from '../../runtime/deadline';
import type { Clock } from '../../runtime/clock';
import { AnswerReader } from '../../storage-initializer/http/answer-reader';
import { connectionError, isConnectionError } from '../../storage-initializer/http/connection-error';
import type { TextAnswer } from '../../storage-initializer/http/http-client';
import { errorCodes } from '../error-code';
import { ItemError } from '../item';

/**
 * Most bytes of an answer: an answer becomes one string, and V8's have 512 MiB at most. Half of that leaves room beside it, and is far
 * above what `batch.maxBytes` lets a model answer; what has no end must not hold the pod.
 */
export const largestAnswer = 256 * 1024 * 1024;

/** A request, sent once. */
export interface ModelRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
  /** Most bytes of its answer. @default 256 MiB */
  readonly largestAnswer?: number;
}

/** An answer of any status. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: TextAnswer['headers'];
  /** Of a status of success. */
  readonly body: Buffer;
  /** Of another status, the first 64 KiB. */
  readonly text: string;
}

/** No answer, or half of one. */
export class NoAnswer extends Error {
  constructor(
    readonly failure: 'network' | 'timeout',
    message: string,
    /** Whether the next try will end the same: a certificate that is not trusted, a proxy that says no. */
    readonly lasting: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NoAnswer';
  }
}

/** The way to the model. */
export interface ModelRoute {
  readonly dispatcher: Dispatcher;
  /** The proxy on it, as messages may have it. */
  readonly proxy?: string | undefined;
}

/** Where a user says whom to trust, for messages. */
const trustVariables = 'certificate-authority-data of the Secret of kserve.endpointRef';

/**
 * Sends a request and reads the answer whole.
 *
 * undici's own limits of 300 s for headers and body are replaced by the time-out of the request, which bounds it from beginning to end.
 *
 * @throws NoAnswer; ItemError MODEL_ERROR for an answer that is larger than it may be; the reason of the signal once it has aborted
 */
export async function askModel(
  { dispatcher, proxy }: ModelRoute,
  clock: Clock,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ReceivedAnswer> {
  const { timeoutMs, url, largestAnswer: largest = largestAnswer } = request;
  const facts = { proxy, readTimeoutMs: timeoutMs, trustVariables };
  const chunks: Buffer[] = [];
  let size = 0;
  const sink = {
    begin: () => undefined,
    data: (chunk: Buffer) => {
      size += chunk.length;
      if (size > largest) throw tooLarge(largest);
      chunks.push(chunk);
      return undefined;
    },
  };
  try {
    const answer = await withDeadline(clock, timeoutMs, signal, async (limited) => {
      limited.throwIfAborted();
      return new Promise<TextAnswer>((resolve, reject) => {
        const worded = (error: Error) => connectionError(error, facts);
        const reader = new AnswerReader({ url: url.href, sink, signal: limited, worded }, resolve, reject);
        dispatch(dispatcher, request, reader);
      });
    });
    const { status, headers, body: text } = answer;
    const [only] = chunks;
    return { status, headers, text, body: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks) };
  } catch (error) {
    if (signal.aborted) signal.throwIfAborted();
    throw asNoAnswer(error, timeoutMs);
  }
}

function dispatch(dispatcher: Dispatcher, request: ModelRequest, reader: AnswerReader): void {
  const { method, url, headers, body, timeoutMs } = request;
  try {
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      reader,
    );
  } catch (error) {
    reader.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
  }
}

function tooLarge(largest: number): ItemError {
  const words = `the answer of the model is larger than ${largest / 1024 / 1024} MiB: lower execution.batch.maxItems`;
  return new ItemError(errorCodes.modelError, words, false);
}

function asNoAnswer(error: unknown, timeoutMs: number): unknown {
  if (error instanceof DeadlineExceeded) return timedOut(timeoutMs, error);
  if (!isConnectionError(error)) return error;
  const { code, message, lasting } = error;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return timedOut(timeoutMs, error);
  return new NoAnswer('network', message, lasting, { cause: error });
}

function timedOut(timeoutMs: number, cause: Error): NoAnswer {
  return new NoAnswer('timeout', `no whole answer within ${timeoutMs / 1000} s`, false, { cause });
}
