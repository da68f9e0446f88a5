import * as z from 'zod';
import { textVariable } from '../../general-settings';
import type { AccessToken, ObtainAccessToken } from '../../http/access-token';
import { HttpClient, type TextAnswer } from '../../http/http-client';
import { parsedJson } from '../../http/parsed-json';
import type { SourceContext } from '../../source';
import { storageFailure } from '../../storage-error';
import { readOnlyScope } from './file-tokens';

/** How long we wait for something to listen. Off Google's nodes nothing does, and every pod would wait. */
const connectTimeoutMs = 1000;
/** GKE's metadata server refuses connections for the first seconds of a pod. */
const tries = 3;

const metadataToken = z.object({ access_token: z.string(), expires_in: z.number() });

/**
 * How tokens are got from the metadata server of Google's nodes and of GKE; `undefined` when there is none, or the node has no account.
 * `GCE_METADATA_HOST` and `NO_GCE_CHECK` are those of Google's libraries.
 */
export async function metadataTokens(
  context: SourceContext,
  signal: AbortSignal,
): Promise<ObtainAccessToken | undefined> {
  const { environment } = context;
  const host = textVariable(environment, 'GCE_METADATA_HOST') ?? textVariable(environment, 'GCE_METADATA_ROOT');
  if (host === undefined && environment['NO_GCE_CHECK']?.toLowerCase() === 'true') return undefined;
  // By its address: off Google's nodes the name would only take a name server's time to find nothing.
  const url =
    `http://${host ?? '169.254.169.254'}/computeMetadata/v1/instance/service-accounts/default/token` +
    `?scopes=${encodeURIComponent(readOnlyScope)}`;
  const first = await ask(url, context, signal);
  // 404: the node has no account.
  if (first === undefined || first.status === 404) return undefined;
  let held: AccessToken | undefined = tokenOf(first);
  return async (current) => {
    const token = held ?? tokenOf(await ask(url, context, current));
    held = undefined;
    return token;
  };
}

/** Past every proxy: the server is the node's own. `undefined` when nothing answers. */
async function ask(
  url: string,
  { clock, random }: SourceContext,
  signal: AbortSignal,
): Promise<TextAnswer | undefined> {
  const http = new HttpClient({
    environment: {},
    clock,
    random,
    connectTimeoutMs,
    readTimeoutMs: 10_000,
    attempts: tries,
  });
  try {
    const answer = await http.send({ url, headers: { 'metadata-flavor': 'Google' } }, signal);
    // Whatever else listens there, as on other clouds, does not send it.
    return answer.headers['metadata-flavor'] === 'Google' ? answer : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  } finally {
    await http.close();
  }
}

function tokenOf(answer: TextAnswer | undefined): AccessToken {
  const parsed = metadataToken.safeParse(answer === undefined ? undefined : parsedJson(answer.body));
  if (parsed.success) return { value: parsed.data.access_token, lifetimeSeconds: parsed.data.expires_in };
  const cause = answer === undefined ? 'does not answer any more' : `answers HTTP ${answer.status}`;
  throw storageFailure('GCS', 'credentials', '', `the metadata server ${cause}`);
}
