import { exitCodes } from '../../definitions/inference/runner-report';
import type { Clock, Timer } from '../runtime/clock';
import type { Logger } from '../runtime/log';
import { errorCodes } from './error-code';
import { RunnerError } from './runner-error';

/** How a run is stopped from outside, in three steps; the reason of each signal is a RunnerError with exit code 75. */
export interface Stop {
  /** Nothing more is read or begun. */
  readonly begun: AbortSignal;
  /** Requests in flight are given up: what is left of the grace period is for saving. */
  readonly requests: AbortSignal;
  /** Saving is given up: what is left is for the report. */
  readonly writes: AbortSignal;
}

/** Seconds before the end of the grace period at which requests in flight are given up. */
const savingSeconds = 5;
/** Seconds before the end of the grace period at which everything is. */
const reportSeconds = 1;

/** A stop that follows SIGTERM and SIGINT; the second of them gives up requests in flight at once. */
export class StopOnSignals implements Stop {
  private readonly controllers = { begun: new AbortController(), requests: new AbortController() };
  private readonly last = new AbortController();
  private timers: readonly Timer[] = [];
  private readonly listener = (name: NodeJS.Signals) => this.stop(name);

  /** @param graceSeconds between the signal and SIGKILL */
  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly graceSeconds: number,
  ) {
    process.on('SIGTERM', this.listener);
    process.on('SIGINT', this.listener);
  }

  get begun(): AbortSignal {
    return this.controllers.begun.signal;
  }
  get requests(): AbortSignal {
    return this.controllers.requests.signal;
  }
  get writes(): AbortSignal {
    return this.last.signal;
  }

  /** Lets signals do what they do without us. */
  dispose(): void {
    process.off('SIGTERM', this.listener);
    process.off('SIGINT', this.listener);
    for (const timer of this.timers) timer.cancel();
  }

  private stop(name: NodeJS.Signals): void {
    const reason = new RunnerError(exitCodes.interrupted, errorCodes.interrupted, `stopped by ${name}`);
    const giveUpRequests = () => this.controllers.requests.abort(reason);
    if (this.begun.aborted) {
      this.log.warn({ signal: name }, 'second signal, requests in flight are given up');
      return giveUpRequests();
    }
    this.log.info({ signal: name, graceSeconds: this.graceSeconds }, 'stopping: no more items are read');
    this.controllers.begun.abort(reason);
    const before = (seconds: number) => Math.max(this.graceSeconds - seconds, 0) * 1000;
    this.timers = [
      this.clock.setTimer(before(savingSeconds), giveUpRequests),
      this.clock.setTimer(before(reportSeconds), () => this.last.abort(reason)),
    ];
  }
}
