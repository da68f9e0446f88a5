import { createSecureContext, type SecureContext } from 'node:tls';
import { Agent, buildConnector, Pool, ProxyAgent, type Dispatcher } from 'undici';
import type { Environment } from '../../component';
import { displayProxy, proxiesOf, type Proxies } from './proxies';
import { addressRefused, guardedLookup, isRefused, type RefusedAddresses } from './refused-addresses';

/** How connections are made. */
export interface ConnectionSettings {
  readonly connectTimeoutMs: number;
  /** PEM certificates of authorities that are trusted; absent: Node's own. */
  readonly ca?: readonly string[] | undefined;
  /** Certificate and key that we show. */
  readonly identity?: { readonly cert: string; readonly key: string };
  /** Accept any certificate. @default false */
  readonly insecure?: boolean;
  /** Addresses that are never connected to, whatever a name resolves to. A proxy resolves for itself. @default none */
  readonly refuse?: RefusedAddresses | undefined;
}

/** The way to a server. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** The proxy on it, as messages may have it. */
  readonly proxy: string | undefined;
}

/**
 * Connections with settings of their own instead of the process's. HTTP/1.1: ranges in parallel want connections, not streams that share
 * one window.
 */
export class Connections {
  private readonly proxies: Proxies;
  private readonly connect: buildConnector.connector;
  private readonly routes = new Map<string, Route>();
  private readonly byProxy = new Map<string | undefined, Dispatcher>();

  /** @throws ConfigError for a proxy that is no URL */
  constructor(
    private readonly settings: ConnectionSettings,
    environment: Environment,
  ) {
    this.proxies = proxiesOf(environment);
    this.connect = connector(settings);
  }

  /** @param origin scheme, host and port. @throws StorageError for a refused address */
  to(origin: string): Route {
    let route = this.routes.get(origin);
    if (route === undefined) {
      const { refuse } = this.settings;
      const { hostname } = new URL(origin);
      if (refuse !== undefined && isRefused(hostname, refuse))
        throw addressRefused(`connection to ${origin}`, hostname);
      const proxy = this.proxies.for(origin);
      route = { dispatcher: this.dispatcher(proxy), proxy: proxy === undefined ? undefined : displayProxy(proxy) };
      this.routes.set(origin, route);
    }
    return route;
  }

  /** Ends the connections; requests under way fail. */
  async close(): Promise<void> {
    await Promise.all([...this.byProxy.values()].map((dispatcher) => dispatcher.destroy()));
  }

  private dispatcher(proxy: string | undefined): Dispatcher {
    let dispatcher = this.byProxy.get(proxy);
    if (dispatcher === undefined) {
      dispatcher = proxy === undefined ? new Agent({ connect: this.connect }) : this.proxyAgent(proxy);
      this.byProxy.set(proxy, dispatcher);
    }
    return dispatcher;
  }

  private proxyAgent(uri: string): Dispatcher {
    const { connectTimeoutMs: timeout } = this.settings;
    const tls = { timeout, ...tlsSettings(this.settings) };
    return new ProxyAgent({
      uri,
      allowH2: false,
      requestTls: { ...tls, allowH2: false },
      proxyTls: tls,
      // undici would wait 300 s for a proxy that takes the connection and says nothing.
      clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeout }),
    });
  }
}

/** Makes what TLS needs when it is first needed: a store of authorities costs milliseconds, and most programs never ask for it. */
function connector(settings: ConnectionSettings): buildConnector.connector {
  const { connectTimeoutMs: timeout, refuse } = settings;
  const shared = {
    allowH2: false,
    timeout,
    ...(refuse === undefined ? {} : { lookup: guardedLookup(refuse) }),
  };
  const plain = buildConnector(shared);
  let secure: buildConnector.connector | undefined;
  return (options, callback) => {
    if (options.protocol !== 'https:') return plain(options, callback);
    secure ??= buildConnector({ ...shared, ...tlsSettings(settings) });
    return secure(options, callback);
  };
}

/** One context for all connections: with authorities in the options of each, Node would parse a few hundred certificates each time. */
function tlsSettings({ insecure, ca, identity }: ConnectionSettings): {
  rejectUnauthorized: boolean;
  secureContext?: SecureContext;
} {
  const rejectUnauthorized = insecure !== true;
  if (ca === undefined && identity === undefined) return { rejectUnauthorized };
  const secureContext = createSecureContext({ ...(ca === undefined ? {} : { ca: [...ca] }), ...identity });
  return { rejectUnauthorized, secureContext };
}
