import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CustomResourceDefinition } from '../../definitions/schema/custom-resource-definition';

/**
 * A CustomResourceDefinition in a chart. It is JSON already: cdk8s would walk its hundreds of kilobytes in every environment to look
 * for values that are still to be computed, a fifth of the time of a synth.
 */
export class DefinitionObject extends ApiObject {
  constructor(
    scope: Construct,
    id: string,
    private readonly definition: CustomResourceDefinition,
  ) {
    super(scope, id, definition);
  }

  /** The definition as it was given. */
  override toJson(): CustomResourceDefinition {
    return this.definition;
  }
}
