import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { newCertificateSet, type CertificateSet } from '../../../controllers/runtime/webhooks/certificate-set';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
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

/** Webhooks beside a server that only speaks TLS. */
export interface WebhookTimes {
  readonly ours: ReviewTimes;
  readonly bare: ReviewTimes;
  /** Where both ran; undefined: wherever the system let them. */
  readonly core: number | undefined;
}

const perSecond = 100;
/** Before it is measured: connections are made and code is compiled, as in a controller that has run for a while. */
const warmUpSeconds = 3;
/** Different ones, so that nothing is answered from what was said a moment ago. */
const objects = 20;

/**
 * Asks the webhooks of a controller that holds all InferenceServices, then a bare server which gives the same answers.
 *
 * @param count InferenceServices that are there
 */
export async function measureWebhooks(bench: BenchInstallation, count: number, seconds: number): Promise<WebhookTimes> {
  const reviewed = objectsOf(0, Math.min(count, objects));
  for (const namespace of new Set(reviewed.map(({ metadata }) => metadata.namespace))) {
    await addCredentials(bench, namespace);
  }
  const reviews = await reviewsOf(bench, reviewed);
  const certificates = newCertificateSet({ hosts: ['127.0.0.1'], lifeMs: 3_600_000, settleMs: 0 }, Date.now());
  const { ours, core, answers } = await ofController(bench, certificates, reviews, seconds);
  progress(`${ours.milliseconds.length} reviews by our webhooks`);
  const bare = await ofBareServer(certificates, reviews, answers, seconds);
  progress(`${bare.milliseconds.length} reviews by a bare server`);
  return { ours, bare, core };
}

async function ofController(
  bench: BenchInstallation,
  { serving, authority }: CertificateSet,
  reviews: readonly Review[],
  seconds: number,
) {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-certificate-'));
  try {
    await writeFile(join(directory, 'tls.crt'), serving.cert);
    await writeFile(join(directory, 'tls.key'), serving.key, { mode: 0o600 });
    const settings = { webhooks: { certificate: { from: 'files', directory } } } as const;
    return await bench.withController(
      async (controller) => {
        const core = keepOnOneCore(controller.pid);
        const server = { origin: originOf(controller), ca: authority.cert, echoes: true };
        const { times, answers } = await timesOf(server, controller.pid, reviews, seconds);
        return { ours: times, answers, core };
      },
      { settings },
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function ofBareServer(
  { serving, authority }: CertificateSet,
  reviews: readonly Review[],
  answers: PacedReviews['answers'],
  seconds: number,
): Promise<ReviewTimes> {
  const byPath = Map.groupBy(reviews, ({ path }) => path);
  const work: BareWebhooks = {
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
    child.send(work);
    const origin = `https://127.0.0.1:${await message()}`;
    const pid = child.pid ?? 0;
    keepOnOneCore(pid);
    return (await timesOf({ origin, ca: authority.cert, echoes: false }, pid, reviews, seconds)).times;
  } finally {
    child.disconnect();
    await ended;
  }
}

async function timesOf(server: ReviewServer, pid: number, reviews: readonly Review[], seconds: number) {
  await askAtPace(server, reviews, { perSecond, seconds: warmUpSeconds });
  const cpuBefore = await cpuSecondsOf(pid);
  const { milliseconds, answers } = await askAtPace(server, reviews, { perSecond, seconds });
  const cpuMilliseconds = (((await cpuSecondsOf(pid)) - cpuBefore) * 1000) / milliseconds.length;
  return { times: { milliseconds, cpuMilliseconds }, answers };
}

function originOf({ log }: ControllerProcess): string {
  const line = log.find((one) => one.includes('"webhooks listening"'));
  const port = /"address":"[^"]*:(\d+)"/.exec(line ?? '')?.[1];
  if (port === undefined) throw new Error('measuring webhooks: the controller does not say where they listen');
  return `https://127.0.0.1:${port}`;
}
