import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import type { Environment } from '../../component';
import { StorageError } from '../storage-error';
import { isLinkLocal } from './redirects';

/** How connections are made. */
export interface ConnectionSettings {
  readonly connectTimeoutMs: number;
  /** PEM certificates of authorities that are trusted; absent: Node's own. */
  readonly ca?: readonly string[];
  /** Certificate and key that we show. */
  readonly identity?: { readonly cert: string; readonly key: string };
  /** Accept any certificate. @default false */
  readonly insecure?: boolean;
  /** Never connect to link-local and metadata addresses, whatever a name resolves to. @default false */
  readonly refuseLinkLocal?: boolean;
}

/**
 * Connections with settings of their own instead of the process's. `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured, in both
 * cases of letters. HTTP/1.1: ranges in parallel want connections, not streams that share one window.
 */
export function connections(settings: ConnectionSettings, environment: Environment): Dispatcher {
  const tls = {
    rejectUnauthorized: settings.insecure !== true,
    ...(settings.ca === undefined ? {} : { ca: [...settings.ca] }),
    ...settings.identity,
  };
  const connect = {
    timeout: settings.connectTimeoutMs,
    ...tls,
    ...(settings.refuseLinkLocal === true ? { lookup: lookupElsewhere } : {}),
  };
  const variable = (name: string) => environment[name.toLowerCase()] ?? environment[name.toUpperCase()];
  const [httpProxy, httpsProxy, noProxy] = [variable('http_proxy'), variable('https_proxy'), variable('no_proxy')];
  return new EnvHttpProxyAgent({
    allowH2: false,
    connect,
    requestTls: connect,
    ...(httpProxy === undefined || httpProxy === '' ? {} : { httpProxy }),
    ...(httpsProxy === undefined || httpsProxy === '' ? {} : { httpsProxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  });
}

/** Node's lookup, which finds nothing at link-local addresses: names are judged by what they resolve to. */
const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = addresses?.find(({ address }) => isLinkLocal(address));
    if (error !== null) callback(error, '');
    else if (refused !== undefined) callback(linkLocalRefused(hostname, refused.address), '');
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
  });
};

function linkLocalRefused(hostname: string, address: string): StorageError {
  return new StorageError('unsafe', `redirect to ${hostname} refused, it is the link-local address ${address}`);
}
