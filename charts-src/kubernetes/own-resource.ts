import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ApiResource } from '../../definitions/kubernetes/api-resource';

/** Metadata of an object as users of a construct give it. */
export interface OwnMetadata {
  readonly name: string;
  readonly namespace: string;
  /** @default none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** @default none */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** An object of one of our kinds, the only one of its construct. @param written members beside metadata, parsed */
export function addOwnResource(
  scope: Construct,
  { group, version, kind }: ApiResource,
  { name, namespace, labels, annotations }: OwnMetadata,
  written: object,
): void {
  new ApiObject(scope, kind, {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    },
    ...written,
  });
}
