import { containerNames } from '../../../definitions/names/serving';
import { servingVariables } from '../../../definitions/names/serving-runtimes';
import { variableOf } from '../component-pod';
import type { Implementation } from './implementation';

const defaultProtocol = 'v1';

/** Protocol of a predictor without a runtime: what it says, else what its server speaks by itself. */
export function predictorProtocol(implementation: Exclude<Implementation, { kind: 'model' }>): string {
  if (implementation.kind === 'framework') {
    const { framework, extension } = implementation;
    const own = framework === 'triton' || framework === 'huggingface' ? 'v2' : defaultProtocol;
    return extension.protocolVersion ?? own;
  }
  const { containers } = implementation;
  const transformer = containers.find(({ name }) => name === containerNames.transformer);
  return variableOf(transformer ?? containers[0], servingVariables.protocol) ?? defaultProtocol;
}
