import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureVersion } from 'node:tls';
import { listen, type BindAddress } from '../bind-address';
import { causeText } from '../cause-text';
import { sleep, type Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { Logger } from '../log';
import type { ManagedServer } from '../managed-server';
import type { RuntimeMetrics } from '../metrics';
import { isProgrammingError } from '../reconcile-error';
import type { ServerCertificate } from '../self-signed-certificate';
import {
  answerOf,
  failure,
  parseReview,
  UndecodableReview,
  type AdmissionAnswer,
  type AdmissionRequest,
  type AdmissionReview,
  type AdmissionVerdict,
} from './admission-review';
import { BodyTooLarge, readBody } from './review-body';
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics';

/**
 * Decides about one review. An error it throws is a 500 of that review.
 *
 * @param signal aborts when the API server will not wait any longer: give it to every request
 */
export type AdmissionHandler = (request: AdmissionRequest, signal: AbortSignal) => Promise<AdmissionVerdict>;

/** What is served at a path. */
export interface Webhook {
  /** For logs: the name in the webhook configuration. */
  readonly name: string;
  readonly handle: AdmissionHandler;
}

export interface WebhookServerOptions {
  /** By path. */
  readonly webhooks: Readonly<Record<string, Webhook>>;
  readonly address: BindAddress;
  /** The certificate to serve, undefined while there is none; asked before each connection. */
  readonly certificate: () => ServerCertificate | undefined;
  /** Work that keeps the certificate right, until the signal aborts; never rejects. */
  readonly upkeep?: (signal: AbortSignal) => Promise<void>;
  /** @default 'TLSv1.2' */
  readonly minVersion?: SecureVersion;
  /** OpenSSL's list. @default Node's */
  readonly ciphers?: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
  /** Bytes of a review. @default 6 MiB: an object before and after, of which etcd takes 1.5 MiB and the API server 3 */
  readonly bodyLimit?: number;
  /**
   * Milliseconds that the port stays open after a stop has begun: proxies of Services need a moment to learn that this pod is no longer
   * ready. @default 3000
   */
  readonly lingerMs?: number;
  /** Milliseconds that reviews in work have to end after that. @default 5000 */
  readonly drainMs?: number;
}

/** The API server waits this long where a webhook configuration does not say otherwise. */
const patienceMs = 10_000;
/** Longer than Go's clients keep an idle connection: that they close it, not we, spares them a lost request. */
const idleConnectionMs = 120_000;

/**
 * Answers the API server's admission reviews over HTTPS (HTTP/1.1), v1 and v1beta1.
 *
 * Guarantees: each review gets an answer of its own before the API server gives up on it, whatever its handler does: an error and
 * silence are a 500 of that review, what can't be decoded a 400; nothing ends the process. A renewed certificate is served from the next
 * connection on; those that are open end after one more answer.
 *
 * Caveat: the port is open before there is a certificate, handshakes fail until then; readiness waits for it.
 */
export class WebhookServer implements ManagedServer {
  readonly name = 'webhooks';
  private readonly server: Server;
  private readonly counts: WebhookMetrics;
  private served: ServerCertificate | undefined;
  /** What each connection was opened under. */
  private readonly openedUnder = new WeakMap<Socket, ServerCertificate | undefined>();
  private state: 'new' | 'listening' | 'stopping' = 'new';

  constructor(private readonly options: WebhookServerOptions) {
    this.counts = createWebhookMetrics(options.metrics, Object.keys(options.webhooks));
    this.server = createServer(this.tls(), (request, response) => this.serve(request, response));
    this.server.keepAliveTimeout = idleConnectionMs;
    // A body that trickles in must not hold its memory for Node's five minutes.
    this.server.requestTimeout = 2 * patienceMs;
    // Before the handshake: setting a context takes effect with it.
    this.server.prependListener('connection', () => this.useNewestCertificate());
    this.server.on('secureConnection', (socket) => void this.openedUnder.set(socket, this.served));
    // Scanners and clients that don't trust us yet: their connection ends, and that is all.
    this.server.on('tlsClientError', (error) => options.log.debug({ cause: causeText(error) }, 'TLS handshake failed'));
    options.metrics.beforeScrape(() => this.useNewestCertificate());
  }

  async listen(): Promise<string> {
    const address = await listen(this.server, this.options.address, this.name);
    this.state = 'listening';
    return address;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.options.upkeep?.(signal);
  }

  notReady(): string | undefined {
    if (this.state === 'listening' && this.served === undefined) this.useNewestCertificate();
    if (this.state === 'stopping') return 'webhook server is stopping';
    return this.state === 'listening' && this.served !== undefined ? undefined : 'webhook server not started';
  }

  async close(): Promise<void> {
    const { clock, lingerMs = 3_000, drainMs = 5_000 } = this.options;
    if (this.state !== 'listening') return;
    this.state = 'stopping';
    await sleep(clock, lingerMs, neverAborted);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const late = new AbortController();
    await Promise.race([closed, sleep(clock, drainMs, late.signal)]);
    late.abort();
    this.server.closeAllConnections();
    await closed;
  }

  private tls() {
    const { minVersion = 'TLSv1.2', ciphers } = this.options;
    return { minVersion, ...(ciphers === undefined ? {} : { ciphers }) } as const;
  }

  private useNewestCertificate(): void {
    const { certificate, log } = this.options;
    try {
      const newest = certificate();
      if (newest === undefined || newest === this.served) return;
      this.server.setSecureContext({ ...this.tls(), ...newest });
      this.counts.serves(newest.cert);
      this.served = newest;
    } catch (error) {
      log.error({ err: error }, 'certificate of webhooks can not be served: the last one stays');
    }
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { webhooks, clock, log } = this.options;
    const url = request.url ?? '';
    const path = url.replace(/[?#].*$/, '');
    const webhook = Object.hasOwn(webhooks, path) ? webhooks[path] : undefined;
    if (webhook === undefined || request.method !== 'POST') {
      const status = webhook === undefined ? 404 : 405;
      const text = webhook === undefined ? `not found: there are ${Object.keys(webhooks).join(', ')}` : 'give a POST';
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(`${text}\n`);
      return;
    }
    const began = clock.monotonic();
    this.counts.began(path);
    this.answer(webhook, request, timeLimit(url))
      .catch((error: unknown) => failure(500, causeText(error)))
      .then(({ code, body }) => {
        // Not read to the end, opened under another certificate, or stopping: the client has to connect anew.
        const last =
          !request.readableEnded || this.openedUnder.get(request.socket) !== this.served || this.state === 'stopping';
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(last ? { connection: 'close' } : {}),
        });
        response.end(body);
        this.counts.ended(path, code, clock.monotonic() - began);
      })
      // The connection broke under us: the API server asks again or has given up.
      .catch((error: unknown) => log.warn({ webhook: webhook.name, cause: causeText(error) }, 'review not answered'));
  }

  private async answer(webhook: Webhook, request: IncomingMessage, limitMs: number): Promise<AdmissionAnswer> {
    const { clock, log, bodyLimit = 6 * 1024 * 1024 } = this.options;
    let review: AdmissionReview | undefined;
    try {
      return await withDeadline(clock, limitMs, undefined, async (signal) => {
        review = parseReview(await readBody(request, bodyLimit, signal));
        return answerOf(review, await unlessAborted(webhook.handle(review.request, signal), signal));
      });
    } catch (error) {
      if (error instanceof BodyTooLarge) return failure(413, error.message);
      if (error instanceof UndecodableReview) return failure(400, error.message);
      if (isProgrammingError(error)) this.counts.panicked();
      const { namespace, name } = review?.request ?? {};
      log.error({ webhook: webhook.name, namespace, name, err: error }, `review failed: ${causeText(error)}`);
      return failure(500, causeText(error), review);
    }
  }
}

/** Milliseconds for a review: what the API server says in the query, less a part for the way back. */
function timeLimit(url: string): number {
  const seconds = Number(/[?&]timeout=([0-9]{1,3})s(?:&|$)/.exec(url)?.[1] ?? patienceMs / 1000);
  return Math.min(Math.max(seconds, 1) * 1000, 3 * patienceMs) * 0.9;
}

/** The value, or the signal's reason when it aborts first: a handler that ignores its signal keeps nobody waiting. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const neverAborted = new AbortController().signal;
