import type { Dispatcher } from 'undici';

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** A refusal that is held back until it is known whether there are other credentials. */
interface Refusal {
  readonly controller: Controller;
  readonly headers: Headers;
  readonly statusMessage: string | undefined;
  readonly body: Buffer[];
}

/**
 * Stands between a request and its handler: an answer 401 is held back, and when there are new credentials the request is sent again
 * with them. The handler sees one answer, as if there had been one request.
 */
export class SecondChance implements Dispatcher.DispatchHandler {
  private refusal: Refusal | undefined;

  /**
   * @param renew gets other credentials. @returns false when there are none: the answer is handed on then
   * @param again sends the request again, to the same handler
   */
  constructor(
    private readonly handler: Dispatcher.DispatchHandler,
    private readonly renew: () => Promise<boolean>,
    private readonly again: () => void,
  ) {}

  onRequestStart(controller: Controller, context: unknown): void {
    this.handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...upgrade: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.handler.onRequestUpgrade?.(...upgrade);
  }

  onResponseStart(controller: Controller, status: number, headers: Headers, statusMessage?: string): void {
    if (status === 401) this.refusal = { controller, headers, statusMessage, body: [] };
    else this.handler.onResponseStart?.(controller, status, headers, statusMessage);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.refusal === undefined) this.handler.onResponseData?.(controller, chunk);
    // undici fills the same memory again.
    else this.refusal.body.push(Buffer.from(chunk));
  }

  onResponseEnd(controller: Controller, trailers: Headers): void {
    const { refusal } = this;
    if (refusal === undefined) this.handler.onResponseEnd?.(controller, trailers);
    else void this.decide(refusal, trailers);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.handler.onResponseError?.(controller, error);
  }

  private async decide(refusal: Refusal, trailers: Headers): Promise<void> {
    try {
      if (await this.renew()) this.again();
      else this.handOn(refusal, trailers);
    } catch (error) {
      // Nobody waits for this function: an error that stays in it would leave the request without an end.
      this.handler.onResponseError?.(refusal.controller, error instanceof Error ? error : new Error(String(error)));
    }
  }

  private handOn({ controller, headers, statusMessage, body }: Refusal, trailers: Headers): void {
    this.handler.onResponseStart?.(controller, 401, headers, statusMessage);
    for (const chunk of body) this.handler.onResponseData?.(controller, chunk);
    this.handler.onResponseEnd?.(controller, trailers);
  }
}
