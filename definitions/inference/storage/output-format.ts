import * as z from 'zod';
import { compressions, itemFormats } from './input-format';

/** What a result may say about an item. */
const resultFields = ['id', 'input', 'predictions', 'metadata', 'raw'] as const;
export type ResultField = (typeof resultFields)[number];

/** What outputs know that write one result after the other. */
export const outputFormatShape = {
  format: z.enum(itemFormats).describe('jsonl, json, csv or text. Defaults to jsonl.').exactOptional(),
  include: z
    .array(z.enum(resultFields))
    .min(1)
    .describe('What a result has: id, input, predictions, metadata, raw. Defaults to id and predictions.')
    .exactOptional(),
} as const;

/** What outputs know that write parts: files, objects. */
export const outputPartsShape = {
  ...outputFormatShape,
  compression: z.enum(compressions).describe('none, gzip or zstd. Defaults to none.').exactOptional(),
  partItems: z.int().min(1).describe('Items of a part. Defaults to 10000.').exactOptional(),
  errorsName: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'must be letters, digits, dashes and underscores')
    .refine((name) => name !== 'part', 'must not be that of the parts')
    .describe('How names of files with bad items begin. Defaults to errors.')
    .exactOptional(),
  mode: z
    .enum(['overwrite', 'errorIfExists', 'append'])
    .describe(
      'overwrite (the default) replaces what this execution left, errorIfExists refuses what others left, append keeps it.',
    )
    .exactOptional(),
} as const;

export type OutputFormat = z.infer<z.ZodObject<typeof outputFormatShape>>;
export type OutputParts = z.infer<z.ZodObject<typeof outputPartsShape>>;
