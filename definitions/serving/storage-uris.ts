import * as z from 'zod';
import { withRules } from '../schema/extensions';
import { atomicList } from '../schema/list';

/** Directory in the container that model files are mounted at unless the user says otherwise. */
const defaultModelPath = '/mnt/models';

const storageUri = z.strictObject({
  uri: z.string().min(1).describe('Address of the files, for example s3://bucket/model.'),
  mountPath: withRules(z.string().max(255).regex(/^\/.*/, 'must be absolute'), {
    rule: "self != '/'",
    message: 'storage path cannot be empty',
  })
    .describe('Absolute directory in the container that gets the files.')
    .default(defaultModelPath),
});

/** Several sources of model files, each with its own directory. */
export const storageUris = atomicList(storageUri).min(1);
