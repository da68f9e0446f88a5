import { isNativeError } from 'node:util/types';
import type { Dispatcher } from 'undici';
import type { KrateoApi } from '../../../definitions/inference/storage/krateo';
import { inferenceHeaders } from '../../../definitions/names/inference';
import { sleep } from '../../runtime/clock';
import { DeadlineExceeded, withDeadline } from '../../runtime/deadline';
import { connectionError, ConnectionError } from '../../storage-initializer/http/connection-error';
import type { Endpoint } from '../endpoint';
import { largestAnswer } from '../model/model-connection';
import { Pace } from '../model/pace';
import { RunnerError } from '../runner-error';
import type { Work } from '../work';
import { callHeaders, callUrl } from './call-address';
import { callFailure, connectionFailure, statusFailure, type CalledPlace } from './call-failure';
import { repeatsAfterError, repeatsAfterStatus, retryWaitMs, type Repeat } from './call-retry';
import { clientLimits, type ClientLimits } from './client-limits';
import type { Side } from './side';

export interface Call {
  readonly method: string;
  readonly path: string;
  /** Absent: none. */
  readonly body?: string;
  readonly repeat: Repeat;
  /** Statuses that are answers too, beside those of success. @default none */
  readonly accepted?: readonly number[];
}

export interface CallAnswer {
  readonly status: number;
  readonly text: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly place: CalledPlace;
}

type Answered = CallAnswer & { readonly retryAfter: string | undefined };

/**
 * Calls to a server as Krateo's HTTP client makes them: URL and headers of `api`, a trace id, a rate, tries as `CLIENT_*` say.
 *
 * Beyond it: an answer must be here within `execution.requestTimeoutSeconds`; the body of a call that is made again is sent again.
 */
export class KrateoClient {
  private readonly limits: ClientLimits;
  private readonly pace: Pace;
  private endpoint: Promise<Endpoint> | undefined;

  constructor(
    private readonly side: Side,
    private readonly api: KrateoApi,
    private readonly work: Work,
  ) {
    this.limits = clientLimits(work.environment);
    this.pace = new Pace(this.limits.pace, work.clock);
  }

  /**
   * Makes a call and reads the answer whole.
   *
   * @throws RunnerError with the exit code of the side; with 7 when the endpoint or its credentials can't be used
   */
  async call(call: Call, signal: AbortSignal): Promise<CallAnswer> {
    const { clock, random } = this.work;
    const endpoint = await this.open();
    const place = this.placeOf(endpoint, call);
    for (let attempt = 1; ; attempt += 1) {
      await this.pace.turn(signal);
      signal.throwIfAborted();
      const outcome = await this.attempt(endpoint, call, place, signal);
      const last = attempt > this.limits.maxRetries;
      if (outcome instanceof ConnectionError) {
        if (last || outcome.lasting || !repeatsAfterError(call.repeat, outcome.code)) {
          throw connectionFailure(place, outcome);
        }
      } else {
        const { status, text } = outcome;
        if ((status >= 200 && status <= 299) || call.accepted?.includes(status) === true) return outcome;
        if (last || !repeatsAfterStatus(call.repeat, status, outcome.retryAfter)) {
          throw statusFailure(place, status, text);
        }
      }
      const answered: Partial<Answered> = outcome instanceof ConnectionError ? {} : outcome;
      const waitMs = retryWaitMs(attempt, answered, this.limits, random, clock.now());
      this.work.log.info(
        { side: this.side, attempt, status: answered.status, waitMs: Math.round(waitMs) },
        'Call is made again',
      );
      await sleep(clock, waitMs, signal);
    }
  }

  async close(): Promise<void> {
    // One that could not be opened was reported by the call that needed it.
    const endpoint = await this.endpoint?.catch(() => undefined);
    await endpoint?.close();
  }

  private open(): Promise<Endpoint> {
    const { execution, openEndpoint } = this.work;
    this.endpoint ??= openEndpoint(this.api.endpointRef, {
      connectSeconds: execution.connectTimeoutSeconds,
      answerSeconds: execution.requestTimeoutSeconds,
    });
    return this.endpoint;
  }

  private placeOf(endpoint: Endpoint, { method, path }: Call): CalledPlace {
    return { side: this.side, method, url: callUrl(endpoint.url, path), secret: this.api.endpointRef };
  }

  /** @throws RunnerError for what no other try would mend; the reason of the signal */
  private async attempt(
    endpoint: Endpoint,
    call: Call,
    place: CalledPlace,
    signal: AbortSignal,
  ): Promise<Answered | ConnectionError> {
    const timeoutMs = this.work.execution.requestTimeoutSeconds * 1000;
    try {
      return await withDeadline(this.work.clock, timeoutMs, signal, async (limited) => {
        const response = await this.send(endpoint, call, place, limited);
        const bytes = await wholeBody(response.body, place);
        return {
          status: response.statusCode,
          text: bytes.toString('utf8'),
          bytes: bytes.length,
          contentType: firstValue(response.headers['content-type']) ?? '',
          retryAfter: firstValue(response.headers['retry-after']),
          place,
        };
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RunnerError) throw error;
      if (error instanceof DeadlineExceeded) throw callFailure(place, `no complete answer: ${error.message}`, error);
      if (!isNativeError(error)) throw error;
      const facts = { proxy: undefined, readTimeoutMs: timeoutMs, trustVariables: 'certificate-authority-data' };
      const worded = connectionError(error, facts);
      if (worded instanceof ConnectionError) return worded;
      throw callFailure(place, worded.message, error);
    }
  }

  private send(
    endpoint: Endpoint,
    { method, body }: Call,
    { url }: CalledPlace,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { origin, pathname, search } = new URL(url);
    return endpoint.dispatcher.request({
      origin,
      path: pathname + search,
      method: method,
      headers: {
        // The handler answers JSON as such only to who accepts nothing else.
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        [inferenceHeaders.krateoTrace]: this.traceId(),
        ...endpoint.headers,
        ...callHeaders(this.api.headers),
      },
      body: body ?? null,
      signal,
    });
  }

  /** Ten letters and digits: short, as Krateo's are. */
  private traceId(): string {
    return Array.from({ length: 10 }, () => Math.floor(this.work.random.next() * 36).toString(36)).join('');
  }
}

/** What has no end, and what can't become one string, must not hold the pod. @throws RunnerError */
async function wholeBody(body: AsyncIterable<Buffer>, place: CalledPlace): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largestAnswer) {
      throw callFailure(
        place,
        `the answer is larger than ${largestAnswer / 1024 / 1024} MiB: let the notebook read less`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function firstValue(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'object' ? field[0] : field;
}
