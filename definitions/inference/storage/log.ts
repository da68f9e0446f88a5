import * as z from 'zod';
import { outputFormatShape } from './output-format';

/** Settings of `storage.output.log`. */
export const logOutput = z.strictObject({
  maxItems: z.int().min(0).describe('Results that are written to standard output. Defaults to 100.').exactOptional(),
  ...outputFormatShape,
});
