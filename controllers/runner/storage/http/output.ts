import { httpOutput } from '../../../../definitions/inference/storage/http';
import { displayUri } from '../../../storage-initializer/display-uri';
import type { ItemResult } from '../../item';
import type { EarlierWork, FinishedBatch, Output } from '../../output';
import type { Work } from '../../work';
import { defaultFields } from '../parts/parts-settings';
import { parseSettings } from '../settings';
import { openServer, type HttpServer, type ServerRequest } from './http-server';
import { requestBody, type BodyOptions } from './request-body';

const place = 'output.http';

/** Results in requests to a server. @throws RunnerError with exit code 2 for settings, 7 for an endpoint */
export async function createOutput(settings: unknown, work: Work): Promise<Output> {
  const parsed = parseSettings(httpOutput, settings, place);
  const { method = 'POST', batchItems = 1000, idempotencyHeader = 'Idempotency-Key' } = parsed;
  const { format = 'jsonl', include = defaultFields, bodyTemplate } = parsed;
  const server = await openServer(parsed, work, 'output');
  const options = { method, batchItems, idempotencyHeader, body: { format, include, bodyTemplate } };
  return new HttpOutput(server, options, work);
}

interface HttpOutputOptions {
  readonly method: ServerRequest['method'];
  readonly batchItems: number;
  readonly idempotencyHeader: string;
  readonly body: BodyOptions;
}

/** Results of items that go together. */
interface Block {
  readonly results: ItemResult[];
  /** Items that are here, failed ones too. */
  items: number;
  first: number;
  last: number;
}

/**
 * Hands results to a server. A request is about the same items whenever it is made, whatever batches and attempts they come in: a server
 * that knows its key already can leave it out.
 */
class HttpOutput implements Output {
  readonly kind = 'http';
  readonly location: string;
  private readonly blocks = new Map<number, Block>();
  private bytes = 0;
  private failed = 0;

  constructor(
    private readonly server: HttpServer,
    private readonly options: HttpOutputOptions,
    private readonly work: Work,
  ) {
    this.location = displayUri(server.url);
  }

  async open(): Promise<EarlierWork> {
    return { done: [], failed: 0 };
  }

  async write({ results, failed }: FinishedBatch, signal: AbortSignal): Promise<void> {
    const touched = new Set<number>();
    for (const result of results) {
      const [number, block] = this.count(result.item.index);
      block.results.push(result);
      touched.add(number);
    }
    for (const { item } of failed) touched.add(this.count(item.index)[0]);
    this.warnOfFailed(failed.length);
    for (const number of touched) {
      if ((this.blocks.get(number)?.items ?? 0) >= this.options.batchItems) await this.send(number, signal);
    }
  }

  async save(): Promise<undefined> {
    return undefined;
  }

  async commit(_totals: unknown, signal: AbortSignal): Promise<void> {
    for (const number of [...this.blocks.keys()].sort((a, b) => a - b)) await this.send(number, signal);
  }

  bytesWritten(): number {
    return this.bytes;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  private count(index: number): readonly [number: number, block: Block] {
    const number = Math.floor(index / this.options.batchItems);
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = { results: [], items: 0, first: index, last: index };
      this.blocks.set(number, block);
    }
    block.items += 1;
    block.first = Math.min(block.first, index);
    block.last = Math.max(block.last, index);
    return [number, block];
  }

  private async send(number: number, signal: AbortSignal): Promise<void> {
    const block = this.blocks.get(number);
    this.blocks.delete(number);
    if (block === undefined || block.results.length === 0) return;
    const { method, idempotencyHeader, body } = this.options;
    const { executionId } = this.work;
    const { first, last } = block;
    const results = block.results.sort((a, b) => a.item.index - b.item.index);
    const { text, contentType } = requestBody(results, { executionId, first, last }, body);
    const request: ServerRequest = {
      method,
      url: this.server.url,
      headers: {
        'content-type': contentType,
        ...this.server.headers,
        [idempotencyHeader.toLowerCase()]: `${executionId}:${first}-${last}`,
      },
      body: text,
    };
    await this.server.send(request, async ({ body: answer }) => drained(answer), signal);
    this.bytes += Buffer.byteLength(text);
  }

  private warnOfFailed(count: number): void {
    if (count > 0 && this.failed === 0 && this.work.execution.errors.deadLetter === 'inherit') {
      this.work.log.warn(
        'Output http has no place for dead letters, failed items are counted only: set errors.deadLetter',
      );
    }
    this.failed += count;
  }
}

async function drained(body: AsyncIterable<Buffer>): Promise<void> {
  for await (const _piece of body);
}
