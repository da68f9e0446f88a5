import * as z from 'zod';
import { stringMap } from '../kubernetes/string-map';

/** Model files in a storage that an administrator registered in the storage Secret. */
export const storageSpec = z.strictObject({
  key: z.string().describe('Entry of the storage Secret with address and credentials.').exactOptional(),
  path: z.string().describe('Path of the files in the storage.').exactOptional(),
  schemaPath: z.string().describe('Path of the model’s schema file in the storage.').exactOptional(),
  parameters: stringMap.describe('Values that replace those of the entry, for example type or bucket.').exactOptional(),
});
