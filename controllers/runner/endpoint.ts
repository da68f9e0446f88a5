import type { Dispatcher } from 'undici';
import type { ObjectReference } from '../../definitions/inference/object-reference';

/** A server that an endpoint Secret describes: address, credentials, TLS settings. */
export interface Endpoint {
  /** `server-url` without a slash at its end. */
  readonly url: string;
  /** Headers that authenticate; a request's own Authorization header wins. */
  readonly headers: Readonly<Record<string, string>>;
  /** Connections with the Secret's TLS settings and proxy. */
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

/** Timeouts that connections are made with; inferences take longer than the client's defaults. */
export interface EndpointTimeouts {
  readonly connectSeconds: number;
  /** Until the headers of an answer, and between two pieces of its body. 0: none. */
  readonly answerSeconds: number;
}

/**
 * Opens the endpoint a Secret describes, mounted or read through the API.
 *
 * @throws RunnerError with exit code 7 that names the Secret and what is wrong with it
 */
export type OpenEndpoint = (reference: ObjectReference, timeouts: EndpointTimeouts) => Promise<Endpoint>;
