import * as z from 'zod';
import type { ObjectReference } from '../../../definitions/inference/object-reference';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { displayUri } from '../../storage-initializer/display-uri';
import { ConnectionError } from '../../storage-initializer/http/connection-error';
import { refusalWords } from '../../storage-initializer/http/refusal-words';
import { errorCodes } from '../error-code';
import { RunnerError } from '../runner-error';
import { failureOf, type Side } from './side';

/** What a call is, for messages. */
export interface CalledPlace {
  readonly side: Side;
  readonly method: string;
  readonly url: string;
  readonly secret: ObjectReference;
}

/** Characters of an answer that are quoted: as many as Krateo's client reads of an error. */
const mostQuoted = 2048;

/** `POST http://handler:8088/compute/irisinput`, without query: there may be parameters in it. */
function callName({ method, url }: Pick<CalledPlace, 'method' | 'url'>): string {
  return `${method} ${displayUri(url)}`;
}

/** An answer in a message, cut and in one line. */
export function quoted(text: string): string {
  return refusalWords(text.trim(), mostQuoted);
}

/** A call that ended otherwise than it should have. @param why goes behind the call's name */
export function callFailure(place: CalledPlace, why: string, cause?: unknown): RunnerError {
  const { exitCode, code } = failureOf[place.side];
  return new RunnerError(exitCode, code, `${callName(place)}: ${why}`, cause === undefined ? undefined : { cause });
}

/** No answer. TLS that fails lastingly is a matter of the endpoint's Secret. */
export function connectionFailure(place: CalledPlace, error: Error): RunnerError {
  const { namespace, name } = place.secret;
  if (!(error instanceof ConnectionError) || !error.lasting) return callFailure(place, error.message, error);
  const message = `endpoint Secret ${namespace}/${name}: ${callName(place)}: ${error.message}`;
  return new RunnerError(exitCodes.endpoint, errorCodes.credentials, message, { cause: error });
}

/** A status outside of 2xx. */
export function statusFailure(place: CalledPlace, status: number, text: string): RunnerError {
  const words = errorWords(text);
  const said = words === '' ? '' : `: ${words}`;
  if (status !== 401) return callFailure(place, `answered ${status}${said}`);
  const { namespace, name } = place.secret;
  const message = `endpoint Secret ${namespace}/${name}: ${callName(place)} answered 401${said}: verify the credentials in it`;
  return new RunnerError(exitCodes.endpoint, errorCodes.credentials, message);
}

const errorBody = z.looseObject({
  error: z.string().exactOptional(),
  message: z.string().exactOptional(),
  reason: z.string().exactOptional(),
});

/** What an error says: the handler's `error`, a Kubernetes status' `message` and `reason`, else the text. */
function errorWords(text: string): string {
  try {
    const result = errorBody.safeParse(JSON.parse(text));
    const { message, reason, error } = result.data ?? {};
    const words = error ?? (reason === undefined ? message : `${message ?? ''} (${reason})`);
    if (words !== undefined) return quoted(words);
  } catch {
    // No JSON: quoted as it is.
  }
  return quoted(text);
}
