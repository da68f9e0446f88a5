import type { Construct } from 'constructs';
import { inferenceDefinitions } from '../../definitions/inference/kinds';
import { DefinitionsOfKinds } from './definitions-of-kinds';

/** CustomResourceDefinitions of the inference API: rendered with the others, where upstream's chart never upgrades its own. */
export class InferenceCrds extends DefinitionsOfKinds {
  constructor(scope: Construct, id: string) {
    super(scope, id, { kinds: inferenceDefinitions });
  }
}
