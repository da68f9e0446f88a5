import { Construct } from 'constructs';
import {
  type CustomResourceDefinition,
  customResourceDefinition,
} from '../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { DefinitionObject } from './definition-object';

let definitions: readonly CustomResourceDefinition[] | undefined;

/** CustomResourceDefinitions of the serving API. */
export class ServingCrds extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // The conversion takes tens of milliseconds and gives the same result in every environment.
    definitions ??= servingDefinitions.map(customResourceDefinition);
    for (const { metadata, ...definition } of definitions) {
      new DefinitionObject(this, metadata.name, {
        ...definition,
        metadata: {
          ...metadata,
          annotations: {
            ...metadata.annotations,
            // Too large for the annotation of a client-side apply; and with a definition go all its objects.
            'argocd.argoproj.io/sync-options': 'ServerSideApply=true,Prune=confirm,Delete=confirm',
          },
        },
      });
    }
  }
}
