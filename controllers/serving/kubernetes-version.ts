import * as z from 'zod';
import { causeText } from '../runtime/cause-text';
import type { KubernetesClient } from '../runtime/client';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/log';
import type { KubernetesVersion } from './image-volume-support';

/** A cluster is upgraded under our feet, though not often. */
const freshMs = 5 * 60_000;
/** Nobody's work hangs on it: it is not waited for as long as for other answers. */
const patienceMs = 5_000;

const versionSchema = z.object({ major: z.string(), minor: z.string() });

/** The version of the API server, asked for when somebody wants to know. */
export class ServerVersion {
  private known: KubernetesVersion | undefined;
  private askedAt: number | undefined;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly client: Pick<KubernetesClient, 'read'>,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** The version as of five minutes ago at most, or the last one known; undefined while no answer was to be had. */
  async current(): Promise<KubernetesVersion | undefined> {
    const now = this.clock.monotonic();
    if (this.askedAt === undefined || now - this.askedAt >= freshMs) {
      this.askedAt = now;
      this.asking = this.ask();
    }
    await this.asking;
    return this.known;
  }

  private async ask(): Promise<void> {
    try {
      this.known = versionSchema.parse(await this.client.read('/version', { timeoutMs: patienceMs }));
    } catch (error) {
      this.log.debug({ cause: causeText(error) }, 'version of the API server not known');
    }
  }
}
