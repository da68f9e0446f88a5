import { STATUS_CODES } from 'node:http';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { redactText } from '../../runtime/redaction';
import { errorCodes, httpCodePrefix } from '../error-code';
import { ItemError } from '../item';
import { isRecord, parseJson, type JsonValue } from '../json';
import { RunnerError } from '../runner-error';

/** Most characters of what a server says that go into messages. */
const excerptLength = 200;

/** Statuses that mean the content of the request: other items may be served. */
const contentRefused: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * The error of a status that is none of success.
 *
 * @param call method and URL
 * @param text body of the answer
 */
export function refusal(call: string, status: number, text: string): ItemError | RunnerError {
  const said = serverWords(text);
  const name = STATUS_CODES[status];
  const message = `${call}: ${status}${name === undefined ? '' : ` ${name}`}${said === '' ? '' : `: ${said}`}`;
  if (status === 401 || status === 403) {
    const hint = 'check the Secret of kserve.endpointRef and kserve.headers';
    return new RunnerError(exitCodes.endpoint, errorCodes.credentials, `${message}; ${hint}`);
  }
  return new ItemError(`${httpCodePrefix}${status}`, message, contentRefused.has(status));
}

/** What a server says about an error, in one line without secrets: `error` of KServe and Triton, `detail` of FastAPI, else the text. */
export function serverWords(text: string): string {
  return excerpt(errorMember(text) ?? text, excerptLength);
}

function errorMember(text: string): string | undefined {
  try {
    return errorText(parseJson(text));
  } catch {
    return undefined;
  }
}

/** The error that an answer tells, whatever its status is. */
export function errorText(answer: JsonValue): string | undefined {
  if (!isRecord(answer)) return undefined;
  return [answer['error'], answer['detail'], answer['message']].find((words) => typeof words === 'string');
}

/** The start of a text, in one line. */
export function excerpt(text: string, length: number): string {
  // Cut generously first: a page of HTML can have megabytes, and a secret that is cut in two is not recognised.
  const line = redactText(
    text
      .slice(0, length * 20)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
