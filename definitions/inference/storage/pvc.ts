import * as z from 'zod';
import { inputFormatShape } from './input-format';
import { outputPartsShape } from './output-format';

const claimShape = {
  claimName: z.string().min(1).describe('Name of the PersistentVolumeClaim.'),
  subPath: z.string().describe('Folder of the volume that is mounted. Defaults to the whole volume.').exactOptional(),
};

/** Settings of `storage.input.pvc`. */
export const pvcInput = z.strictObject({
  ...claimShape,
  path: z
    .string()
    .describe('File, folder or pattern (*, **, ?) on the volume. Defaults to everything.')
    .exactOptional(),
  ...inputFormatShape,
});

/** Settings of `storage.output.pvc`. */
export const pvcOutput = z.strictObject({
  ...claimShape,
  path: z.string().describe('Folder on the volume below which each execution has its own.').exactOptional(),
  ...outputPartsShape,
});
