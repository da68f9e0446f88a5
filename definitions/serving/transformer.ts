import * as z from 'zod';
import { podSpecShape } from '../kubernetes/pod-spec';
import { withRules } from '../schema/extensions';
import { componentExtensionShape, replicaBounds } from './component-extension';
import { storageUris } from './storage-uris';

/** The component that changes requests before and responses after the predictor. */
export const transformer = withRules(
  z.strictObject({
    storageUris: storageUris.describe('Files that the containers get.').exactOptional(),
    ...podSpecShape,
    ...componentExtensionShape,
  }),
  replicaBounds,
);
