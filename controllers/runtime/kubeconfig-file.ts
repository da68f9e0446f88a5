import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { causeText } from './cause-text';
import type { Clock } from './clock';
import type { ClusterConfig } from './cluster-config';

/** How long headers are used again: an exec plug-in or a token file is not asked for each request. */
const headersForMs = 10_000;

/**
 * Configuration from kubeconfig files, with every form of authentication that client-node knows. Several files are merged
 * as kubectl merges them: the first that defines a name wins.
 *
 * Loaded by dynamic import only: client-node costs 14 MB.
 *
 * Caveat: a client certificate that an exec plug-in hands out is read once.
 *
 * @param contextName @default the file's current-context
 * @throws Error naming the file and what is wrong with it
 */
export async function readKubeconfig(
  files: readonly string[],
  clock: Clock,
  contextName?: string,
): Promise<ClusterConfig> {
  const source = `kubeconfig ${files.join(', ')}`;
  const config = merged(files);
  if (contextName !== undefined) config.setCurrentContext(contextName);
  const context = config.getContextObject(config.getCurrentContext());
  const cluster = config.getCurrentCluster();
  if (context === null)
    throw new Error(`reading ${source}: current-context ${quoted(config.getCurrentContext())} is not defined`);
  if (cluster === null) throw new Error(`reading ${source}: cluster ${quoted(context.cluster)} is not defined`);
  if (cluster.proxyUrl?.startsWith('socks') === true) {
    throw new Error(`reading ${source}: proxy-url ${cluster.proxyUrl} is not supported, give an http or https proxy`);
  }
  const { ca, cert, key, servername, rejectUnauthorized } = await requestOptions(config, source);
  let authenticated: { readonly headers: Readonly<Record<string, string>>; readonly at: number } | undefined;
  return {
    source,
    server: cluster.server.replace(/\/+$/, ''),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key: pem(key) }),
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    },
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
    ...(context.namespace === undefined ? {} : { namespace: context.namespace }),
    authenticate: async () => {
      if (authenticated === undefined || clock.monotonic() - authenticated.at >= headersForMs) {
        authenticated = { headers: headersOf(await requestOptions(config, source)), at: clock.monotonic() };
      }
      return authenticated.headers;
    },
  };
}

function merged(files: readonly string[]): KubeConfig {
  const config = new KubeConfig();
  for (const [index, file] of files.entries()) {
    try {
      readFileSync(file);
      if (index === 0) {
        config.loadFromFile(file);
      } else {
        const next = new KubeConfig();
        next.loadFromFile(file);
        config.mergeConfig(next, true);
      }
    } catch (error) {
      throw new Error(`reading kubeconfig ${file}: ${causeText(error)}`, { cause: error });
    }
  }
  return config;
}

async function requestOptions(config: KubeConfig, source: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new Error(`authenticating with ${source}: ${causeText(error)}`, { cause: error });
  }
  return options;
}

function headersOf(options: RequestOptions): Readonly<Record<string, string>> {
  const basic =
    typeof options.auth === 'string' ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {};
  const given = Object.entries(options.headers ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return { ...basic, ...Object.fromEntries(given) };
}

/** Node's two option types for a key differ in forms that client-node never produces. */
function pem(key: NonNullable<RequestOptions['key']>): string | Buffer {
  if (typeof key === 'string' || Buffer.isBuffer(key)) return key;
  throw new Error('reading a kubeconfig: the client key is neither text nor bytes');
}

function quoted(name: string | undefined): string {
  return name === undefined ? '(none)' : JSON.stringify(name);
}
