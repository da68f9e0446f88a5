import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { forwarderOf, type Fault } from './fault';

/** A request as rules see it. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether it is a Kubernetes watch. */
  readonly watch: boolean;
}

/** A request that came. */
export interface SeenRequest extends ProxiedRequest {
  /** When, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** The fault it met. */
  readonly fault?: Fault['kind'];
}

/** When a fault strikes. */
export interface FaultRule {
  readonly matches: (request: ProxiedRequest) => boolean;
  readonly fault: Fault;
  /** Strikes this often, then never again. @default always */
  readonly times?: number;
  /** Chance of each match, decided by the proxy's random numbers. @default 1 */
  readonly probability?: number;
}

/** Where faults are injected. */
export interface FaultProxyOptions {
  /** The server behind: an API server or a registry. */
  readonly target: string;
  /** PEM of the authority that the server's certificate is checked against. @default the system's */
  readonly ca?: string;
  /**
   * Passes the `Host` field on, which servers that verify signatures want as the client has signed it.
   *
   * @default false: the server gets its own
   */
  readonly keepHost?: boolean;
  /** Decides rules with a probability. @default Math.random */
  readonly random?: () => number;
}

/** A running proxy between a client and a real server. */
export interface FaultProxy {
  readonly url: string;
  /** Every request that came, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Adds a rule; the first that matches strikes. Returns what takes it away again. */
  inject(rule: FaultRule): () => void;
  /** Resets open connections: all, or those of these requests. */
  cutAll(matches?: (request: ProxiedRequest) => boolean): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free loopback port. It speaks plain HTTP to the client and whatever `target` says to the server. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, ca, keepHost = false, random = Math.random } = options;
  const agent = new Agent({
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: 0,
    connect: ca === undefined ? {} : { ca },
  });
  const rules: { rule: FaultRule; left: number }[] = [];
  const requests: SeenRequest[] = [];
  const open = new Map<ServerResponse, ProxiedRequest>();

  const strike = (request: ProxiedRequest): Fault | undefined => {
    for (const entry of rules) {
      if (entry.left <= 0 || !entry.rule.matches(request) || random() >= (entry.rule.probability ?? 1)) continue;
      entry.left -= 1;
      return entry.rule.fault;
    }
    return undefined;
  };

  const server = createServer((incoming, response) => {
    const request = describe(incoming);
    const fault = strike(request);
    requests.push({ ...request, at: performance.now(), ...(fault === undefined ? {} : { fault: fault.kind }) });
    open.set(response, request);
    response.once('close', () => open.delete(response));
    pass(agent, { target, keepHost }, incoming, response, fault).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    inject(rule) {
      const entry = { rule, left: rule.times ?? Infinity };
      rules.push(entry);
      return () => void rules.splice(rules.indexOf(entry), rules.includes(entry) ? 1 : 0);
    },
    cutAll(matches = () => true) {
      for (const [response, request] of open) if (matches(request)) response.destroy();
    },
    async close() {
      server.closeAllConnections();
      await Promise.all([agent.destroy(), new Promise((resolve) => server.close(resolve))]);
    },
  };
}

function describe(incoming: IncomingMessage): ProxiedRequest {
  const url = new URL(incoming.url ?? '/', 'http://proxy');
  const watch = ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
  return { method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, watch };
}

/** Headers that belong to one connection, not to the message. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host', 'expect']);

async function pass(
  agent: Agent,
  { target, keepHost }: { readonly target: string; readonly keepHost: boolean },
  incoming: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.kind === 'status') {
    incoming.resume();
    response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    return;
  }
  if (fault?.kind === 'hold') {
    incoming.resume();
    return;
  }
  // A request that meets a cut before its first byte never reaches the server: the caller can't know either way.
  if (fault?.kind === 'cut' && fault.afterBytes === undefined && fault.afterMs === undefined) {
    response.destroy();
    return;
  }
  const cancelled = new AbortController();
  response.once('close', () => cancelled.abort());
  const answer = await agent.request({
    origin: target,
    path: incoming.url ?? '/',
    method: incoming.method ?? 'GET',
    headers: { ...messageHeaders(incoming.headers), ...(keepHost ? { host: incoming.headers.host } : {}) },
    body:
      ['GET', 'HEAD', 'DELETE'].includes(incoming.method ?? 'GET') && !incoming.headers['content-length']
        ? null
        : incoming,
    signal: cancelled.signal,
  });
  const headers = messageHeaders(answer.headers);
  // Twice the lines is more than the length that was promised.
  if (fault?.kind === 'duplicate') delete headers['content-length'];
  if (fault?.kind === 'content-length') {
    headers['content-length'] = String(Math.max(0, Number(headers['content-length'] ?? 0) + fault.by));
  }
  response.writeHead(answer.statusCode, headers);
  response.flushHeaders();
  await forwarderOf(fault)(answer.body as AsyncIterable<Buffer>, response);
}

function messageHeaders(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
