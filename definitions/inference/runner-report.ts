import * as z from 'zod';
import { decimal } from '../schema/decimal';

/** Exit codes of a runner: what the controller and the pod failure policy decide by. 2 to 5 are upstream's. */
export const exitCodes = {
  success: 0,
  contract: 2,
  input: 3,
  inference: 4,
  output: 5,
  items: 6,
  endpoint: 7,
  checkpoint: 8,
  interrupted: 75,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const count = z.int().min(0);
/** The bound is what a double counts exactly. */
const milliseconds = decimal(0, Number.MAX_SAFE_INTEGER);

const itemCounts = z.strictObject({
  total: count.describe('Items of the input, as far as it was read.'),
  succeeded: count.describe('Items with a result.'),
  failed: count.describe('Items that went to the dead letters.'),
  skipped: count.describe('Items that an earlier attempt did.'),
});

const reportedError = z.strictObject({
  code: z
    .string()
    .describe(
      'ITEM_INVALID, HTTP_<status>, TIMEOUT, NETWORK, MODEL_ERROR, OUTPUT_MISMATCH, STORAGE_READ, STORAGE_WRITE or CREDENTIALS.',
    ),
  message: z.string().max(200).describe('The first of its kind.'),
  count: count.describe('How often.'),
  firstItem: count.describe('Index of the first item it happened to.').exactOptional(),
});

/** What a runner says at its end, in the termination message of its container: at most 4096 bytes of JSON. */
export const runnerReport = z.strictObject({
  v: z.int().min(1).max(1).describe('Version of the report.'),
  executionId: z.string().describe('Identity of the work.').exactOptional(),
  shard: count.describe('Part of the work.').exactOptional(),
  items: itemCounts.describe('What became of the items.'),
  requests: count.describe('Requests to the model.'),
  retries: count.describe('Requests that were tried again.'),
  batches: count.describe('Batches that were made.'),
  bytes: z
    .strictObject({ in: count.describe('Bytes read.'), out: count.describe('Bytes written.') })
    .describe('Bytes moved.'),
  durationMs: milliseconds.describe('Milliseconds from start to end.'),
  latencyMs: z
    .strictObject({
      p50: milliseconds.describe('Half of the requests took no longer.'),
      p95: milliseconds.describe('Nineteen of twenty took no longer.'),
      max: milliseconds.describe('The longest.'),
    })
    .describe('Milliseconds of a request.')
    .exactOptional(),
  output: z
    .strictObject({
      kind: z.string().describe('Storage kind.'),
      location: z.string().describe('Where the results are.').exactOptional(),
    })
    .describe('Where results went.')
    .exactOptional(),
  errors: z
    .array(reportedError)
    .max(5)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('The most frequent errors.')
    .exactOptional(),
  checkpoint: z
    .strictObject({ position: count.describe('Items that are done without a gap.') })
    .describe('Last saved progress.')
    .exactOptional(),
  repeatable: z.boolean().describe('Whether the input gives the same items in the same order again.').exactOptional(),
});
export type RunnerReport = z.infer<typeof runnerReport>;
export type ReportedError = z.infer<typeof reportedError>;
