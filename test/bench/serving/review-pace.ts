import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import * as z from 'zod';
import type { Review } from './reviews';

/** How long and how often is asked. */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/** What came of it. */
export interface PacedReviews {
  /** From the moment at which each review was due until its answer was read. */
  readonly milliseconds: readonly number[];
  /** Last answer to each review. */
  readonly answers: ReadonlyMap<Review, string>;
}

/** Whom to ask. */
export interface ReviewServer {
  readonly origin: string;
  /** Certificates that vouch for it, PEM. */
  readonly ca: string;
  /** Whether answers carry the uid of their question; recorded ones don't. */
  readonly echoes: boolean;
}

const answerSchema = z.object({ response: z.object({ uid: z.string(), allowed: z.literal(true) }) });

/**
 * Asks like the API server's client, which speaks HTTP/1.1 to webhooks, keeps connections and opens another one when all are waiting.
 *
 * Open loop: a review is sent when it is due, whatever became of those before, and its time runs from then; who is slow pays for the
 * queue. Arrivals are as random as those of many users (Poisson), and the same ones each time.
 *
 * @throws Error when a review is not allowed
 */
export async function askAtPace(
  server: ReviewServer,
  reviews: readonly Review[],
  { perSecond, seconds }: Pace,
): Promise<PacedReviews> {
  const agent = new Agent({ allowH2: false, pipelining: 1, connect: { ca: server.ca } });
  const answers = new Map<Review, string>();
  const ask = async (review: Review, due: number): Promise<number> => {
    const { origin, echoes } = server;
    const headers = { 'content-type': 'application/json', accept: 'application/json, */*' };
    const { path, body } = review;
    const answer = await agent.request({ origin, path, method: 'POST', headers, body });
    const text = await answer.body.text();
    const took = performance.now() - due;
    answers.set(review, text);
    const told = answerSchema.safeParse(JSON.parse(text)).data?.response;
    if (told === undefined || (echoes && told.uid !== review.uid)) throw new Error(`review of ${path}: ${text}`);
    return took;
  };
  try {
    const asked: Promise<number>[] = [];
    const started = performance.now();
    let due = 0;
    for (const pause of pauses(perSecond)) {
      due += pause;
      if (due >= seconds * 1000) break;
      const wait = started + due - performance.now();
      if (wait > 0) await sleep(wait);
      const review = reviews[asked.length % reviews.length];
      if (review === undefined) throw new Error('asking at a pace: there are no reviews');
      const answered = ask(review, started + due);
      // Told at the end: meanwhile it must not count as a failure that nobody looks at.
      answered.catch(() => undefined);
      asked.push(answered);
    }
    return { milliseconds: await Promise.all(asked), answers };
  } finally {
    await agent.close();
  }
}

/** Milliseconds between arrivals of a Poisson process, endless: a multiplicative generator (Lehmer's) makes the chance repeatable. */
function* pauses(perSecond: number): Generator<number> {
  const modulus = 2 ** 31 - 1;
  for (let state = 20_000; ;) {
    state = (state * 48_271) % modulus;
    yield (-Math.log(state / modulus) * 1000) / perSecond;
  }
}
