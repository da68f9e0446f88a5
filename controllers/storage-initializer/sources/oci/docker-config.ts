import { readFileSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import * as z from 'zod';
import type { Environment } from '../../../component';
import { causeText } from '../../../runtime/cause-text';
import { textVariable } from '../../general-settings';
import type { InitializerLog } from '../../log';

/** Who asks a registry. */
export type RegistryCredentials =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, exchanged at the registry's token server. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token that the registry itself takes. */
  | { readonly kind: 'bearer'; readonly token: string };

/** Where KServe mounts the pull secret. */
const defaultPath = '/mnt/oci-fetch-auth/config.json';

const entrySchema = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
const configSchema = z.object({
  auths: z.record(z.string(), entrySchema).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/**
 * The credentials of a registry in the docker config that `KSERVE_OCI_DOCKER_CONFIG` names. Whatever is wrong with the file, the registry
 * is asked as nobody, as KServe does, and the log says why: the image may be public.
 *
 * @param registry host and port, `docker.io` for Docker Hub
 */
export function dockerCredentials(
  registry: string,
  environment: Environment,
  log: Pick<InitializerLog, 'warn'>,
): RegistryCredentials {
  const chosen = textVariable(environment, 'KSERVE_OCI_DOCKER_CONFIG');
  const path = chosen ?? defaultPath;
  const anonymous = (why: string): RegistryCredentials => {
    log.warn(`docker config ${path}: ${why}, asking ${registry} without credentials`);
    return { kind: 'anonymous' };
  };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (chosen === undefined && isMissing(error)) return { kind: 'anonymous' };
    return anonymous(`reading it failed: ${causeText(error)}`);
  }
  const config = configSchema.safeParse(parseJson(text));
  // What is wrong is not quoted: it may be a password.
  if (!config.success) return anonymous('it is not a docker config');
  const keys = configKeys(registry);
  const { auths = {}, credHelpers = {}, credsStore } = config.data;
  const key = keys.find((candidate) => Object.hasOwn(auths, candidate));
  const credentials = key === undefined ? undefined : credentialsOf(auths[key] ?? {});
  if (credentials === 'malformed')
    return anonymous(`the entry ${key} has an "auth" that is not base64 of user:password`);
  if (credentials !== undefined) return credentials;
  const helper = keys.map((candidate) => credHelpers[candidate]).find((name) => name !== undefined) ?? credsStore;
  if (helper === undefined) return { kind: 'anonymous' };
  return anonymous(`the credential helper ${JSON.stringify(helper)} can't be run here`);
}

/** Names that the entry of a registry can have: docker and podman write and read several. */
function configKeys(registry: string): readonly string[] {
  const bare = registry.replace(/:\d+$/, '');
  const names = [registry, `https://${registry}`, `http://${registry}`, bare, `https://${bare}`];
  const hub =
    registry === 'docker.io' ? ['https://index.docker.io/v1/', 'index.docker.io', 'registry-1.docker.io'] : [];
  return [...names, ...names.flatMap((name) => [`${name}/`, `${name}/v1/`, `${name}/v2/`]), ...hub];
}

function credentialsOf(entry: z.output<typeof entrySchema>): RegistryCredentials | 'malformed' | undefined {
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (isGiven(identitytoken)) return { kind: 'identity', token: identitytoken };
  if (isGiven(registrytoken)) return { kind: 'bearer', token: registrytoken };
  if (isGiven(auth)) return decodedAuth(auth) ?? 'malformed';
  if (isGiven(username) && isGiven(password)) return { kind: 'password', username, password };
  return undefined;
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function decodedAuth(auth: string): RegistryCredentials | undefined {
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon <= 0 || decoded.includes('\uFFFD')) return undefined;
  // Some tools pad the password with NULs.
  return {
    kind: 'password',
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1).replace(/\0+$/, ''),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return isNativeError(error) && ['ENOENT', 'ENOTDIR'].includes(String(Reflect.get(error, 'code')));
}
