import * as z from 'zod';

/** How items stand in a file or an answer. */
export const itemFormats = ['jsonl', 'json', 'csv', 'text'] as const;
export type ItemFormat = (typeof itemFormats)[number];

export const compressions = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

const csv = z.strictObject({
  header: z.boolean().describe('Whether the first row has the names of the columns. Defaults to true.').exactOptional(),
  delimiter: z.string().length(1).describe('What is between cells. Defaults to a comma.').exactOptional(),
  types: z
    .enum(['auto', 'string'])
    .describe('Whether cells become numbers, true, false and null (auto, the default) or stay text.')
    .exactOptional(),
});
export type CsvSettings = z.infer<typeof csv>;

/** What all inputs know: how to make items of bytes. */
export const inputFormatShape = {
  format: z
    .enum(itemFormats)
    .describe('jsonl, json, csv or text. Defaults to what the extension says, else jsonl.')
    .exactOptional(),
  compression: z
    .enum(compressions)
    .describe('none, gzip or zstd. Defaults to what the extension says, else none.')
    .exactOptional(),
  items: z
    .string()
    .describe(
      'JSONPath to the array in a json document: $.data.rows. Defaults to the document, else the first array of result, instances, items or data.',
    )
    .exactOptional(),
  idField: z.string().describe('JSONPath to the id of an item. Defaults to its index.').exactOptional(),
  csv: csv.describe('Settings of format csv.').exactOptional(),
} as const;

export type InputFormat = z.infer<z.ZodObject<typeof inputFormatShape>>;
