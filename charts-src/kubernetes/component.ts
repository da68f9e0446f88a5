import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ComponentLabels } from './labels';

/** What the objects of a component have in common. */
export interface ComponentProps {
  /** Folder of the rendered files below the environment's. Not taken from the construct's id: ids may change. */
  readonly directory: string;
  readonly labels: ComponentLabels;
}

/**
 * Chart of one component. It hands out no names: those that cdk8s makes from a construct's path change with every move of
 * a construct.
 */
export class Component extends Chart {
  readonly directory: string;
  readonly componentLabels: ComponentLabels;

  constructor(scope: Construct, id: string, props: ComponentProps) {
    super(scope, id);
    this.directory = props.directory;
    this.componentLabels = props.labels;
  }

  /** @throws always, naming the construct */
  override generateObjectName(apiObject: ApiObject): string {
    throw new Error(`rendering ${apiObject.kind} at ${apiObject.node.path}: no name: set metadata.name`);
  }
}
