import * as z from 'zod';

/** Joins small requests to one before the model. */
export const batcher = z.strictObject({
  maxBatchSize: z.int().min(0).describe('Most instances in a batch.').exactOptional(),
  maxLatency: z.int().min(0).describe('Longest wait for a full batch, in milliseconds.').exactOptional(),
  timeout: z.int().min(0).describe('Seconds until a batch is given up.').exactOptional(),
});
