import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { type ApplicationSpec, toJson_ApplicationSpec } from '../../imports/argoproj.io';

/** The part of an ApplicationSet that we use; its generated type would be 3 MB. */
export interface ApplicationSetSpec {
  /** Parameters of one Application each; the template refers to them as `{{.NAME}}`. */
  readonly elements: readonly Readonly<Record<string, string>>[];
  /** Values of the label that are synced one after the other, the next when the Applications of the one are healthy. */
  readonly steps: { readonly label: string; readonly values: readonly string[] };
  readonly template: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly spec: ApplicationSpec;
  };
}

export interface ApplicationSetProps {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: ApplicationSetSpec;
}

/** An ApplicationSet of Argo CD with a list generator, whose Applications are synced step by step. */
export class ApplicationSet extends ApiObject {
  constructor(scope: Construct, id: string, { metadata, spec }: ApplicationSetProps) {
    const { elements, steps, template } = spec;
    super(scope, id, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata,
      spec: {
        goTemplate: true,
        // A misspelt parameter is an error and not an empty string.
        goTemplateOptions: ['missingkey=error'],
        generators: [{ list: { elements } }],
        strategy: {
          type: 'RollingSync',
          rollingSync: {
            steps: steps.values.map((value) => ({
              matchExpressions: [{ key: steps.label, operator: 'In', values: [value] }],
            })),
          },
        },
        // Who deletes the set deletes a description, not the platform.
        syncPolicy: { preserveResourcesOnDeletion: true },
        template: {
          metadata: { name: template.name, labels: template.labels },
          spec: toJson_ApplicationSpec(template.spec),
        },
      },
    });
  }
}
