import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { newCertificateSet, type CertificateSet } from '../../../controllers/runtime/webhooks/certificate-set';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
import { percentile } from '../measure';
import { progress } from '../registry-sync/options';
import type { BareWebhooks } from './bare-webhooks';
import type { BenchInstallation } from './bench-installation';
import { cpuSecondsOf } from '../controllers/controller-figures';
import { objectsOf } from './load';
import { keepOnOneCore } from './one-core';
import { askAtPace, type PacedReviews, type ReviewServer } from './review-pace';
import { addCredentials, type Review, reviewsOf } from './reviews';
import { forked } from '../controllers/forked';

/** What reviews took. */
export interface ReviewTimes {
  readonly milliseconds: readonly number[];
  /** CPU of the process that answers, milliseconds per review. */
  readonly cpuMilliseconds: number;
}

/** Webhooks beside a server that only speaks TLS: rounds of both, alternating. */
export interface WebhookTimes {
  readonly ours: readonly ReviewTimes[];
  readonly bare: readonly ReviewTimes[];
  /** Where both ran; undefined: wherever the system let them. */
  readonly core: number | undefined;
}

const perSecond = 100;
/** Before it is measured: connections are made and code is compiled, as in a controller that has run for a while. */
const warmUpSeconds = 3;
/** Different ones, so that nothing is answered from what was said a moment ago. */
const objects = 20;

/**
 * Asks the webhooks of a controller that holds all InferenceServices, and a bare server which gives the same answers, in turns.
 *
 * @param count InferenceServices that are there
 * @param seconds of each round
 */
export async function measureWebhooks(
  bench: BenchInstallation,
  count: number,
  rounds: number,
  seconds: number,
): Promise<WebhookTimes> {
  const reviewed = objectsOf(0, Math.min(count, objects));
  for (const namespace of new Set(reviewed.map(({ metadata }) => metadata.namespace))) {
    await addCredentials(bench, namespace);
  }
  const reviews = await reviewsOf(bench, reviewed);
  const certificates = newCertificateSet({ hosts: ['127.0.0.1'], lifeMs: 3_600_000, settleMs: 0 }, Date.now());
  return withWebhooks(bench, certificates, async (controller) => {
    const core = keepOnOneCore(controller.pid);
    const ca = certificates.authority.cert;
    const own = { origin: originOf(controller), ca, echoes: true, pid: controller.pid };
    const warmUp = await askAtPace(own, reviews, { perSecond, seconds: warmUpSeconds });
    return withBareServer(certificates, reviews, warmUp.answers, async (server) => {
      const other = { ...server, ca, echoes: false };
      await askAtPace(other, reviews, { perSecond, seconds: warmUpSeconds });
      const [ours, bare]: [ReviewTimes[], ReviewTimes[]] = [[], []];
      for (let round = 1; round <= rounds; round += 1) {
        ours.push(await timesOf(own, reviews, seconds));
        bare.push(await timesOf(other, reviews, seconds));
        const p99 = [ours, bare].map((times) => percentile(times.at(-1)?.milliseconds ?? [], 99).toFixed(1));
        progress(`reviews, round ${round} of ${rounds}: p99 ours ${p99[0]} ms, bare server ${p99[1]} ms`);
      }
      return { ours, bare, core };
    });
  });
}

async function withWebhooks<T>(
  bench: BenchInstallation,
  { serving }: CertificateSet,
  work: (controller: ControllerProcess) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-certificate-'));
  try {
    await writeFile(join(directory, 'tls.crt'), serving.cert);
    await writeFile(join(directory, 'tls.key'), serving.key, { mode: 0o600 });
    const settings = { webhooks: { certificate: { from: 'files', directory } } } as const;
    return await bench.withController(work, { settings });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function withBareServer<T>(
  { serving }: CertificateSet,
  reviews: readonly Review[],
  answers: PacedReviews['answers'],
  work: (server: { readonly origin: string; readonly pid: number }) => Promise<T>,
): Promise<T> {
  const byPath = Map.groupBy(reviews, ({ path }) => path);
  const recorded: BareWebhooks = {
    ...serving,
    answers: new Map([...byPath].map(([path, of]) => [path, of.map((review) => answers.get(review) ?? '')])),
  };
  const child = forked(join(__dirname, 'bare-webhooks.ts'));
  const ended = once(child, 'exit');
  const message = async () => {
    const outcome: unknown[] = await Promise.race([once(child, 'message'), ended.then(() => ['ended'])]);
    return z.union([z.literal('ready'), z.number()]).parse(outcome[0], { error: () => 'the bare server ended' });
  };
  try {
    await message();
    child.send(recorded);
    const origin = `https://127.0.0.1:${await message()}`;
    const pid = child.pid ?? 0;
    keepOnOneCore(pid);
    return await work({ origin, pid });
  } finally {
    child.disconnect();
    await ended;
  }
}

async function timesOf(
  server: ReviewServer & { readonly pid: number },
  reviews: readonly Review[],
  seconds: number,
): Promise<ReviewTimes> {
  const cpuBefore = await cpuSecondsOf(server.pid);
  const { milliseconds } = await askAtPace(server, reviews, { perSecond, seconds });
  const cpuMilliseconds = (((await cpuSecondsOf(server.pid)) - cpuBefore) * 1000) / milliseconds.length;
  return { milliseconds, cpuMilliseconds };
}

function originOf({ log }: ControllerProcess): string {
  const line = log.find((one) => one.includes('"webhooks listening"'));
  const port = /"address":"[^"]*:(\d+)"/.exec(line ?? '')?.[1];
  if (port === undefined) throw new Error('measuring webhooks: the controller does not say where they listen');
  return `https://127.0.0.1:${port}`;
}
