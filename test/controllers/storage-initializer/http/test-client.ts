import { realRandom } from '../../../../controllers/runtime/clock';
import {
  HttpClient,
  type AnswerHead,
  type BodySink,
  type HttpClientOptions,
} from '../../../../controllers/storage-initializer/http/http-client';
import { hurriedClock } from '../hurried-clock';

/** A client that waits a second at most, and hardly at all between tries. */
export function clientWith(options: Partial<HttpClientOptions>): HttpClient {
  const limits = { connectTimeoutMs: 1000, readTimeoutMs: 1000, attempts: 3 };
  return new HttpClient({ environment: {}, clock: hurriedClock, random: realRandom, ...limits, ...options });
}

/** Takes a body, and remembers. */
export class Taken implements BodySink {
  readonly heads: AnswerHead[] = [];
  readonly chunks: Buffer[] = [];

  /** @param hold what holds the body back after each chunk */
  constructor(private readonly hold: () => Promise<void> | undefined = () => undefined) {}

  begin(head: AnswerHead): void {
    this.heads.push(head);
  }

  data(chunk: Buffer): Promise<void> | undefined {
    this.chunks.push(chunk);
    return this.hold();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}
