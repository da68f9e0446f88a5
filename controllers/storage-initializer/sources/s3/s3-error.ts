import * as z from 'zod';
import { isTransientStatus, type HeaderFields } from '../../http/http-client';
import { refusalWords } from '../../http/refusal-words';
import { once, xmlValues } from '../../http/xml-answer';
import { StorageError, storageFailure } from '../../storage-error';

/** What S3 says in an answer that is no success. */
export interface S3Refusal {
  readonly status: number;
  /** `NoSuchKey`, `SlowDown` ...; of an answer without body, or of a proxy's page, what its status means. */
  readonly code: string;
  readonly message: string;
  /** Where the bucket is, when that is what is wrong. */
  readonly region?: string;
  /** Milliseconds since the epoch, when the server says what time it is. */
  readonly serverTime?: number;
  readonly storageClass?: string;
}

const errorSchema = z.object({
  Error: once(
    z.object({
      Code: once(z.string()),
      Message: once(z.string()).optional(),
      Region: once(z.string()).optional(),
      ServerTime: once(z.string()).optional(),
      StorageClass: once(z.string()).optional(),
    }),
  ),
});

/** Codes of answers that have none: those to HEAD, and those of proxies. */
const codesOfStatuses: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  401: 'AccessDenied',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
  503: 'ServiceUnavailable',
};

/** Reads what an answer says, whoever wrote it. */
export function s3Refusal(status: number, headers: HeaderFields, body: string): S3Refusal {
  const told = errorSchema.safeParse(elementsOf(body));
  const error = told.success ? told.data.Error : undefined;
  const region = textField(headers, 'x-amz-bucket-region') ?? error?.Region;
  const serverTime = Date.parse(error?.ServerTime ?? textField(headers, 'date') ?? '');
  return {
    status,
    code: error?.Code ?? codesOfStatuses[status] ?? `status ${status}`,
    message: refusalWords(error?.Message ?? ''),
    ...(region === undefined || !/^[a-z0-9-]{1,63}$/i.test(region) ? {} : { region }),
    ...(Number.isNaN(serverTime) ? {} : { serverTime }),
    ...(error?.StorageClass === undefined ? {} : { storageClass: error.StorageClass }),
  };
}

/** Credentials that were right and are no more. */
export function isExpired({ code }: S3Refusal): boolean {
  return ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'].includes(code);
}

/** Whether the refusal is that the bucket is in another region. */
export function isElsewhere({ status, code }: S3Refusal): boolean {
  const codes = [
    'PermanentRedirect',
    'TemporaryRedirect',
    'AuthorizationHeaderMalformed',
    'IllegalLocationConstraintException',
  ];
  // An answer to HEAD has no code, and 400 is what AWS says for the wrong region then.
  return codes.includes(code) || code === 'status 400' || status === 307;
}

/**
 * A refusal as the user is told: KServe's words, and S3's behind them.
 *
 * @param name `s3://bucket/key`
 * @param now milliseconds since the epoch, by the clock that the request was signed with
 */
export function s3Failure(refusal: S3Refusal, name: string, bucket: string, now: number): StorageError {
  const { status, code, message } = refusal;
  const cause = message === '' ? code : `${code}: ${message}`;
  switch (code) {
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return new StorageError(
        'credentials',
        `Invalid AWS credentials. Verify AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${code})`,
      );
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
    case 'InvalidToken':
      return storageFailure('S3', 'credentials', name, cause);
    case 'NoSuchBucket':
      return new StorageError('not-found', `S3 bucket '${bucket}' does not exist.`);
    case 'NoSuchKey':
    case 'NoSuchVersion':
      return storageFailure('S3', 'not-found', name, cause);
    case 'AccessDenied':
    case 'AllAccessDisabled':
    case 'AccountProblem':
      return storageFailure('S3', 'denied', name, cause);
    case 'PreconditionFailed':
      return new StorageError('changed', `${name}: was replaced while it was fetched`);
    case 'RequestTimeTooSkewed':
      return new StorageError('other', `S3 error [${code}]: ${skew(refusal, now)}`);
    case 'InvalidObjectState':
      return new StorageError(
        'other',
        `S3 error [${code}]: ${name} is archived${refusal.storageClass === undefined ? '' : ` in ${refusal.storageClass}`}, restore it before it is fetched`,
      );
    // A 400, although the next try may well succeed.
    case 'RequestTimeout':
      return storageFailure('S3', 'connection', name, cause);
  }
  if (isTransientStatus(status)) return new StorageError('connection', `S3 error [${code}]: ${message || name}`);
  return new StorageError('other', `S3 error [${code}]: ${message === '' ? name : `${message} (${name})`}`);
}

function skew({ serverTime }: S3Refusal, now: number): string {
  const todo = 'set the clock of the node';
  if (serverTime === undefined) return `the clock of this machine is wrong, ${todo}`;
  const seconds = Math.round((now - serverTime) / 1000);
  const amount = Math.abs(seconds) < 120 ? `${Math.abs(seconds)} s` : `${Math.round(Math.abs(seconds) / 60)} min`;
  return `the clock of this machine is ${amount} ${seconds < 0 ? 'behind' : 'ahead of'} the server's, ${todo}`;
}

function elementsOf(body: string): unknown {
  try {
    return xmlValues(body);
  } catch {
    // A page of a proxy, or nothing.
    return undefined;
  }
}

function textField(headers: HeaderFields, name: string): string | undefined {
  const field = headers[name];
  return typeof field === 'string' ? field : field?.[0];
}
