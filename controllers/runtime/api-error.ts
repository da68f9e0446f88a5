import { STATUS_CODES } from 'node:http';
import * as z from 'zod';

/** The parts of a `Status` object that decisions are made on. */
export interface ApiStatus {
  readonly code: number;
  /** Machine-readable cause: `NotFound`, `AlreadyExists`, `Conflict`, `Expired`, `Invalid`, `Forbidden` ... */
  readonly reason?: string;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
}

const statusSchema = z.object({
  kind: z.literal('Status'),
  code: z.number().int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).optional(),
});

/**
 * Reads a `Status` object.
 *
 * @param code the HTTP status, used when the object has none of its own
 * @returns undefined when the value is something else: a proxy's page, a truncated body
 */
export function parseStatus(value: unknown, code: number): ApiStatus | undefined {
  const parsed = statusSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { reason, message, details } = parsed.data;
  return {
    code: parsed.data.code ?? code,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(details?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: details.retryAfterSeconds }),
  };
}

/** The API server answered, and the answer is a refusal. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Machine-readable cause, absent when something in front of the API server answered. */
  readonly reason?: string;
  /** Seconds the server asks us to stay away. */
  readonly retryAfterSeconds?: number;

  /** @param operation what was tried: `patching inferenceservices/iris in ml-models` */
  constructor(operation: string, status: ApiStatus) {
    super(
      [operation, `${status.code} ${status.reason ?? STATUS_CODES[status.code] ?? 'unknown status'}`, status.message]
        .filter(Boolean)
        .join(': '),
    );
    this.name = 'ApiError';
    this.status = status.code;
    if (status.reason !== undefined) this.reason = status.reason;
    if (status.retryAfterSeconds !== undefined) this.retryAfterSeconds = status.retryAfterSeconds;
  }

  /** The object does not exist, or no longer. False when it is the kind or the path that the server does not know. */
  get isNotFound(): boolean {
    return this.status === 404 && this.reason === 'NotFound';
  }

  /** The resource version or continue token is too old: list again. */
  get isExpired(): boolean {
    return this.status === 410;
  }
}

/** No usable answer came: not reachable, time-out, cut connection, or something that is no API server. */
export class ApiConnectionError extends Error {
  constructor(operation: string, cause: string) {
    super(`${operation}: ${cause}`);
    this.name = 'ApiConnectionError';
  }
}
