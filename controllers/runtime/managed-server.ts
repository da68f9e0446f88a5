import type { HealthCheck } from './health';

/** A server that a manager runs beside its own: it serves as long as the process works, with the lease or without. */
export interface ManagedServer {
  /** For logs: `webhooks`. */
  readonly name: string;
  /**
   * Makes it listen.
   *
   * @returns the address it got
   * @throws Error naming address and cause, which ends the process
   */
  listen(): Promise<string>;
  /** What keeps the process from being ready. */
  readonly notReady: HealthCheck;
  /** Work that belongs to it: upkeep of its certificate. Ends when the signal aborts and never rejects. */
  run?(signal: AbortSignal): Promise<void>;
  /** Ends it in good order; called when all other work has ended. */
  close(): Promise<void>;
}
