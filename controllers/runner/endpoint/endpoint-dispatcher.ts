import { Dispatcher } from 'undici';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import type { EndpointTimeouts } from '../endpoint';
import { AwsRequests } from './aws-request';
import { DumpedAnswer, dumpedRequest } from './debug-dump';
import type { EndpointSettings } from './endpoint-settings';
import { requestHeaders, type RequestHeaders } from './request-headers';
import { SecondChance } from './second-chance';
import type { ServerConnections } from './server-connections';

/** What one state of the Secret makes of requests. */
export interface EndpointGeneration {
  readonly settings: EndpointSettings;
  readonly connections: ServerConnections;
}

export interface EndpointDispatcherParts {
  readonly timeouts: EndpointTimeouts;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads the Secret again. @returns undefined when it says the same as before, or can't be read */
  readonly renew: (current: EndpointSettings) => Promise<EndpointGeneration | undefined>;
}

/**
 * Sends requests as an endpoint Secret says: credentials, TLS, proxy. A request that has an Authorization header of its own keeps it.
 *
 * On 401 the Secret is read again, once for each request: credentials that were rotated while a run is active must not fail it. The
 * request is sent again when the Secret has changed and the body is still there; what is streamed is not.
 */
export class EndpointDispatcher extends Dispatcher {
  private readonly generations: EndpointGeneration[];
  private aws: AwsRequests | undefined;
  private renewal: Promise<boolean> | undefined;

  constructor(
    first: EndpointGeneration,
    private readonly parts: EndpointDispatcherParts,
  ) {
    super();
    this.generations = [first];
  }

  /** The headers that authenticate now. */
  get headers(): Readonly<Record<string, string>> {
    const { authentication } = this.current.settings;
    return authentication.kind === 'header' ? { authorization: authentication.authorization } : {};
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const sentWith = this.current;
    const headers = requestHeaders(options.headers);
    if (!this.isOurs(headers) || !isThereAgain(options.body)) return this.send(options, headers, handler);
    const chance = new SecondChance(
      handler,
      () => this.renewed(sentWith),
      () => this.send(options, headers, handler),
    );
    return this.send(options, headers, chance);
  }

  /** Ends the connections; requests under way fail. */
  override async close(): Promise<void> {
    await Promise.all(this.generations.map(({ connections }) => connections.close()));
  }

  override async destroy(): Promise<void> {
    await this.close();
  }

  private get current(): EndpointGeneration {
    const last = this.generations.at(-1);
    if (last === undefined) throw new Error('endpoint without settings');
    return last;
  }

  private send(
    options: Dispatcher.DispatchOptions,
    given: RequestHeaders,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const { settings, connections } = this.current;
    const headers = this.authenticated(options, given);
    const answerMs = this.parts.timeouts.answerSeconds * 1000;
    const request = { headersTimeout: answerMs, bodyTimeout: answerMs, ...options, headers: { ...headers } };
    if (settings.debug) this.parts.log.info({ request: dumpedRequest(options, headers) }, 'Asking endpoint');
    const dispatcher = connections.to(String(options.origin));
    return dispatcher.dispatch(request, settings.debug ? new DumpedAnswer(handler, this.parts.log) : handler);
  }

  private authenticated(options: Dispatcher.DispatchOptions, given: RequestHeaders): RequestHeaders {
    if (!this.isOurs(given)) return given;
    const { authorization: _replaced, ...others } = given;
    const { authentication } = this.current.settings;
    switch (authentication.kind) {
      case 'none':
        return others;
      case 'header':
        return { ...others, authorization: authentication.authorization };
      case 'aws':
        this.aws ??= new AwsRequests(authentication, this.parts.clock);
        return this.aws.sign(options, others);
    }
  }

  /** Whether who we are is ours to say: nothing is said, or what this endpoint gave the caller some time before. */
  private isOurs({ authorization }: RequestHeaders): boolean {
    if (authorization === undefined) return true;
    return this.generations.some(
      ({ settings: { authentication } }) =>
        authentication.kind === 'header' && authentication.authorization === authorization,
    );
  }

  /** @returns whether there are other credentials than those of `sentWith`; several requests ask together */
  private async renewed(sentWith: EndpointGeneration): Promise<boolean> {
    if (this.current !== sentWith) return true;
    this.renewal ??= this.renew().finally(() => (this.renewal = undefined));
    return this.renewal;
  }

  private async renew(): Promise<boolean> {
    const next = await this.parts.renew(this.current.settings);
    if (next === undefined) return false;
    // Connections of the state before are kept until the end: other requests may still be on them.
    this.generations.push(next);
    this.aws = undefined;
    return true;
  }
}

function isThereAgain(body: Dispatcher.DispatchOptions['body']): boolean {
  return body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array;
}
