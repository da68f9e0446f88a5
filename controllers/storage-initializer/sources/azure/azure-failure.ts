import * as z from 'zod';
import { clockSkew } from '../../http/clock-skew';
import { isTransientStatus, type HeaderFields } from '../../http/http-client';
import { refusalWords } from '../../http/refusal-words';
import { once, xmlValues } from '../../http/xml-answer';
import { StorageError, storageFailure } from '../../storage-error';

const azureError = z.object({
  Error: once(
    z.object({
      Code: once(z.string()),
      Message: once(z.string()).optional(),
      AuthenticationErrorDetail: once(z.string()).optional(),
    }),
  ),
});

/** Codes that are about who asks although their status is 403 or 404. */
const credentialCodes: ReadonlySet<string> = new Set([
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
]);

/**
 * What an answer other than 2xx means.
 *
 * @param name URL of what was asked for, without its signature
 * @param isAnonymous no credentials were sent
 * @param now milliseconds since the epoch, as we have them: a signature is refused when the clock is wrong, and nothing says so
 */
export function azureFailure(
  name: string,
  { status, headers, body }: { readonly status: number; readonly headers: HeaderFields; readonly body: string },
  isAnonymous: boolean,
  now: number,
): StorageError {
  const { code, message } = said(headers, body);
  const text = [`HTTP ${status}`, code, message].filter((part) => part !== '').join(': ');
  if (status === 412) return new StorageError('changed', `${name}: was replaced while it was fetched`);
  if (status === 401 || credentialCodes.has(code) || message.includes('failed to authenticate')) {
    const skew = clockSkew(headers, now);
    return storageFailure('Azure', 'credentials', name, `${name}: ${text}${skew === undefined ? '' : `; ${skew}`}`);
  }
  if (isTransientStatus(status)) return storageFailure('Azure', 'connection', name, text);
  if (status === 403) return storageFailure('Azure', 'denied', name, text);
  if (status === 404) {
    const anonymous = isAnonymous ? '; Azure says this of private containers too, and no credentials are set' : '';
    return storageFailure('Azure', 'not-found', name, `${text}${anonymous}`);
  }
  // The account allows no anonymous access at all: 409, where the container's own settings make it 404.
  if (code === 'PublicAccessNotPermitted') return storageFailure('Azure', 'credentials', name, `${name}: ${text}`);
  return storageFailure('Azure', 'other', name, `${name}: ${text}`);
}

/** Code and first line of the message; the lines after it are the id of the request and its time. */
function said(headers: HeaderFields, body: string): { readonly code: string; readonly message: string } {
  const header = headers['x-ms-error-code'];
  const parsed = azureError.safeParse(valuesOf(body));
  if (!parsed.success) return { code: typeof header === 'string' ? header : '', message: '' };
  const { Code, Message = '', AuthenticationErrorDetail = '' } = parsed.data.Error;
  // The detail of a wrong signature quotes the text that was signed: long, and of no use to who set a wrong key.
  const detail = /^(The MAC signature|Server used)/.test(AuthenticationErrorDetail) ? '' : AuthenticationErrorDetail;
  return { code: Code, message: [firstLine(Message), firstLine(detail)].filter((part) => part !== '').join(' ') };
}

function firstLine(text: string): string {
  return refusalWords(text.split(/[\r\n]/)[0] ?? '');
}

function valuesOf(body: string): unknown {
  try {
    return xmlValues(body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
