import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { krateoNamespace, notebookKind } from '../../definitions/names/krateo';
import { notebookCode, notebookNames } from './notebook-code';

export interface NotebooksProps {
  /** Where Krateo's uploader of notebooks looks for them. @default krateo-system */
  readonly namespace?: string;
}

/** The notebooks of inference runs with kind `krateo`, for clusters that have Krateo's FinOps components: they bring the kind. */
export class Notebooks extends Construct {
  constructor(scope: Construct, id: string, { namespace = krateoNamespace }: NotebooksProps = {}) {
    super(scope, id);
    for (const name of notebookNames) {
      new ApiObject(this, name, {
        ...notebookKind,
        metadata: { name, namespace },
        spec: { type: 'inline', inline: notebookCode(name) },
      });
    }
  }
}
