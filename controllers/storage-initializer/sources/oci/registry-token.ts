import * as z from 'zod';
import { causeText } from '../../../runtime/cause-text';
import { displayUri } from '../../display-uri';
import { isConnectionError, isSuccess, type HttpClient, type HttpRequest } from '../../http/http-client';
import { isRefused } from '../../http/refused-addresses';
import { StorageError, storageFailure } from '../../storage-error';
import type { Challenge } from './challenge';
import type { RegistryCredentials } from './docker-config';

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * Gets a token from the server that a registry names in its challenge: with a password as its user, with an identity token by OAuth2, or
 * as nobody.
 *
 * @param secure the registry was asked over TLS: its token server must not get the password without
 * @returns the value of the `Authorization` field
 * @throws StorageError `credentials` when the server gives none, `connection`, `unsafe` for an address that no token server has
 */
export async function registryToken(
  challenge: Extract<Challenge, { scheme: 'bearer' }>,
  credentials: RegistryCredentials,
  {
    http,
    secure,
    scope,
    signal,
  }: {
    readonly http: HttpClient;
    readonly secure: boolean;
    /** What is asked for when the challenge does not say. */
    readonly scope: string;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const realm = safeRealm(challenge.realm, secure);
  const request = tokenRequest(realm, { ...challenge, scope: challenge.scope ?? scope }, credentials);
  const shown = displayUri(realm.href);
  const answer = await http.send(request, signal).catch((error: unknown) => {
    if (signal.aborted || !isConnectionError(error)) throw error;
    throw storageFailure('OCI', 'connection', shown, causeText(error));
  });
  if (!isSuccess(answer.status)) {
    const failure = answer.status < 500 && answer.status !== 404 && answer.status !== 429 ? 'credentials' : 'other';
    throw storageFailure('OCI', failure, shown, `the token server ${shown} answered ${answer.status}`);
  }
  const token = tokenOf(answer.body);
  if (token === undefined) throw storageFailure('OCI', 'other', shown, `the token server ${shown} gave no token`);
  return `Bearer ${token}`;
}

function safeRealm(text: string, secure: boolean): URL {
  const realm = URL.parse(text);
  if (realm === null || !['http:', 'https:'].includes(realm.protocol)) {
    throw new StorageError(
      'other',
      `OCI error: the registry names ${JSON.stringify(displayUri(text))} as its token server, no URL`,
    );
  }
  if (secure && realm.protocol !== 'https:') {
    throw new StorageError('unsafe', `OCI error: the token server ${displayUri(text)} is refused, it is without TLS`);
  }
  if (isRefused(realm.hostname, 'link-local')) {
    throw new StorageError(
      'unsafe',
      `OCI error: the token server ${displayUri(text)} is refused, it is a link-local address`,
    );
  }
  return realm;
}

function tokenRequest(
  realm: URL,
  { service, scope }: { readonly service?: string; readonly scope: string },
  credentials: RegistryCredentials,
): HttpRequest {
  const parameters = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope });
  if (credentials.kind === 'identity') {
    parameters.append('grant_type', 'refresh_token');
    parameters.append('client_id', 'slipway');
    parameters.append('refresh_token', credentials.token);
    return {
      url: realm.href,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: parameters.toString(),
    };
  }
  const url = new URL(realm);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return { url: url.href, headers: credentials.kind === 'password' ? { authorization: basic(credentials) } : {} };
}

/** The value of the `Authorization` field for a password. */
export function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenOf(body: string): string | undefined {
  try {
    const { token, access_token: accessToken } = tokenSchema.parse(JSON.parse(body));
    return [token, accessToken].find((one) => one !== undefined && one !== '');
  } catch {
    return undefined;
  }
}
