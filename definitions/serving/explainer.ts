import * as z from 'zod';
import { containerShape } from '../kubernetes/container';
import { podSpecShape } from '../kubernetes/pod-spec';
import { stringMap } from '../kubernetes/string-map';
import { withRules } from '../schema/extensions';
import { componentExtensionShape, replicaBounds } from './component-extension';
import { storageSpec } from './storage-spec';
import { storageUris } from './storage-uris';

const artExplainer = z.strictObject({
  type: z.string().describe('Method; the explainer knows SquareAttack.').exactOptional(),
  storageUri: z.string().describe('Address of the explainer’s files.').exactOptional(),
  storage: storageSpec.describe('Files in a registered storage, instead of storageUri.').exactOptional(),
  runtimeVersion: z.string().describe('Tag of the explainer’s image.').exactOptional(),
  config: stringMap.describe('Parameters of the method.').exactOptional(),
  name: z.string().describe('Name of the container; always kserve-container.').exactOptional(),
  ...containerShape,
});

/** The component that explains predictions. */
export const explainer = withRules(
  z.strictObject({
    art: artExplainer.describe('Explainer of the Adversarial Robustness Toolbox.').exactOptional(),
    storageUris: storageUris.describe('Files that the containers get.').exactOptional(),
    ...podSpecShape,
    ...componentExtensionShape,
  }),
  replicaBounds,
);
