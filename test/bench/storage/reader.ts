import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher } from 'undici';
import * as z from 'zod';
import { realClock } from '../../../controllers/runtime/clock';
import { RequestSigner } from '../../../controllers/storage-initializer/sources/s3/request-signature';

/**
 * A program, the ceiling of reading: fetches every stretch of a list from S3, sixteen at a time, and throws the bytes away. Prints the seconds that
 * took, without the start of the process.
 */
const readerJobSchema = z.object({
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** Paths, and the bytes of each that are asked for. */
  stretches: z.array(z.object({ path: z.string(), range: z.string().optional() })),
});
export type ReaderJob = z.output<typeof readerJobSchema>;

const streams = 16;

async function read(job: ReaderJob): Promise<number> {
  const agent = new Agent({ allowH2: false });
  const signer = new RequestSigner(realClock);
  const url = new URL(job.endpoint);
  const one = async ({ path, range }: ReaderJob['stretches'][number]) => {
    const wanted = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...(range === undefined ? {} : { range }) };
    const headers = signer.sign({ method: 'GET', host: url.host, path, query: '', headers: wanted }, job, job.region);
    await new Promise<void>((resolve, reject) => {
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => undefined,
        onResponseStart: (controller, status) => {
          if (status > 299) controller.abort(new Error(`${path}: ${status}`));
        },
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      };
      agent.dispatch({ origin: job.endpoint, path, method: 'GET', headers }, handler);
    });
  };
  const started = performance.now();
  const queue = job.stretches.values();
  const worker = async () => {
    for (const stretch of queue) await one(stretch);
  };
  await Promise.all(Array.from({ length: streams }, worker));
  const seconds = (performance.now() - started) / 1000;
  await agent.close();
  return seconds;
}

const file = process.argv[2] ?? '';
read(readerJobSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).then(
  (seconds) => process.stdout.write(String(seconds)),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
