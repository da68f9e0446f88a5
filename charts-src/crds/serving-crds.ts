import type { Construct } from 'constructs';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { DefinitionsOfKinds } from './definitions-of-kinds';

/** CustomResourceDefinitions of the serving API. */
export class ServingCrds extends DefinitionsOfKinds {
  constructor(scope: Construct, id: string) {
    super(scope, id, { kinds: servingDefinitions });
  }
}
