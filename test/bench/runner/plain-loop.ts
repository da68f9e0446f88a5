import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { Agent, request } from 'undici';
import * as z from 'zod';

/**
 * A program, the ceiling: the loop that somebody writes by hand. Reads lines, asks about so many in one request with so many requests at a
 * time, writes a line for each answer. No tries, no order, no limits, no progress to go on from.
 */
const settings = z
  .object({
    url: z.string(),
    input: z.string(),
    output: z.string(),
    batch: z.coerce.number(),
    concurrency: z.coerce.number(),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'));

interface Answer {
  readonly outputs: readonly { readonly data: readonly number[] }[];
}

async function run(): Promise<void> {
  const { url, input, output, batch, concurrency } = settings;
  const dispatcher = new Agent({ connections: concurrency });
  const out = createWriteStream(output);
  const lines = createInterface({ input: createReadStream(input) })[Symbol.asyncIterator]();
  let next = 0;
  let reading: Promise<unknown> = Promise.resolve();

  async function rows(): Promise<{ readonly first: number; readonly rows: number[][] }> {
    const first = next;
    const taken: number[][] = [];
    while (taken.length < batch) {
      const line = await lines.next();
      if (line.done === true) break;
      taken.push(JSON.parse(line.value) as number[]);
    }
    next += taken.length;
    return { first, rows: taken };
  }

  async function worker(): Promise<void> {
    for (;;) {
      const mine = reading.then(rows);
      reading = mine;
      const { first, rows: data } = await mine;
      if (data.length === 0) return;
      const shape = [data.length, data[0]?.length ?? 0];
      const body = JSON.stringify({ inputs: [{ name: 'input-0', datatype: 'FP32', shape, data }] });
      const headers = { 'content-type': 'application/json' };
      const answer = await request(url, { method: 'POST', dispatcher, headers, body });
      const { outputs } = (await answer.body.json()) as Answer;
      const results = outputs[0]?.data ?? [];
      const text = results
        .map((predictions, row) => `${JSON.stringify({ id: String(first + row), predictions })}\n`)
        .join('');
      if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
    }
  }

  await Promise.all(Array.from({ length: concurrency }, worker));
  out.end();
  await finished(out);
  await dispatcher.close();
}

run().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
