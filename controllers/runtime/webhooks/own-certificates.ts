import type { ApiResource } from '../../../definitions/kubernetes/api-resource';
import { ApiError } from '../api-error';
import { Backoff } from '../backoff';
import { causeText } from '../cause-text';
import type { KubernetesClient } from '../client';
import { sleep, type Clock, type Random } from '../clock';
import type { Logger } from '../log';
import type { Manager } from '../manager';
import type { ServerCertificate } from '../self-signed-certificate';
import type { Store } from '../store';
import {
  mutatingWebhookConfigurations,
  trusting,
  validatingWebhookConfigurations,
  type WebhookConfiguration,
} from './ca-bundle';
import { CertificateSecret } from './certificate-secret';
import {
  newCertificateSet,
  nextCertificateSet,
  restoredCertificateSet,
  trustedCertificates,
  type CertificateSet,
} from './certificate-set';

export interface OwnCertificatesOptions {
  /** Must write without the lease: every replica serves. */
  readonly client: KubernetesClient;
  readonly secret: { readonly namespace: string; readonly name: string };
  /** Names of the configurations whose webhooks we serve. */
  readonly configurations: { readonly mutating: readonly string[]; readonly validating: readonly string[] };
  /** DNS names and addresses under which the API server calls us. */
  readonly hosts: readonly string[];
  /** Owner of what is written. */
  readonly fieldManager: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Hours that certificates are good for. @default 8760 */
  readonly validHours?: number;
  /** Minutes that a new authority is trusted before it signs. @default 10 */
  readonly settleMinutes?: number;
}

/** A kind of configuration, and those of it that are ours. */
interface Configurations {
  readonly resource: ApiResource<WebhookConfiguration>;
  readonly store: Store<WebhookConfiguration>;
}

/** A configuration as seen at a moment. */
interface Seen {
  readonly resource: ApiResource<WebhookConfiguration>;
  readonly configuration: WebhookConfiguration;
}

/** The Secret is read this often; changes of configurations are seen at once. */
const checkEveryMs = 60_000;
/** Between two rounds: somebody who keeps overwriting a bundle shall not keep us busy. */
const pauseMs = 500;
/** A failure must not delay a repair beyond the 5 s in which it is promised. */
const backoff = { baseMs: 500, maxMs: 4_000, resetAfterMs: 60_000 };

/**
 * Certificates of webhooks, made and renewed by the controllers themselves: kept in one Secret, trusted in the `caBundle` of each of
 * our webhook configurations. Every replica does all of it, with or without the lease.
 *
 * Guarantees: replicas that start at once agree on one authority. What is served is trusted before it is served: a new authority, begun
 * at two thirds of the life of the old one, is in all bundles for {@link OwnCertificatesOptions.settleMinutes} before it signs, and the
 * old one stays in them. A bundle that somebody overwrites is right again within 5 s. Nothing is written when nothing has changed.
 *
 * Why replicas that know less can't undo what others did: a configuration is looked at before the Secret is read, and changed only as it
 * was then; whoever changed it before had changed the Secret before that.
 *
 * Caveats: a configuration that does not exist is not waited for. The Secret, when deleted or broken, is mended from memory within a
 * minute, and a new authority begins.
 */
export class OwnCertificates {
  private readonly kinds: readonly Configurations[];
  private readonly kept: CertificateSecret;
  private readonly policy;
  private readonly backoff: Backoff;
  private set: CertificateSet | undefined;
  private trouble = false;
  private wake: () => void = () => undefined;
  private changed = false;

  /** Asks the manager for the watches of its configurations; {@link run} must follow. */
  constructor(
    private readonly options: OwnCertificatesOptions,
    manager: Pick<Manager, 'store'>,
  ) {
    const { client, secret, configurations, hosts, fieldManager, clock, random, log } = options;
    const { validHours = 8_760, settleMinutes = 10 } = options;
    this.kept = new CertificateSecret({ client, ...secret, fieldManager, log });
    this.policy = { hosts, lifeMs: validHours * 3_600_000, settleMs: settleMinutes * 60_000 };
    this.backoff = new Backoff(backoff, clock, random);
    const storesOf = (resource: ApiResource<WebhookConfiguration>, names: readonly string[]) =>
      names.map((name) => ({ resource, store: manager.store(resource, { fieldSelector: `metadata.name=${name}` }) }));
    this.kinds = [
      ...storesOf(mutatingWebhookConfigurations, configurations.mutating),
      ...storesOf(validatingWebhookConfigurations, configurations.validating),
    ];
    for (const { store } of this.kinds) {
      store.subscribe({ added: () => this.lookAgain(), updated: () => this.lookAgain() });
    }
  }

  /** What is to be served; undefined until the Secret has been read or made. */
  get current(): ServerCertificate | undefined {
    return this.set?.serving;
  }

  /** Keeps everything right until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    while (!signal.aborted) {
      this.changed = false;
      try {
        const settled = await this.round(signal);
        if (this.trouble) log.info('certificates of webhooks are looked after again');
        this.trouble = false;
        await sleep(clock, pauseMs, signal);
        if (settled) await this.changeOr(checkEveryMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        const line = { cause: causeText(error) };
        if (this.trouble) log.debug(line, 'certificates of webhooks still not looked after');
        else log.error(line, 'certificates of webhooks not looked after, trying again');
        this.trouble = true;
        await sleep(clock, this.backoff.next(), signal);
      }
    }
  }

  /** @returns whether there is nothing more to do now */
  private async round(signal: AbortSignal): Promise<boolean> {
    const { clock, log } = this.options;
    const seen = this.look();
    const read = await this.kept.read(signal);
    const now = clock.now();
    if (read.set === undefined) {
      const set =
        this.set === undefined
          ? newCertificateSet(this.policy, now)
          : restoredCertificateSet(this.set, this.policy, now);
      if (await this.kept.write(set, read, signal)) log.info(this.options.secret, 'certificates of webhooks made');
      return false;
    }
    this.set = keepSame(this.set, read.set);
    const trusted = await this.spread(seen, trustedCertificates(read.set, now), signal);
    const next = nextCertificateSet(read.set, this.policy, now, trusted && this.listed);
    if (next === undefined) return trusted;
    if (await this.kept.write(next, read, signal)) {
      const signs = next.authority !== read.set.authority;
      log.info(
        this.options.secret,
        signs ? 'new authority signs certificates of webhooks' : 'certificates of webhooks renewed',
      );
    }
    return false;
  }

  private look(): readonly Seen[] {
    return this.kinds.flatMap(({ resource, store }) =>
      store.list().map((configuration) => ({ resource, configuration })),
    );
  }

  private get listed(): boolean {
    return this.kinds.every(({ store }) => store.listed);
  }

  /** @returns whether all had the certificates before */
  private async spread(seen: readonly Seen[], certificates: string, signal: AbortSignal): Promise<boolean> {
    const { client, fieldManager, log } = this.options;
    let trusted = true;
    for (const { resource, configuration } of seen) {
      const change = trusting(configuration, certificates);
      if (change === undefined) continue;
      trusted = false;
      const line = { resource: resource.plural, name: configuration.metadata.name };
      try {
        await client.apply(resource, change, { fieldManager, force: true, signal });
        log.info(line, 'caBundle set');
      } catch (error) {
        // It has changed meanwhile: the next round sees how.
        if (!(error instanceof ApiError && (error.status === 409 || error.isNotFound))) throw error;
        log.debug(line, 'webhook configuration has changed meanwhile');
      }
    }
    return trusted;
  }

  private lookAgain(): void {
    this.changed = true;
    this.wake();
  }

  /** Waits for a change of a configuration, at most so long. */
  private async changeOr(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.changed) return;
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.wake = wake;
    signal.addEventListener('abort', wake);
    await sleep(this.options.clock, ms, woken.signal);
    signal.removeEventListener('abort', wake);
    this.wake = () => undefined;
  }
}

/** The set as it was when it says the same: who serves it looks for another object. */
function keepSame(before: CertificateSet | undefined, read: CertificateSet): CertificateSet {
  return before !== undefined && before.serving.cert === read.serving.cert
    ? { ...read, serving: before.serving }
    : read;
}
