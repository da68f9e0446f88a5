import * as z from 'zod';
import { inputFormatShape } from './input-format';

/** Most bytes of items that stand in the config itself. */
export const inlineMaxBytes = 256 * 1024;

type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };

/** JSON, with whole numbers of any size as the runner reads them. */
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.bigint(), z.string(), z.array(json), z.record(z.string(), json)]),
);

/** Settings of `storage.input.inline`. */
export const inlineInput = z
  .strictObject({
    data: z.string().describe('The items as a text in the format.').exactOptional(),
    items: z
      .union([z.array(json), z.string()])
      .describe('The items themselves; beside data the JSONPath to them.')
      .exactOptional(),
    ...withoutItems(),
  })
  .refine(({ data, items }) => (data === undefined ? Array.isArray(items) : !Array.isArray(items)), {
    message: 'needs data or items, and not both',
  });

function withoutItems() {
  const { format, compression, idField, csv } = inputFormatShape;
  return { format, compression, idField, csv };
}
