import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { causeText } from '../../../runtime/cause-text';
import { displayUri } from '../../display-uri';
import { textVariable } from '../../general-settings';
import type { AccessToken, ObtainAccessToken } from '../../http/access-token';
import { askStorage } from '../../http/ask-storage';
import { clockSkew } from '../../http/clock-skew';
import { HttpClient, isSuccess, isTransientStatus, type TextAnswer } from '../../http/http-client';
import { refusalWords } from '../../http/refusal-words';
import { parsedJson } from '../../http/parsed-json';
import type { SourceContext } from '../../source';
import { storageFailure, StorageError } from '../../storage-error';

const storageResource = 'https://storage.azure.com/';
const publicAuthority = 'https://login.microsoftonline.com';

/**
 * How tokens are got for the client of `AZURE_CLIENT_ID`: with `AZURE_CLIENT_SECRET`, else with the token that Kubernetes has put into
 * `AZURE_FEDERATED_TOKEN_FILE` (workload identity), else from the node (managed identity). `AZ_...` are KServe's old names.
 *
 * @returns `undefined` without a client
 * @throws StorageError when the tenant is missing
 */
export function clientTokens(context: SourceContext): ObtainAccessToken | undefined {
  const variable = (name: string) =>
    textVariable(context.environment, `AZURE_${name}`) ?? textVariable(context.environment, `AZ_${name}`);
  const client = variable('CLIENT_ID');
  if (client === undefined) return undefined;
  const secret = variable('CLIENT_SECRET');
  const federatedFile = textVariable(context.environment, 'AZURE_FEDERATED_TOKEN_FILE');
  if (secret === undefined && federatedFile === undefined) return (signal) => managedToken(client, context, signal);
  const tenant = variable('TENANT_ID');
  if (tenant === undefined) throw credentialsFailure('AZURE_CLIENT_ID is set, and AZURE_TENANT_ID is not');
  const authority = (textVariable(context.environment, 'AZURE_AUTHORITY_HOST') ?? publicAuthority).replace(/\/+$/, '');
  const url = `${/^https?:\/\//.test(authority) ? authority : `https://${authority}`}/${tenant}/oauth2/v2.0/token`;
  return async (signal) => {
    const proof = secret === undefined ? await federated(federatedFile ?? '') : { client_secret: secret };
    const form = { grant_type: 'client_credentials', client_id: client, scope: `${storageResource}.default`, ...proof };
    const answer = await askStorage(
      context.http,
      'Azure',
      {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      },
      signal,
    );
    return tokenOf(answer, displayUri(url), context);
  };
}

/** Read anew each time: Kubernetes replaces the file long before the token in it ends. */
async function federated(file: string): Promise<Readonly<Record<string, string>>> {
  const assertion = await readFile(file, 'utf8').catch((error: unknown) => {
    throw credentialsFailure(`AZURE_FEDERATED_TOKEN_FILE: ${causeText(error)}`);
  });
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion.trim(),
  };
}

/** The node's metadata server, past every proxy. */
async function managedToken(client: string, context: SourceContext, signal: AbortSignal): Promise<AccessToken> {
  const { clock, random, environment } = context;
  const host = textVariable(environment, 'AZURE_POD_IDENTITY_AUTHORITY_HOST') ?? 'http://169.254.169.254';
  const query = new URLSearchParams({ 'api-version': '2018-02-01', resource: storageResource, client_id: client });
  const url = `${host.replace(/\/+$/, '')}/metadata/identity/oauth2/token?${query.toString()}`;
  const http = new HttpClient({
    environment: {},
    clock,
    random,
    connectTimeoutMs: 1000,
    readTimeoutMs: 30_000,
    attempts: 3,
  });
  try {
    const answer = await http.send({ url, headers: { metadata: 'true' } }, signal);
    return tokenOf(answer, displayUri(url), context);
  } catch (error) {
    if (signal.aborted || error instanceof StorageError) throw error;
    throw credentialsFailure(
      'AZURE_CLIENT_ID is set without AZURE_CLIENT_SECRET and AZURE_FEDERATED_TOKEN_FILE, ' +
        `and no managed identity answers: ${causeText(error)}`,
    );
  } finally {
    await http.close();
  }
}

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.coerce.number() });
const tokenError = z.object({ error: z.string(), error_description: z.string().optional() });

function tokenOf(answer: TextAnswer, where: string, { clock }: SourceContext): AccessToken {
  const { status, headers, body } = answer;
  const parsed = tokenAnswer.safeParse(parsedJson(body));
  if (isSuccess(status) && parsed.success) {
    return { value: parsed.data.access_token, lifetimeSeconds: parsed.data.expires_in };
  }
  const refusal = tokenError.safeParse(parsedJson(body));
  const said = refusal.success
    ? // The lines after the first are the time and ids of the request.
      `: ${refusalWords(`${refusal.data.error}: ${(refusal.data.error_description ?? '').split(/\r?\n| Trace ID:/)[0] ?? ''}`)}`
    : '';
  const skew = clockSkew(headers, clock.now());
  const cause = `HTTP ${status}${said}${skew === undefined ? '' : `; ${skew}`}`;
  if (isTransientStatus(status)) throw storageFailure('Azure', 'connection', where, cause);
  throw credentialsFailure(`${where} gives no token: ${cause}`);
}

function credentialsFailure(cause: string): StorageError {
  return storageFailure('Azure', 'credentials', '', cause);
}
