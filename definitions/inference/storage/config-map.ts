import * as z from 'zod';
import { inputFormatShape } from './input-format';

/** Settings of `storage.input.configMap`. */
export const configMapInput = z.strictObject({
  name: z.string().min(1).describe('Name of the ConfigMap, in the namespace of the run.'),
  key: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, 'must be a key of a ConfigMap')
    .describe('Key of the ConfigMap.'),
  ...inputFormatShape,
});
