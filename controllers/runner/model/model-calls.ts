import { exitCodes } from '../../../definitions/inference/runner-report';
import { sleep, type Clock, type Random } from '../../runtime/clock';
import { displayUri } from '../../storage-initializer/display-uri';
import { errorCodes } from '../error-code';
import { ItemError } from '../item';
import type { Logger } from '../../runtime/log';
import { RunnerError } from '../runner-error';
import { Latencies } from './latencies';
import { askModel, NoAnswer, type ModelRequest, type ModelRoute, type ReceivedAnswer } from './model-connection';
import { Pace } from './pace';
import { refusal } from './refusal';
import type { RequestSettings } from './request-settings';
import { retryable, retryAfterMs, retryDelay, type Failure } from './retry-delay';

/** What {@link ModelCalls} works with. */
export interface ModelCallsOptions {
  readonly route: ModelRoute;
  readonly settings: RequestSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How a try failed. */
interface FailedTry {
  readonly failure: Failure;
  readonly error: ItemError | RunnerError;
  readonly retryAfterMs: number;
}

/** Inference calls: at their pace, tried again, counted. */
export class ModelCalls {
  requests = 0;
  retries = 0;
  readonly latencies = new Latencies();
  private readonly pace: Pace;

  constructor(private readonly options: ModelCallsOptions) {
    this.pace = new Pace(options.settings.pace, options.clock);
  }

  /**
   * Sends a request until it has an answer of success.
   *
   * @throws ItemError or RunnerError of the last try; the reason of the signal once it has aborted
   */
  async call(request: Omit<ModelRequest, 'timeoutMs'>, signal: AbortSignal): Promise<ReceivedAnswer> {
    const { settings, clock, random, log } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.once({ ...request, timeoutMs: settings.timeoutMs }, signal);
      if (!('failure' in outcome)) return outcome;
      const { failure, error } = outcome;
      if (attempt >= settings.retry.maxAttempts || !retryable(failure, settings.retry) || isLasting(error)) throw error;
      const wait = retryDelay(attempt, outcome.retryAfterMs, settings.retry, random.next());
      log.debug({ attempt, waitMs: Math.round(wait), err: error }, 'request failed, it is tried again');
      await sleep(clock, wait, signal);
      signal.throwIfAborted();
      this.retries += 1;
    }
  }

  private async once(request: ModelRequest, signal: AbortSignal): Promise<ReceivedAnswer | FailedTry> {
    const { route, clock } = this.options;
    await this.pace.turn(signal);
    signal.throwIfAborted();
    this.requests += 1;
    const start = clock.monotonic();
    try {
      const answer = await askModel(route, clock, request, signal);
      this.latencies.add(clock.monotonic() - start);
      if (answer.status >= 200 && answer.status <= 299) return answer;
      return {
        failure: answer.status,
        error: refusal(nameOf(request), answer.status, answer.text),
        retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock.now()),
      };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { failure: error.failure, error: unanswered(nameOf(request), error), retryAfterMs: 0 };
    }
  }
}

function nameOf({ method, url }: ModelRequest): string {
  return `${method} ${displayUri(url.href)}`;
}

function unanswered(call: string, error: NoAnswer): ItemError | RunnerError {
  const message = `${call}: ${error.message}`;
  if (error.lasting) return new RunnerError(exitCodes.endpoint, errorCodes.credentials, message, { cause: error });
  return new ItemError(error.failure === 'timeout' ? errorCodes.timeout : errorCodes.network, message, false, {
    cause: error,
  });
}

/** Credentials that are refused are refused again. */
function isLasting(error: ItemError | RunnerError): boolean {
  return error instanceof RunnerError;
}
