import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Clock } from '../../../runtime/clock';
import { causeText } from '../../../runtime/cause-text';
import { displayUri } from '../../display-uri';
import type { AccessToken, ObtainAccessToken } from '../../http/access-token';
import { askStorage } from '../../http/ask-storage';
import { clockSkew } from '../../http/clock-skew';
import { isSuccess, isTransientStatus, type HttpClient, type HttpRequest } from '../../http/http-client';
import { refusalWords } from '../../http/refusal-words';
import { parsedJson } from '../../http/parsed-json';
import { storageFailure, type StorageError } from '../../storage-error';
import type { AuthorizedUser, CredentialsFile, ExternalAccount, ServiceAccountKey } from './credentials-file';

/** All that fetching needs: a token that is stolen from a pod can write nothing. */
export const readOnlyScope = 'https://www.googleapis.com/auth/devstorage.read_only';
/** What a token needs to become another account's. */
const impersonationScope = 'https://www.googleapis.com/auth/cloud-platform';
const lifetimeSeconds = 3600;

interface TokenContext {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** How tokens are got with a file of credentials. */
export function fileTokens(file: CredentialsFile, context: TokenContext): ObtainAccessToken {
  switch (file.type) {
    case 'service_account':
      return (signal) => serviceAccountToken(file, readOnlyScope, context, signal);
    case 'authorized_user':
      return (signal) => userToken(file, context, signal);
    case 'external_account': {
      const { service_account_impersonation_url: impersonation } = file;
      if (impersonation === undefined) return (signal) => externalToken(file, readOnlyScope, context, signal);
      const own: ObtainAccessToken = (signal) => externalToken(file, impersonationScope, context, signal);
      return (signal) => impersonatedToken(impersonation, own, context, signal);
    }
    case 'impersonated_service_account': {
      const source = file.source_credentials;
      const own: ObtainAccessToken =
        source.type === 'service_account'
          ? (signal) => serviceAccountToken(source, impersonationScope, context, signal)
          : source.type === 'external_account'
            ? (signal) => externalToken(source, impersonationScope, context, signal)
            : (signal) => userToken(source, context, signal);
      return (signal) => impersonatedToken(file.service_account_impersonation_url, own, context, signal);
    }
  }
}

/** RFC 7523: an assertion signed with the account's key, for an hour. */
function serviceAccountToken(
  key: ServiceAccountKey,
  scope: string,
  context: TokenContext,
  signal: AbortSignal,
): Promise<AccessToken> {
  const now = Math.floor(context.clock.now() / 1000);
  const claims = { iss: key.client_email, scope, aud: key.token_uri, iat: now, exp: now + lifetimeSeconds };
  return exchange(
    key.token_uri,
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signedAssertion(claims, key),
    },
    context,
    signal,
  );
}

function signedAssertion(claims: object, { private_key, private_key_id, client_email }: ServiceAccountKey): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(private_key_id === undefined ? {} : { kid: private_key_id }) };
  const base64url = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${base64url(header)}.${base64url(claims)}`;
  try {
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), private_key).toString('base64url')}`;
  } catch {
    // OpenSSL's message says nothing that helps, and the key must not be quoted.
    throw storageFailure('GCS', 'credentials', '', `the private key of ${client_email} can't be read`);
  }
}

function userToken(user: AuthorizedUser, context: TokenContext, signal: AbortSignal): Promise<AccessToken> {
  const { client_id, client_secret, refresh_token } = user;
  return exchange(
    user.token_uri,
    { grant_type: 'refresh_token', client_id, client_secret, refresh_token },
    context,
    signal,
  );
}

/** RFC 8693: somebody else's token against one of Google's. */
async function externalToken(
  account: ExternalAccount,
  scope: string,
  context: TokenContext,
  signal: AbortSignal,
): Promise<AccessToken> {
  return exchange(
    account.token_url,
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: account.audience,
      scope,
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: account.subject_token_type,
      subject_token: await subjectToken(account, context, signal),
    },
    context,
    signal,
  );
}

/** Read anew each time: Kubernetes replaces the file long before the token in it ends. */
async function subjectToken(
  { credential_source: source }: ExternalAccount,
  { http }: TokenContext,
  signal: AbortSignal,
): Promise<string> {
  const where = 'file' in source ? source.file : displayUri(source.url);
  let text: string;
  if ('file' in source) {
    text = await readFile(source.file, 'utf8').catch((error: unknown) => {
      throw storageFailure('GCS', 'credentials', where, `the subject token: ${causeText(error)}`);
    });
  } else {
    const answer = await askStorage(http, 'GCS', { url: source.url, headers: source.headers }, signal);
    if (!isSuccess(answer.status)) {
      throw storageFailure('GCS', 'credentials', where, `the subject token: ${where} answers HTTP ${answer.status}`);
    }
    text = answer.body;
  }
  if (source.format.type === 'text') return text.trim();
  const field = source.format.subject_token_field_name ?? 'access_token';
  const parsed = z.record(z.string(), z.unknown()).safeParse(parsedJson(text));
  const token = parsed.success ? parsed.data[field] : undefined;
  if (typeof token === 'string') return token;
  throw storageFailure('GCS', 'credentials', where, `the subject token: ${where} has no member ${field}`);
}

const impersonationAnswer = z.object({ accessToken: z.string(), expireTime: z.string() });

async function impersonatedToken(
  url: string,
  own: ObtainAccessToken,
  { http, clock }: TokenContext,
  signal: AbortSignal,
): Promise<AccessToken> {
  const { value } = await own(signal);
  const answer = await askStorage(
    http,
    'GCS',
    {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${value}` },
      body: JSON.stringify({ scope: [readOnlyScope], lifetime: `${lifetimeSeconds}s` }),
    },
    signal,
  );
  const parsed = impersonationAnswer.safeParse(parsedJson(answer.body));
  if (!isSuccess(answer.status) || !parsed.success) throw refusal(url, answer, clock);
  const seconds = (Date.parse(parsed.data.expireTime) - clock.now()) / 1000;
  return { value: parsed.data.accessToken, lifetimeSeconds: Number.isFinite(seconds) ? seconds : lifetimeSeconds };
}

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().default(lifetimeSeconds) });

async function exchange(
  url: string,
  form: Readonly<Record<string, string>>,
  { http, clock }: TokenContext,
  signal: AbortSignal,
): Promise<AccessToken> {
  const request: HttpRequest = {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
  const answer = await askStorage(http, 'GCS', request, signal);
  const parsed = tokenAnswer.safeParse(parsedJson(answer.body));
  if (!isSuccess(answer.status) || !parsed.success) throw refusal(url, answer, clock);
  return { value: parsed.data.access_token, lifetimeSeconds: parsed.data.expires_in };
}

const oauthError = z.object({
  error: z.union([z.string(), z.object({ message: z.string() })]),
  error_description: z.string().optional(),
});

function refusal(
  url: string,
  { status, headers, body }: Awaited<ReturnType<HttpClient['send']>>,
  clock: Clock,
): StorageError {
  const parsed = oauthError.safeParse(parsedJson(body));
  const said = parsed.success
    ? [typeof parsed.data.error === 'string' ? parsed.data.error : parsed.data.error.message]
    : [];
  if (parsed.success && parsed.data.error_description !== undefined) said.push(parsed.data.error_description);
  const skew = clockSkew(headers, clock.now());
  const cause = [
    `HTTP ${status}`,
    ...said.map((words) => refusalWords(words)),
    ...(skew === undefined ? [] : [skew]),
  ].join(': ');
  const where = displayUri(url);
  return isTransientStatus(status)
    ? storageFailure('GCS', 'connection', where, cause)
    : storageFailure('GCS', 'credentials', where, `${where} gives no token: ${cause}`);
}
