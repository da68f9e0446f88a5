import * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/api-resource';
import { container } from '../kubernetes/container';
import { servingGroup } from '../names/serving';
import { atomicList } from '../schema/list';
import type { ResourceDefinition } from '../schema/resource-definition';

const supportedUriFormat = z.strictObject({
  prefix: z.string().describe('Beginning of the URI, for example s3://. Comes before regex.').exactOptional(),
  regex: z
    .string()
    .describe('Expression found anywhere in the URI (RE2); looked at without prefix only.')
    .exactOptional(),
});

const schema = z.strictObject({
  spec: z
    .strictObject({
      container: container.describe('Init container that fetches the files.'),
      supportedUriFormats: atomicList(supportedUriFormat).describe('URIs the container can fetch; first match wins.'),
      workloadType: z
        .enum(['initContainer', 'localModelDownloadJob'])
        .describe('Where the container is used: in serving pods, or in jobs of the local model cache.')
        .default('initContainer'),
      supportsMultiModelDownload: z
        .boolean()
        .describe('Whether the container takes several pairs of URI and directory.')
        .default(false),
    })
    .describe('The container and the URIs it is for.'),
  disabled: z.boolean().describe('Whether the container is not to be used. Defaults to false.').exactOptional(),
});

/** A container that fetches model files of certain URIs, as stored: CRD defaults are applied. */
export interface ClusterStorageContainer extends KubernetesObject {
  readonly spec: z.infer<typeof schema>['spec'];
  readonly disabled?: boolean;
}

export const clusterStorageContainers: ResourceDefinition<ClusterStorageContainer> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'ClusterStorageContainer',
  listKind: 'ClusterStorageContainerList',
  plural: 'clusterstoragecontainers',
  singular: 'clusterstoragecontainer',
  scope: 'Cluster',
  statusSubresource: false,
  description: 'A container that fetches model files, and the URIs it is chosen for.',
  schema,
};
