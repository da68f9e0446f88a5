import type { Dispatcher } from 'undici';
import type { AnswerHead, BodySink, HeaderFields, TextAnswer } from './http-client';

/**
 * One exchange as undici tells it. Success goes to the sink chunk by chunk, without the streams in between: they cost a third of the
 * throughput on one core.
 */
export class AnswerReader implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private head: AnswerHead | undefined;
  private success = false;
  private errorText: Buffer[] = [];
  private errorSize = 0;
  private done = false;

  constructor(
    private readonly url: string,
    private readonly sink: BodySink,
    private readonly errorBodyLimit: number,
    private readonly signal: AbortSignal,
    private readonly resolve: (answer: TextAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this.onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal.aborted) this.onAbort();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HeaderFields): void {
    // 1xx are not the answer.
    if (status < 200) return;
    this.head = { status, headers, url: this.url };
    this.success = status <= 299;
    if (this.success) this.guard(controller, () => this.sink.begin({ status, headers, url: this.url }));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.success) {
      this.keepErrorText(controller, chunk);
      return;
    }
    const held = this.guard(controller, () => this.sink.data(chunk));
    if (held === undefined) return;
    controller.pause();
    held.then(
      () => controller.resume(),
      (error: unknown) => controller.abort(asError(error)),
    );
  }

  onResponseEnd(): void {
    const head = this.head;
    if (head === undefined) this.fail(new Error('the answer has no head'));
    else this.finish(() => this.resolve({ ...head, body: Buffer.concat(this.errorText).toString('utf8') }));
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(this.signal.aborted ? this.signal.reason : error);
  }

  /** Enough to know the error; a body without end must not hold the process. */
  private keepErrorText(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.errorText.push(chunk.subarray(0, this.errorBodyLimit - this.errorSize));
    this.errorSize += chunk.length;
    if (this.errorSize < this.errorBodyLimit) return;
    this.onResponseEnd();
    controller.abort(new Error('the rest of the body is not needed'));
  }

  /** Runs code of the sink; what it throws ends the exchange. */
  private guard<T>(controller: Dispatcher.DispatchController, run: () => T): T | undefined {
    if (this.done) return undefined;
    try {
      return run();
    } catch (error) {
      this.fail(error);
      controller.abort(asError(error));
      return undefined;
    }
  }

  private readonly onAbort = () => {
    const reason: unknown = this.signal.reason;
    this.controller?.abort(asError(reason));
    this.fail(reason);
  };

  private fail(error: unknown): void {
    this.finish(() => this.reject(error));
  }

  private finish(settle: () => void): void {
    if (this.done) return;
    this.done = true;
    this.signal.removeEventListener('abort', this.onAbort);
    settle();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
