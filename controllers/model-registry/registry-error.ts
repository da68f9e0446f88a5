/** Why a call to the registry failed; the reconciler's decisions depend on it. */
export type RegistryFailure =
  /** 409: somebody else made it, or has the name. */
  | 'conflict'
  /** 400, 422: the request is wrong and will stay wrong. */
  | 'rejected'
  /** 401, 403: the token is missing, expired or not enough. */
  | 'unauthorized'
  /** No connection, time-out, 429, 5xx, closed half-way: may pass. */
  | 'unavailable'
  /** An answer that no registry gives: HTML, a redirect, an empty body, a record without id. */
  | 'invalid-answer'
  /** 404 where the entity must exist. */
  | 'not-found';

/** A call to the Model Registry that failed. The message names operation, URL and cause; it never holds the token. */
export class RegistryError extends Error {
  constructor(
    readonly failure: RegistryFailure,
    operation: string,
    url: string,
    /** What went wrong, without operation and URL. */
    readonly reason: string,
    /** Seconds the registry asked us to wait, from `Retry-After`. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${operation} at ${url}: ${reason}`);
    this.name = 'RegistryError';
  }
}
