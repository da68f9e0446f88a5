import { Construct } from 'constructs';
import {
  type CustomResourceDefinition,
  customResourceDefinition,
} from '../../definitions/schema/custom-resource-definition';
import type { ResourceDefinition } from '../../definitions/schema/resource-definition';
import { DefinitionObject } from './definition-object';

export interface DefinitionsOfKindsProps {
  readonly kinds: readonly ResourceDefinition[];
}

/** The conversion takes tens of milliseconds and gives the same result in every environment. */
const converted = new Map<ResourceDefinition, CustomResourceDefinition>();

/** CustomResourceDefinitions of some kinds. */
export class DefinitionsOfKinds extends Construct {
  constructor(scope: Construct, id: string, { kinds }: DefinitionsOfKindsProps) {
    super(scope, id);
    for (const kind of kinds) {
      const { metadata, ...definition } = converted.get(kind) ?? customResourceDefinition(kind);
      converted.set(kind, { ...definition, metadata });
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
