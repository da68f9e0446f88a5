import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { registryPort } from '../../definitions/names/model-registry';
import { clusterStorageContainers } from '../../definitions/serving/cluster-storage-container';
import { registryNames } from '../registry/names';
import type { StorageInitializerOptions } from './options';

export interface StorageContainerProps {
  readonly options: StorageInitializerOptions;
  /** Reference of the image. */
  readonly image: string;
}

/** Has KServe fetch models of `model-registry://` URIs with a container of ours. */
export class ModelRegistryStorageContainer extends Construct {
  constructor(scope: Construct, id: string, { options, image }: StorageContainerProps) {
    super(scope, id);
    const { group, version, kind } = clusterStorageContainers;
    const { name, registry, resources } = options;
    const host = `${registryNames(registry).service}.${registry.namespace}.svc.cluster.local`;
    // Cluster-scoped: upstream's namespace is cleared by the API server and then differs for ever.
    new ApiObject(this, 'ClusterStorageContainer', {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: { name },
      spec: {
        container: {
          name: 'storage-initializer',
          image,
          env: [{ name: 'MODEL_REGISTRY_BASE_URL', value: `${host}:${registryPort}` }],
          resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
        },
        supportedUriFormats: [{ prefix: 'model-registry://' }],
      },
    });
  }
}
