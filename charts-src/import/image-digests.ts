import { Agent, request } from 'undici';
import * as z from 'zod';
import type { Image } from '../images';

/** What a registry may answer with: an index of several platforms before a single image. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Registries whose name in references is not that of their API. */
const apiHosts: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

const tokenSchema = z.union([
  z.looseObject({ token: z.string() }).transform(({ token }) => token),
  z.looseObject({ access_token: z.string() }).transform(({ access_token }) => access_token),
]);

/** How registries are reached. */
export interface RegistryAccess {
  /** @default 'https' */
  readonly scheme?: 'http' | 'https';
  /** Milliseconds until an answer must be here. @default 30000 */
  readonly timeoutMs?: number;
}

/**
 * Asks an image's registry for the digest that its tag has now (OCI distribution specification, "Checking if content exists
 * in the registry"), anonymously.
 *
 * @throws Error naming image, request and cause
 */
export async function digestOf(image: Pick<Image, 'repository' | 'tag'>, access: RegistryAccess = {}): Promise<string> {
  const { scheme = 'https', timeoutMs = 30_000 } = access;
  const { repository, tag } = image;
  const slash = repository.indexOf('/');
  const host = repository.slice(0, slash);
  const url = `${scheme}://${apiHosts[host] ?? host}/v2/${repository.slice(slash + 1)}/manifests/${tag}`;
  const dispatcher = new Agent({ connectTimeout: timeoutMs, headersTimeout: timeoutMs });
  const head = (authorization?: string) =>
    request(url, {
      method: 'HEAD',
      dispatcher,
      headers: { accept: manifestTypes, ...(authorization === undefined ? {} : { authorization }) },
    });
  try {
    let answer = await head();
    if (answer.statusCode === 401) answer = await head(`Bearer ${await token(answer.headers, dispatcher)}`);
    if (answer.statusCode !== 200) throw new Error(`the registry answered ${answer.statusCode}`);
    const digest = answer.headers['docker-content-digest'];
    if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
    throw new Error('the registry gave no digest');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Error(`asking for the digest of ${repository}:${tag} at ${url}: ${cause}`, { cause: error });
  } finally {
    await dispatcher.close();
  }
}

/** An anonymous token of the service that the registry names (Bearer challenge). */
async function token(headers: Record<string, string | string[] | undefined>, dispatcher: Agent): Promise<string> {
  const challenge = String(headers['www-authenticate'] ?? '');
  const parameters = new Map(
    [...challenge.matchAll(/(realm|service|scope)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = parameters.get('realm');
  if (realm === undefined) {
    throw new Error(`it wants credentials and says no Bearer realm (${challenge || 'no challenge'})`);
  }
  parameters.delete('realm');
  const url = new URL(realm);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  const { statusCode, body } = await request(url, { dispatcher });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`its token service answered ${statusCode}`);
  return tokenSchema.parse(JSON.parse(text));
}
